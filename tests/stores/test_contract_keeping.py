"""What every store promises of keeping: put, get, cursors, quarantine."""

import datetime as dt
from dataclasses import replace

import pytest

from search.errors import MentionNotFound
from search.mention import (
    Authenticity,
    Author,
    Confidence,
    Credit,
    Disclosed,
    Disclosure,
    Engagement,
    Feeling,
    Intent,
    Kind,
    LanguageEvidence,
    Licence,
    Media,
    MediaKind,
    Mention,
    Opinion,
    Permission,
    Place,
    Purpose,
    Rating,
    RightsSignal,
    Sentiment,
    Signal,
    Subject,
    Towards,
)
from search.query import Everything, Phrase
from search.stores.base import Outcome, Quarantined, Store
from search.vocabulary import Effect
from tests.stores.inventing import START, make_mention, make_mentions

FULL = Mention(
    source="shop",
    source_id="review-1",
    url="https://shop.example/p/1#review-1",
    text="Gott kaffe, åäö.\n\nEn rad till. ☕",
    kind=Kind.REVIEW,
    title="Bäst i test",
    site="shop.example",
    published_at=START + dt.timedelta(microseconds=123_456),
    edited_at=START + dt.timedelta(days=1),
    harvested_at=START + dt.timedelta(days=2),
    author=Author(
        name="eva", id="7", display_name="Eva Å.", url="https://shop.example/eva", reviews=1
    ),
    engagement=Engagement(likes=0, replies=2, reposts=3, views=4),
    rating=Rating(stars=4.5, value=9, worst=0, best=10),
    subject=Subject(
        name="Mörkrost",
        id="731",
        brand="Storm",
        description="Ett mörkt kaffe",
        rating_average=4.1,
        rating_count=7,
    ),
    verified=True,
    incentivised=False,
    media=(
        Media(
            url="https://shop.example/1.jpg",
            kind=MediaKind.IMAGE,
            description="En kopp",
            licence=Licence(id=None, raw="CC BY", found_in="caption"),
            credit=Credit(
                name="Eva", url="https://a.example/eva", text="Eva", notice="© Eva", holder="Eva"
            ),
        ),
    ),
    emoji=("☕", "🔥"),
    hashtags=("kaffe", "fika"),
    handles=("storm",),
    links=("https://storm.example/",),
    reply_to="review-0",
    declared_language="sv",
    licence=Licence(
        id="CC-BY-4.0",
        raw="https://creativecommons.org/licenses/by/4.0/",
        found_in="link rel=license",
        version="4.0",
        confidence=Confidence.AUTHORITATIVE,
    ),
    credit=Credit(
        name="eva",
        url="https://shop.example/eva",
        text="Foto: eva",
        notice="© 2026 eva",
        holder="Eva Å.",
    ),
    rights_signals=(
        RightsSignal(
            name="robots",
            raw="noarchive",
            found_in="meta robots",
            effects=(Effect.NO_ARCHIVE, Effect.NO_QUOTING),
        ),
        RightsSignal(name="licence", raw="CC BY-SA", found_in="footer"),
    ),
    brands=("Storm",),
    language="sv",
    language_evidence=LanguageEvidence(confidence=0.97, method="py3langid/1"),
    sentiment=Sentiment(
        label=Feeling.POSITIVE,
        value=0.75,
        method="stars",
        text_value=-0.6,
        text_method="transformer-x/0a1b2c3d",
        conflict=True,
        earlier=("positive 0.4 words-en/1",),
    ),
    towards=Towards(
        positive=("Storm",), neutral=("Lumo",), negative=("Acme",), method="clauses-en/1"
    ),
    second_opinion=Opinion(label=Feeling.NEGATIVE, value=-0.8, method="transformer-x/0a1b2c3d"),
    marked_as_paid=True,
    disclosure=Disclosure(
        level=Disclosed.CLEAR,
        term="Reklam",
        place=Place.START,
        language="sv",
        jurisdiction="SE",
        method="terms/1",
    ),
    intent=Intent(label=Purpose.PRAISE, term="gott", method="terms-sv/1"),
    authenticity=(
        Authenticity(signal=Signal.ONE_REVIEW_ACCOUNT, evidence="1 review, as the source says"),
        Authenticity(signal=Signal.INCENTIVE_WORDS, evidence="fick den gratis"),
    ),
    copy_of="00112233445566778899aabbccddeeff",
)


def test_gives_back_every_field_as_it_was_put(store: Store) -> None:
    store.put([FULL])

    assert store.get(FULL.id).mention == FULL


def test_says_what_became_of_each_mention(store: Store) -> None:
    store.put([make_mention(1), make_mention(2)])

    outcomes = store.put([make_mention(1), make_mention(2, text="edited"), make_mention(3)])

    assert outcomes == [Outcome.UNCHANGED, Outcome.CHANGED, Outcome.NEW]


def test_keeps_a_mention_that_comes_twice_in_one_batch_once(store: Store) -> None:
    outcomes = store.put([make_mention(1), make_mention(1), make_mention(1, text="edited")])

    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED, Outcome.CHANGED]
    assert [each.mention.text for each in store.iterate(Everything())] == ["edited"]


def test_puts_nothing_when_given_nothing(store: Store) -> None:
    assert store.put([]) == []
    assert store.search(Everything()).total == 0


