"""Scopes and uses as people type them."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.permissions.reading import read_scope, read_use, write_scope
from search.permissions.scope import (
    AiUse,
    Attribution,
    BadScope,
    Channel,
    Modification,
    Remuneration,
    Scope,
    Sublicence,
    Use,
)

TODAY = dt.date(2026, 11, 28)


def test_what_is_not_said_is_not_allowed() -> None:
    read = read_scope("channels=website,instagram; months=12", TODAY)

    assert Scope(
        channels=("website", "organic_social:instagram"),
        territories=("WORLD",),
        valid_from=TODAY,
        valid_until=dt.date(2027, 11, 28),
    ) == read  # fmt: skip
    assert (False, Modification.NONE) == (read.paid_ads, read.modification)
    assert read == read_scope("website, instagram", TODAY)


@pytest.mark.parametrize(
    ("today", "months", "until"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2026, 12, 15), 1, dt.date(2027, 1, 15)),
        (dt.date(2026, 10, 31), 2, dt.date(2026, 12, 31)),
        (dt.date(2026, 5, 5), 120, dt.date(2036, 5, 5)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(
    today: dt.date, months: int, until: dt.date
) -> None:
    assert until == read_scope(f"channels=tv; months={months}", today).valid_until


def test_everything_can_be_said() -> None:
    read = read_scope(
        "channels=organic_social:tiktok, email; territories=SE,NL; until=2027-01-01; paid-ads=yes;"
        " modification=edit_translate; ai_use=analysis; sublicence=agencies; exclusivity=yes;"
        " attribution=waived; credit_line=Photo: Ann; remuneration=product;"
        " excluded_contexts=alcohol, politics; takedown_days=3",
        TODAY,
    )

    assert Scope(
        channels=("organic_social:tiktok", "email"), territories=("SE", "NL"), valid_from=TODAY,
        valid_until=dt.date(2027, 1, 1), paid_ads=True, modification=Modification.EDIT_TRANSLATE,
        ai_use=AiUse.ANALYSIS, sublicence=Sublicence.AGENCIES, exclusivity=True,
        attribution=Attribution.WAIVED, credit_line="Photo: Ann",
        remuneration=Remuneration.PRODUCT, excluded_contexts=("alcohol", "politics"),
        takedown_days=3,
    ) == read  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "channels= is missing"),
        ("months=12", "channels= is missing"),
        ("channels=blog", "channel 'blog': allowed: website"),
        ("channel=website", "'channel' is no key, did you mean `channels`"),
        ("channels=website; months=0", "months '0': allowed: 1 to 120"),
        ("channels=website; months=ever", "months 'ever'"),
        ("channels=website; months=3; until=2027-01-01", "give one of them"),
        ("channels=website; until=tomorrow", "until 'tomorrow' is no day"),
        ("channels=website; until=2020-01-01", "is before valid_from"),
        ("channels=website; until=9999-12-31", "allowed: 2026-11-28 to 2036-11-28"),
        ("channels=website; until=2036-11-29", "nothing lasts for ever"),
        (f"channels=website; months={'9' * 5000}", "allowed: 1 to 120"),
        ("channels=website; paid_ads=maybe", "allowed: yes, no"),
        ("channels=website; modification=some", "modification 'some': allowed: none, resize_crop"),
        ("channels=website; territories=Sweden", "territory 'Sweden'"),
        ("channels=website; months", "a key, = and a value"),
        ("channels=website; channels=tv", "channels stands twice"),
        ("channels=website; takedown_days=-1", "takedown_days '-1' is no number"),
    ],
)
def test_what_cannot_be_says_what_can(text: str, problem: str) -> None:
    with pytest.raises(BadScope) as caught:
        read_scope(text, TODAY)

    assert problem in str(caught.value)


def test_an_end_may_be_as_late_as_months_reach_and_what_was_recorded_stays_as_it_was() -> None:
    last, late = dt.date(2036, 11, 28), "website; until=9999-12-31"

    assert last == read_scope("channels=website; until=2036-11-28", TODAY).valid_until
    recorded = read_scope(f"channels={late}", TODAY, is_recorded=True)
    assert dt.date(9999, 12, 31) == recorded.valid_until


def test_contexts_are_read_in_any_case() -> None:
    read = read_scope("channels=tv; excluded_contexts=Alcohol,  POLITICS ,alcohol", TODAY)

    assert ("alcohol", "politics") == read.excluded_contexts
    assert read_use("channel=tv; context=alcohol") == read_use("channel=tv; context=Alcohol")


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("website", Use(channel="website")),
        ("Instagram", Use(channel="organic_social:instagram")),
        ("channel=tv; territory=se; paid_ads=yes",
         Use(channel="tv", territory="SE", paid_ads=True)),
        ("channel=print; modification=full; by=agencies; context=alcohol",
         Use(channel="print", modification=Modification.FULL, by=Sublicence.AGENCIES,
             context="alcohol")),
    ],
)  # fmt: skip
def test_a_use_is_one_channel_and_what_else_matters(text: str, use: Use) -> None:
    assert use == read_use(text)


@pytest.mark.parametrize("text", ["", "channels=website", "channel=blog", "territory=SE", "tv; x"])
def test_a_use_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadScope):
        read_use(text)


SCOPES = st.builds(
    Scope,
    channels=st.lists(st.sampled_from([*Channel, "organic_social:x"]), min_size=1, max_size=4,
                      unique=True).map(tuple),
    territories=st.sampled_from([("WORLD",), ("SE",), ("SE", "NL")]),
    valid_from=st.just(TODAY),
    valid_until=st.dates(TODAY, dt.date(2030, 1, 1)),
    paid_ads=st.booleans(),
    modification=st.sampled_from(Modification),
    ai_use=st.sampled_from(AiUse),
    sublicence=st.sampled_from(Sublicence),
    exclusivity=st.booleans(),
    attribution=st.sampled_from(Attribution),
    credit_line=st.sampled_from([None, "Photo: Ann"]),
    remuneration=st.sampled_from(Remuneration),
    excluded_contexts=st.sampled_from([(), ("alcohol",), ("alcohol", "politics")]),
    takedown_days=st.integers(0, 90),
)  # fmt: skip


@given(SCOPES)
def test_a_scope_that_was_written_is_read_as_it_was(scope: Scope) -> None:
    assert scope == read_scope(write_scope(scope), TODAY)


@given(st.text(max_size=80))
def test_any_text_is_a_scope_or_refused(text: str) -> None:
    for read in (lambda: read_scope(text, TODAY), lambda: read_use(text)):
        try:
            found = read()
        except BadScope:
            continue
        assert dataclasses.is_dataclass(found)
