"""Stages: their order, what tidying takes out, and what happens when one breaks."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import stages
from pipelines.context import Context, DropMention
from pipelines.stages import STAGES, Stage, StageFailed, enrich
from pipelines.tidying import LONGEST_TEXT, clean, tidy
from search.errors import ConfigError
from search.matcher import Matcher
from search.mention import (
    Author,
    Feeling,
    Licence,
    Media,
    MediaKind,
    Mention,
    Permission,
    Rating,
    State,
    Subject,
)
from search.parsing import parse

EVERYTHING = Context(keep_unmatched=True)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


def mention(text: str = "", **fields: object) -> Mention:
    whole = {"source": "blog", "source_id": "1", "url": "https://a.example/1", "text": text}
    return Mention(**{**whole, **fields})  # type: ignore[arg-type]  # a test's short form


def brands(**queries: str) -> Context:
    return Context(matcher=Matcher({name: parse(query) for name, query in queries.items()}))


def test_the_stages_run_in_this_order() -> None:
    names = [stage.name for stage in STAGES]

    assert " ".join(names) == (
        "suppress tidy hashtags emoji language sentiment disclosure intent authenticity licence"
        " match towards"
    )


def test_a_mention_passes_all_stages() -> None:
    raw = mention(
        "  I really love the new #Storm coffee, thanks @Ann! It is wonderful.\r\n"
        "This text is licensed under CC BY 4.0.\x00",
        published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )

    tagged = enrich(raw, brands(Storm="#storm", Calm="calm"))

    assert (tagged.hashtags, tagged.handles) == (("storm",), ("ann",))
    assert (tagged.language, tagged.brands) == ("en", ("Storm",))
    assert tagged.sentiment is not None
    assert tagged.sentiment.label is Feeling.POSITIVE
    assert tagged.licence is not None
    assert tagged.licence.id == "CC-BY-4.0"
    assert tagged.text.endswith("under CC BY 4.0.")


def test_tagging_twice_changes_nothing() -> None:
    once = enrich(mention("Fint #kaffe i dag\r\ntack @bo"), EVERYTHING)

    assert enrich(once, EVERYTHING) == once


def test_no_stage_changes_the_mention_it_is_given() -> None:
    raw = mention("Bra #kaffe\x00 @bo", hashtags=("Kaffe",))
    before = dataclasses.replace(raw)

    enrich(raw, EVERYTHING)

    assert raw == before


def test_a_licence_found_does_not_touch_our_permission() -> None:
    enrich(mention("Text licensed under CC BY 4.0."), EVERYTHING)

    assert State().permission is Permission.NOT_REQUESTED


@pytest.mark.parametrize(
    "query",
    ["lang:sv", "sentiment:positive", "#fika", "@bo", "licence:cc-by-4.0"],
)
def test_a_brand_may_ask_for_what_another_stage_finds(query: str) -> None:
    found = mention(
        "Det här kaffet är helt fantastiskt gott #fika @bo\nLicensierat under CC BY 4.0",
        rating=Rating(stars=5, value=5),
    )

    assert enrich(found, brands(Fika=query)).brands == ("Fika",)


def test_a_mention_of_no_brand_is_dropped_and_the_reason_given() -> None:
    with pytest.raises(DropMention) as dropped:
        enrich(mention("tea"), brands(Storm="storm"))

    assert dropped.value.reason == "no brand matched"


def test_a_mention_of_no_brand_is_kept_where_the_context_says_so() -> None:
    context = dataclasses.replace(brands(Storm="storm"), keep_unmatched=True)

    assert enrich(mention("tea"), context).brands == ()


def test_brands_already_there_stay_in_front() -> None:
    context = brands(Calm="calm", Storm="storm")
    found = mention("calm before the storm", brands=("Storm", "Old"))

    assert enrich(found, context).brands == ("Storm", "Old", "Calm")


def test_brands_alone_keep_a_mention() -> None:
    assert enrich(mention("tea", brands=("Old",)), brands(Storm="storm")).brands == ("Old",)


def test_without_a_matcher_brands_stay_as_they_are() -> None:
    assert enrich(mention("tea"), Context()).brands == ()


def test_a_stage_that_breaks_is_named_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Mention, __: Context) -> Mention:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(stages, "STAGES", (Stage("broken", broken),))

    with pytest.raises(StageFailed, match="broken: ZeroDivisionError: by nought") as failed:
        enrich(mention(), EVERYTHING)

    assert failed.value.stage == "broken"
    assert isinstance(failed.value.cause, ZeroDivisionError)


def test_a_wrong_setting_is_not_taken_for_a_bad_mention() -> None:
    with pytest.raises(ConfigError, match="languages: 'klingon' is not one of"):
        enrich(mention("some words"), Context(languages=("en", "klingon")))


@pytest.mark.parametrize(
    ("raw", "tidied"),
    [
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\tb", "a\tb"),
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("a\ud83db", "ab"),
        ("\ufeffa\ufffe", "a"),
        ("a\u202etxt.exe\u202cb", "atxt.exeb"),
        ("👩\u200d👩 co\u00adop", "👩\u200d👩 co\u00adop"),
        ("  a \n", "a"),
        ("\x00 \x01", ""),
    ],
)
def test_tidies_foreign_text(raw: str, tidied: str) -> None:
    assert clean(raw) == tidied


@settings(deadline=None)
@given(ANY_TEXT)
def test_tidied_text_can_be_stored_everywhere(text: str) -> None:
    tidied = clean(text)

    tidied.encode("utf-8")
    assert clean(tidied) == tidied
    assert not any(ord(c) < 32 and c not in "\t\n" for c in tidied)


def test_tidies_every_string_of_the_document() -> None:
    raw = mention(
        "a\x00",
        source_id="1\x00",
        title="\x00",
        author=Author(name="Ann\x00", display_name="  "),
        subject=Subject(name="Cup\r\n"),
        media=(Media(url="u", kind=MediaKind.IMAGE, description="\ud800"),),
        licence=Licence(id=None, raw="x\x00", found_in="y"),
        links=("l\x00", ""),
    )

    assert tidy(raw, EVERYTHING) == mention(
        "a",
        author=Author(name="Ann"),
        subject=Subject(name="Cup"),
        media=(Media(url="u", kind=MediaKind.IMAGE),),
        licence=Licence(id=None, raw="x", found_in="y"),
        links=("l",),
    )


def test_a_tidy_mention_is_handed_on_as_it_is() -> None:
    raw = mention("a", author=Author(name="Ann"))

    assert tidy(raw, EVERYTHING) is raw


def test_cuts_an_endless_text() -> None:
    tidied = tidy(mention("x" * (LONGEST_TEXT + 1)), EVERYTHING)

    assert (len(tidied.text), tidied.text[-2:]) == (LONGEST_TEXT, "x…")


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -float("inf"), 2**53 + 1])
def test_a_number_that_counts_nothing_is_unknown(nonsense: float) -> None:
    raw = mention("a", subject=Subject(name="Cup", rating_average=nonsense, rating_count=7))

    assert tidy(raw, EVERYTHING).subject == Subject(name="Cup", rating_count=7)


def test_a_rating_on_an_endless_scale_is_unknown() -> None:
    raw = mention("a", rating=Rating(stars=1, value=3, best=float("inf")))

    assert tidy(raw, EVERYTHING).rating is None


@settings(deadline=None)
@given(ANY_TEXT, st.none() | ANY_TEXT, st.none() | ANY_TEXT)
def test_no_text_breaks_a_stage(text: str, title: str | None, declared: str | None) -> None:
    tagged = enrich(mention(text, title=title, declared_language=declared), EVERYTHING)

    assert tagged.language is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"title": 5},
        {"author": Author(name=["a"])},  # type: ignore[arg-type]  # what careless readers do
        {"hashtags": ("a", 3)},
        {"url": None},
    ],
)
def test_what_could_not_be_read_back_is_not_let_through(fields: dict[str, object]) -> None:
    with pytest.raises(StageFailed, match="tidy: TypeError"):
        enrich(mention("a", **fields), EVERYTHING)