def test_takes_no_notice_of_the_time_of_harvest(store: Store) -> None:
    store.put([make_mention(1, harvested_at=START)])

    outcomes = store.put([make_mention(1, harvested_at=START + dt.timedelta(days=1))])

    assert outcomes == [Outcome.UNCHANGED]
    assert store.get(make_mention(1).id).mention.harvested_at == START


def test_shows_the_latest_content(store: Store) -> None:
    store.put([make_mention(1, text="tea", title="gone soon")])
    store.put([make_mention(1, text="coffee")])

    assert store.get(make_mention(1).id).mention == make_mention(1, text="coffee")
    assert store.search(Phrase("text", ("tea",))).total == 0
    assert store.search(Phrase("text", ("coffee",))).total == 1


@pytest.mark.parametrize(
    ("before", "put", "after", "outcome"),
    [
        (("a",), ("b",), ("a", "b"), Outcome.CHANGED),
        (("a", "b"), ("b",), ("a", "b"), Outcome.UNCHANGED),
        (("a", "b"), ("b", "a"), ("a", "b"), Outcome.UNCHANGED),
        (("a",), (), ("a",), Outcome.UNCHANGED),
        ((), ("a",), ("a",), Outcome.CHANGED),
    ],
)
def test_adds_brands_and_never_takes_one_away(
    store: Store,
    before: tuple[str, ...],
    put: tuple[str, ...],
    after: tuple[str, ...],
    outcome: Outcome,
) -> None:
    store.put([make_mention(1, brands=before)])

    outcomes = store.put([make_mention(1, brands=put)])

    assert (outcomes, store.get(make_mention(1).id).mention.brands) == ([outcome], after)


def test_adds_brands_within_one_batch(store: Store) -> None:
    store.put([make_mention(1, brands=("a",)), make_mention(1, brands=("b",))])

    assert store.get(make_mention(1).id).mention.brands == ("a", "b")


def test_keeps_our_own_state_through_an_edit(store: Store) -> None:
    store.put([make_mention(1)])
    before = store.get(make_mention(1).id).state
    store.put([make_mention(1, text="edited")])

    assert store.get(make_mention(1).id).state == before
    assert before.permission is Permission.NOT_REQUESTED


def test_remembers_when_it_first_kept_a_mention(store: Store) -> None:
    before = dt.datetime.now(dt.UTC)
    store.put([make_mention(1)])

    first_seen_at = store.get(make_mention(1).id).state.first_seen_at

    assert first_seen_at is not None
    assert before <= first_seen_at <= dt.datetime.now(dt.UTC)


def test_gets_a_mention_by_the_beginning_of_its_id(store: Store) -> None:
    store.put(make_mentions(3))
    wanted = make_mention(1)

    assert store.get(wanted.id[:12].upper()).mention == wanted


def test_refuses_an_id_that_no_mention_has(store: Store) -> None:
    store.put(make_mentions(3))

    with pytest.raises(MentionNotFound, match="no mention has an id that begins with 0000"):
        store.get("0000")


@pytest.mark.parametrize("prefix", ["", "ab", "xyz1", "%___", "abc-"])
def test_refuses_what_cannot_be_an_id(store: Store, prefix: str) -> None:
    store.put(make_mentions(3))

    with pytest.raises(MentionNotFound, match="hexadecimal digits"):
        store.get(prefix)


def test_refuses_an_id_that_is_not_clear(store: Store) -> None:
    mentions = make_mentions(600)
    store.put(mentions)
    prefixes = [mention.id[:4] for mention in mentions]
    shared = next(prefix for prefix in prefixes if prefixes.count(prefix) > 1)

    with pytest.raises(MentionNotFound, match="more than one id begins with"):
        store.get(shared)


def test_knows_no_cursor_before_the_first_run(store: Store) -> None:
    assert store.cursor("forum/Storm") is None


def test_keeps_the_latest_cursor_of_each_key(store: Store) -> None:
    store.save_cursor("forum/Storm", {"since": 1})
    store.save_cursor("forum/Storm", {"since": 2, "seen": ["å", None, 1.5]})
    store.save_cursor("forum/Other", {})

    assert store.cursor("forum/Storm") == {"since": 2, "seen": ["å", None, 1.5]}
    assert store.cursor("forum/Other") == {}


def make_quarantined(number: int, error: str = "bad") -> Quarantined:
    at = START + dt.timedelta(seconds=number)
    plain = {"text": f"number {number}", "likes": None}
    return Quarantined(str(number), "forum", "language", error, plain, at)


def test_hands_out_quarantine_oldest_first(store: Store) -> None:
    store.quarantine([make_quarantined(2), make_quarantined(1)])
    store.quarantine([make_quarantined(3)])

    assert list(store.quarantined()) == [make_quarantined(number) for number in (1, 2, 3)]


def test_keeps_one_entry_for_an_id_in_quarantine(store: Store) -> None:
    store.quarantine([make_quarantined(1, "first")])
    store.quarantine([make_quarantined(1, "second")])

    assert [entry.error for entry in store.quarantined()] == ["second"]


def test_keeps_text_that_utf8_cannot_hold(store: Store) -> None:
    mention = make_mention(1, source_id="\udc80", text="coffee \ud83d \x00", title="\udfff")
    entry = replace(make_quarantined(1), error="\ud800", mention={"text": "\ud800"})
    store.put([mention])
    store.quarantine([entry])

    assert store.get(mention.id).mention.text == "coffee ? \x00"
    assert [each.id for each in store.iterate(Phrase("text", ("coffee",)))] == [mention.id]
    assert [each.error for each in store.quarantined()] == ["?"]
