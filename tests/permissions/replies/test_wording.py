"""What stands in a reply: the token letter for letter, our own words, signs and hidden letters."""

import pytest

from search.permissions.replying.judgement import Judgement, Verdict
from search.permissions.replying.judging import judge
from search.permissions.replying.wording import READ_CHARACTERS
from tests.permissions.replies.situations import SENT, TOKEN, asked, reply

YES = f"Yes! {TOKEN} @storm"
HEART = "\u2764\ufe0f"


def met(found: Judgement, letter: str) -> bool | None:
    return {check.letter: check.met for check in found.checks}[letter]


@pytest.mark.parametrize(
    "text",
    [
        f"yes{TOKEN}",
        f"{TOKEN}x",
        f"{TOKEN}-2",
        f"{TOKEN}_",
        f"#{TOKEN}",
        f"@{TOKEN}",
        f"/{TOKEN}",
        f"{TOKEN}.example",
        f"{TOKEN}\u0301",
        f"{TOKEN}\u200b",
        f"\u2066{TOKEN}\u2069",
        TOKEN.replace("K", "\u212a"),
        TOKEN.replace("s", "\u017f", 1),
        TOKEN.replace("o", "\u043e"),
        TOKEN.replace("-", "\u2011"),
        TOKEN.replace("-", ""),
        TOKEN.replace("Y", "\uff39"),
        TOKEN[::-1],
        f"\u202e{TOKEN[::-1]}",
        f"{TOKEN} \U0001f44d\U000e0069\U000e0066",
        f"\u3164{TOKEN}",
        f"{TOKEN}\u034f",
        f"y\u200des {TOKEN}",
        f"y\u0336e\u0336s\u0336 {TOKEN}",
        f"\uff39\uff45\uff53 {TOKEN}",
        f"{TOKEN} \u2028",
        f"{TOKEN}\x00",
    ],
)
def test_a_token_that_is_not_letter_for_letter_alone_is_no_yes(text: str) -> None:
    found = judge(reply(text), asked())

    assert (Verdict.REVIEW, False) == (found.verdict, met(found, "d"))


@pytest.mark.parametrize(
    "text",
    [
        TOKEN.upper(),
        TOKEN.lower(),
        f"{TOKEN}!",
        f"{TOKEN}.",
        f"{TOKEN}, tack!",
        f"{HEART}{TOKEN}{HEART}",
        f"\U0001f44d\U0001f3fd {TOKEN}",
        f"{TOKEN}\u00a0@storm",
        f"Jaaaa {TOKEN} :)",
        f"@storm@social.example {TOKEN}",
        f"That\u2019s fine {TOKEN}",
    ],
)
def test_a_token_among_friendly_signs_is_a_yes(text: str) -> None:
    assert Verdict.GRANT == judge(reply(text), asked(brand_handle="storm@social.example")).verdict


@pytest.mark.parametrize(
    "sign",
    [
        "?",
        "*",
        '"',
        "(",
        "/",
        "~",
        "=",
        "%",
        "$",
        "\u20ac",
        "#",
        "@",
        "...",
        "\u2026",
        "\\",
        "|",
        "^",
        "1",
        "\U0001f644",
        "\U0001f602",
        "\u2049\ufe0f",
    ],
)
def test_one_sign_more_and_it_is_no_clear_yes(sign: str) -> None:
    for text in (f"{sign} {TOKEN} yes", f"{TOKEN} {sign} yes", f"yes {TOKEN} {sign}"):
        assert Verdict.REVIEW == judge(reply(text), asked()).verdict, text


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def test_what_we_wrote_ourselves_says_nothing() -> None:
    for text in (quoted(SENT), SENT, f"\u201c{SENT}\u201d", SENT[:400], quoted(SENT[:400])):
        assert Verdict.REVIEW == judge(reply(text), asked()).verdict, text


@pytest.mark.parametrize("ours", [quoted(SENT), SENT, f"\u201c{SENT}\u201d"])
def test_a_yes_below_our_whole_message_is_a_yes(ours: str) -> None:
    assert Verdict.GRANT == judge(reply(f"{ours}\n\n{YES}"), asked()).verdict


@pytest.mark.parametrize(
    "text",
    [
        f"> We like this post\n{YES}",
        f"> only for a month\n{YES}",
        f"{quoted(SENT)}\n> but only for a month\n{YES}",
        f"{quoted(SENT)}\n\nYes!",
        f"{quoted(SENT.replace('12 months', '1 month'))}\n{YES}",
        f"May we show it on our website for 12 months\n{YES}",
    ],
)
def test_a_quotation_that_is_not_our_whole_message_may_limit_the_yes(text: str) -> None:
    found = judge(reply(text), asked())

    assert (Verdict.REVIEW, False) == (found.verdict, met(found, "d"))


def test_a_no_below_our_message_is_a_no_though_we_speak_of_stopping_ourselves() -> None:
    assert Verdict.DECLINE == judge(reply(f"{quoted(SENT)}\n\nNo, sorry"), asked()).verdict


def test_a_yes_is_short_and_read_to_its_end() -> None:
    long = judge(reply(f"{TOKEN} {'yes ' * 60}"), asked())
    hidden = judge(reply(f"{SENT} {YES}{' ' * 6_000}not"), asked())

    assert (Verdict.REVIEW, Verdict.REVIEW) == (long.verdict, hidden.verdict)


def test_a_token_beside_part_of_our_message_may_be_part_of_it() -> None:
    found = judge(reply(f"May we show it on our website for 12 months\n{YES}"), asked())

    assert met(found, "d") is False


def test_a_question_mark_asks() -> None:
    found = judge(reply(f"{TOKEN}?"), asked())

    assert "question" in [reason.code for reason in found.reasons]


@pytest.mark.parametrize(
    "text", [SENT[400:], quoted(SENT[400:]), "> take it down\nHmm", "> No thanks\nHmm"]
)
def test_a_no_that_is_quoted_is_none(text: str) -> None:
    assert Verdict.REVIEW == judge(reply(text), asked()).verdict


def test_what_stands_behind_all_that_is_read_is_no_yes() -> None:
    long = "Dear Maria may we " * 276
    request = asked(texts=(long,))
    yes, hidden = f"{long}\n{TOKEN}", f"{long}\n{TOKEN}{' ' * 40}not"

    assert len(yes) < READ_CHARACTERS < len(hidden.rstrip("not"))
    assert Verdict.GRANT == judge(reply(yes), request).verdict
    assert Verdict.REVIEW == judge(reply(hidden), request).verdict


@pytest.mark.parametrize(
    ("token", "sign"), [("#YesBRICK-7F3K", "\u0131"), ("#yesbrick-7f3k", "\u0130")]
)
def test_the_other_i_of_turkish_is_another_letter(token: str, sign: str) -> None:
    request = asked(token=token)
    odd = token.replace("I", sign).replace("i", sign)

    assert Verdict.GRANT == judge(reply(token.swapcase()), request).verdict
    assert Verdict.REVIEW == judge(reply(odd), request).verdict


@pytest.mark.parametrize("sign", ["\u043e", "\u03bf", "\uff4f"])
def test_a_token_in_letters_that_look_alike_is_noticed(sign: str) -> None:
    found = judge(reply(TOKEN.replace("o", sign)), asked())

    assert "token_not_exact" in [reason.code for reason in found.reasons]


def test_a_no_that_is_asked_is_none() -> None:
    assert Verdict.REVIEW == judge(reply("No?"), asked()).verdict
