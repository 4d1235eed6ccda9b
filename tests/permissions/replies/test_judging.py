"""Each rule by itself: one thing is changed in a clear answer, and the verdict changes."""

import datetime as dt
from typing import Any

import pytest

from search.mention import Author, Media, MediaKind, Mention
from search.permissions.replying.asked import BadOpenRequest, fingerprint
from search.permissions.replying.judgement import Judgement, Lean, Verdict
from search.permissions.replying.judging import judge
from tests.permissions.replies.situations import ASKED_AT, LATER, SENT, TOKEN, asked, reply

YES = f"Yes! {TOKEN} @storm"


def codes(found: Judgement) -> list[str]:
    return [reason.code for reason in found.reasons]


def unmet(found: Judgement) -> list[tuple[str, bool | None]]:
    return [(check.letter, check.met) for check in found.checks if check.met is not True]


def test_a_yes_with_everything_is_a_grant() -> None:
    found = judge(reply(YES), asked())

    assert (Verdict.GRANT, ["yes"], []) == (found.verdict, codes(found), unmet(found))
    assert [check.letter for check in found.checks] == list("abcdefgh")
    assert found.method.startswith("replies/")


@pytest.mark.parametrize(
    ("changes", "letter", "met", "code"),
    [
        ({"author": Author(name="maria", id="4712")}, "a", False, "same_handle_only"),
        ({"author": Author(name="sven", id="4712")}, "a", False, "other_author"),
        ({"author": Author(name="maria")}, "a", None, "author_unknown"),
        ({"author": None}, "a", None, "author_unknown"),
        ({"reply_to": "ask-2"}, "b", False, "not_a_reply"),
        ({"reply_to": None}, "b", False, "not_a_reply"),
        ({"published_at": ASKED_AT}, "c", False, "before_request"),
        ({"published_at": None}, "c", None, "time_unknown"),
        ({"text": "Yes! @storm"}, "d", False, "no_token"),
        ({"text": "Yes! YesStorm-7F3K @storm"}, "d", False, "token_not_exact"),
    ],
)
def test_what_is_wrong_with_the_reply_fails_its_own_condition(
    changes: dict[str, Any], letter: str, met: object, code: str
) -> None:
    found = judge(reply(**({"text": YES} | changes)), asked())

    assert (Verdict.REVIEW, code) == (found.verdict, codes(found)[0])
    assert (letter, met) in unmet(found)


@pytest.mark.parametrize(
    ("changes", "letter", "met", "code"),
    [
        ({"content_now": "b" * 64}, "g", False, "content_changed"),
        ({"content_now": None}, "g", None, "content_unknown"),
        ({"content_then": None, "content_now": None}, "g", None, "content_unknown"),
        ({"terms_current": "v4"}, "h", False, "terms_changed"),
    ],
)
def test_what_changed_since_fails_its_own_condition(
    changes: dict[str, Any], letter: str, met: object, code: str
) -> None:
    found = judge(reply(YES), asked(**changes))

    assert (Verdict.REVIEW, [code]) == (found.verdict, codes(found))
    assert [(letter, met)] == unmet(found)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"edited_at": ASKED_AT + dt.timedelta(days=1)}, "edited"),
        ({"media": (Media(url="https://a.example/1.png", kind=MediaKind.IMAGE),)}, "attachment"),
        ({"links": ("https://a.example/",)}, "attachment"),
        ({"language": "de"}, "other_language"),
        ({"author": Author(name="maria_new", id="4711")}, "renamed"),
    ],
)
def test_what_else_speaks_against_a_grant_holds_it(changes: dict[str, Any], code: str) -> None:
    found = judge(reply(YES, **changes), asked())

    assert (Verdict.REVIEW, [code], Lean.YES) == (found.verdict, codes(found), found.leans)


@pytest.mark.parametrize(
    "changes",
    [{"language": "und"}, {"language": "sv"}, {"reply_to": "https://social.example/@storm/ask-1"}],
)
def test_what_is_usual_holds_nothing(changes: dict[str, Any]) -> None:
    assert Verdict.GRANT == judge(reply(YES, **changes), asked()).verdict


def test_the_brand_need_not_be_named_but_it_is_said_whether_it_is() -> None:
    found = judge(reply(TOKEN), asked())
    addressed = judge(reply(TOKEN, handles=("storm",)), asked())

    assert (Verdict.GRANT, [("e", False)]) == (found.verdict, unmet(found))
    assert (Verdict.GRANT, []) == (addressed.verdict, unmet(addressed))


def test_an_id_means_nothing_on_another_platform() -> None:
    found = judge(reply(YES, source="bluesky"), asked())

    assert (Verdict.UNRELATED, "unsolicited_token") == (found.verdict, codes(found)[0])


def test_the_token_in_a_post_by_anybody_is_unsolicited() -> None:
    stranger = Author(name="sven", id="5")
    found = judge(reply(f"Who is {TOKEN}", author=stranger, reply_to=None), asked())

    assert (Verdict.UNRELATED, "unsolicited_token") == (found.verdict, codes(found)[0])


@pytest.mark.parametrize("own", [{"source_id": "ask-1"}, {"author": Author(name="Storm", id="1")}])
def test_our_own_message_is_no_reply(own: dict[str, Any]) -> None:
    found = judge(reply(SENT, **own), asked())

    assert (Verdict.UNRELATED, ["own_message"]) == (found.verdict, codes(found))


def test_a_title_is_read_like_the_text() -> None:
    assert Verdict.REVIEW == judge(reply(YES, title="Not serious"), asked()).verdict


def test_a_yes_is_understood_only_in_the_languages_of_the_request() -> None:
    text = f"Självklart {TOKEN}"

    assert Verdict.GRANT == judge(reply(text), asked(languages=("sv",))).verdict
    assert Verdict.REVIEW == judge(reply(text), asked(languages=("en",))).verdict


@pytest.mark.parametrize("text", ["Nej tack", "Nope", "haal het weg"])
def test_a_no_is_understood_in_every_language_and_whatever_else_changed(text: str) -> None:
    changed = asked(languages=("en",), content_now=None, terms_current="v9")
    found = judge(reply(text, edited_at=ASKED_AT, published_at=None, language="de"), changed)

    assert found.verdict in {Verdict.NEVER_CONTACT, Verdict.DECLINE, Verdict.WITHDRAW}


@pytest.mark.parametrize(
    "word",
    [
        "stop",
        "sluta",
        "nej tack",
        "stoppa",
        "avsluta",
        "stop ermee",
        "nee dank je",
        "opt out",
        "unsubscribe",
        "leave me alone",
        "no thanks",
    ],
)
def test_every_stop_word_of_the_rule_stops(word: str) -> None:
    assert [Verdict.NEVER_CONTACT] * 3 == [
        judge(reply(text), asked()).verdict for text in (word, f"{word.upper()}!!", f"Hi. {word}.")
    ]


@pytest.mark.parametrize("text", ["Never!", "No, never", "Nej, aldrig", "Aldrig.", "Nee, nooit"])
def test_a_no_for_ever_is_never_to_ask_again(text: str) -> None:
    assert Verdict.NEVER_CONTACT == judge(reply(text), asked()).verdict


@pytest.mark.parametrize("text", ["Ja ja", "ok ok", "oh great", "Sure sure"])
def test_a_weary_yes_is_no_clear_yes(text: str) -> None:
    assert Verdict.REVIEW == judge(reply(f"{text} {TOKEN}"), asked()).verdict


@pytest.mark.parametrize(
    "text",
    [
        "No need to opt out",
        "You don't have to remove my photo",
        "No \U0001f602",
        "Stop \U0001f602",
        "I changed my mind \U0001f602",
        "My aunt says you may not use pictures of her cat and that is quite a silly thing to say",
    ],
)
def test_what_only_looks_like_a_no_needs_a_person(text: str) -> None:
    assert Verdict.REVIEW == judge(reply(text), asked()).verdict


def test_a_laugh_may_take_back_a_yes() -> None:
    assert "joking" in codes(judge(reply(f"{YES} \U0001f602"), asked()))


def test_to_stop_is_also_to_withdraw() -> None:
    found = judge(reply("Take it down and leave me alone"), asked())

    assert (Verdict.NEVER_CONTACT, ["stop", "withdrawn"]) == (found.verdict, codes(found))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("@storm take it down", Verdict.WITHDRAW),
        ("@storm leave me alone", Verdict.NEVER_CONTACT),
        ("@storm no", Verdict.REVIEW),
        ("take it down", Verdict.UNRELATED),
    ],
)
def test_outside_a_reply_the_author_must_name_the_brand(text: str, verdict: Verdict) -> None:
    assert verdict == judge(reply(text, reply_to=None), asked()).verdict


@pytest.mark.parametrize("text", ["no", "stop", "take it down", YES, "I changed my mind"])
@pytest.mark.parametrize(
    "author",
    [None, Author(name="maria"), Author(name="maria", id="9"), Author(name="sven", id="5")],
)
def test_nobody_but_the_author_binds(text: str, author: Author | None) -> None:
    found = judge(reply(text, author=author), asked())

    assert found.verdict in {Verdict.REVIEW, Verdict.UNRELATED}


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("Yes please!", Lean.YES),
        ("\U0001f44d", Lean.YES),
        ("Självklart!!", Lean.YES),
        ("Yes but not in ads", None),
        ("Who are you?", None),
        (f"No. {TOKEN}", None),
        ("I don't really know, never did this", Lean.NO),
        ("Hmm", None),
    ],
)
def test_what_needs_a_person_leans(text: str, leans: Lean | None) -> None:
    found = judge(reply(text), asked())

    assert (Verdict.REVIEW, leans) == (found.verdict, found.leans)


def test_the_words_that_decided_are_named() -> None:
    found = judge(reply(f"Yes {TOKEN}, but only if you pay"), asked())

    assert ("yes", "but", "only", "if", "pay") == found.words
    assert ["condition", "condition", "condition", "price", "more_words"] == codes(found)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"token": "YesStorm-7F3K"}, "token"),
        ({"token": "#Ja"}, "token"),
        ({"token": "#Jå-7F3K9"}, "token"),
        ({"token": "#Yes Storm"}, "token"),
        ({"requested_at": LATER.replace(tzinfo=None)}, "time zone"),
        ({"messages": ()}, "messages"),
        ({"messages": ("a", "")}, "messages"),
        ({"brand_handle": "@storm"}, "leave the @ out"),
        ({"author_id": ""}, "author_id"),
        ({"brand_handle": ""}, "brand_handle"),
    ],
)
def test_a_request_that_cannot_be_matched_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadOpenRequest, match=said):
        asked(**changes)


def test_a_fingerprint_changes_with_title_text_and_media() -> None:
    def made(**changes: Any) -> Mention:
        return reply(**({"text": "Hello", "title": "A"} | changes))

    a, b = (Media(url=f"https://a.example/{name}", kind=MediaKind.IMAGE) for name in "ab")
    changed = [
        made(),
        made(text="Hello!"),
        made(title="B"),
        made(text="ello", title="AH"),
        made(media=(a,)),
        made(media=(a, b)),
        made(media=(b, a)),
    ]

    assert len(changed) == len({fingerprint(mention) for mention in changed})
    assert fingerprint(made()) == fingerprint(made(edited_at=ASKED_AT))
    assert len(fingerprint(made(text="\ud800"))) == 64


def test_only_what_needs_a_person_leans() -> None:
    assert [None, None] == [judge(reply(text), asked()).leans for text in (YES, "Nope")]


def test_a_namesake_who_speaks_of_something_else_is_nobody() -> None:
    post = reply("Lovely morning", author=Author(name="maria"), reply_to=None)

    assert Verdict.UNRELATED == judge(post, asked()).verdict
