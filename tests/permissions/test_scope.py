"""Scope and use: nothing that is not named is allowed, and bad ones are refused with a reason."""

import dataclasses
import datetime as dt

import pytest

from search.permissions.scope import (
    AiUse,
    BadScope,
    Modification,
    Scope,
    Sublicence,
    Use,
    exceeds,
)
from tests.permissions.inventing import DAY, NOW, SCOPE, WEBSITE


def codes(use: Use, scope: Scope = SCOPE, at: dt.datetime = NOW) -> set[str]:
    return {code for code, _ in exceeds(use, scope, at)}


def test_what_was_allowed_is_within_the_scope() -> None:
    assert set() == codes(WEBSITE)
    assert set() == codes(Use(channel="organic_social:instagram", territory="NL"))


@pytest.mark.parametrize(
    ("use", "code"),
    [
        (Use(channel="email", territory="SE"), "channel"),
        (Use(channel="print", territory="SE"), "channel"),
        (Use(channel="organic_social:tiktok", territory="SE"), "channel"),
        (Use(channel="organic_social", territory="SE"), "channel"),
        (Use(channel="website", territory="DE"), "territory"),
        (Use(channel="website"), "territory"),
        (Use(channel="website", territory="SE", paid_ads=True), "paid_ads"),
        (Use(channel="website", territory="SE", modification=Modification.RESIZE_CROP),
         "modification"),
        (Use(channel="website", territory="SE", ai_use=AiUse.ANALYSIS), "ai_use"),
        (Use(channel="website", territory="SE", by=Sublicence.AGENCIES), "sublicence"),
    ],
)  # fmt: skip
def test_what_was_not_named_is_beyond_it(use: Use, code: str) -> None:
    assert {code} == codes(use)


def test_a_wider_scope_allows_more_but_only_of_its_kind() -> None:
    wide = dataclasses.replace(
        SCOPE, territories=("WORLD",), paid_ads=True, modification=Modification.EDIT_TRANSLATE,
        channels=("organic_social",), excluded_contexts=("alcohol",),
    )  # fmt: skip

    assert set() == codes(Use(channel="organic_social:tiktok", territory="BR", paid_ads=True,
                              modification=Modification.RESIZE_CROP), wide)  # fmt: skip
    assert {"modification"} == codes(
        Use(channel="organic_social", modification=Modification.FULL), wide
    )
    assert {"context"} == codes(Use(channel="organic_social", context="alcohol"), wide)


@pytest.mark.parametrize("excluded", ["alcohol", "Alcohol ", "ALCOHOL"])
@pytest.mark.parametrize("context", ["alcohol", "Alcohol", " aLCOHOL"])
def test_a_context_is_excluded_however_it_is_written(excluded: str, context: str) -> None:
    scope = dataclasses.replace(SCOPE, excluded_contexts=("politics", excluded))

    assert {"context"} == codes(dataclasses.replace(WEBSITE, context=context), scope)
    assert set() == codes(dataclasses.replace(WEBSITE, context="sport"), scope)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW - DAY, {"not_yet"}),
        (dt.datetime(2027, 11, 28, 23, 59, 59, tzinfo=dt.UTC), set()),
        (dt.datetime(2027, 11, 29, tzinfo=dt.UTC), {"expired"}),
        (dt.datetime(2027, 11, 29, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=1))), set()),
    ],
)
def test_it_ends_with_its_last_day_in_utc(at: dt.datetime, code: set[str]) -> None:
    assert code == codes(WEBSITE, at=at)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"channels": ()}, "channels: at least one"),
        ({"channels": ("repost",)}, "'repost': allowed: website"),
        ({"channels": ("website:x",)}, "only organic_social:PLATFORM"),
        ({"channels": ("organic_social:",)}, "only organic_social:PLATFORM"),
        ({"territories": ()}, "territories: at least one"),
        ({"territories": ("se",)}, "'se': allowed: two capitals"),
        ({"territories": ("WORLD", "SE")}, "WORLD stands alone"),
        ({"valid_until": NOW.date() - DAY}, "is before valid_from"),
        ({"takedown_days": 400}, "takedown_days 400"),
    ],
)
def test_a_scope_that_cannot_be_is_refused(change: dict[str, object], problem: str) -> None:
    with pytest.raises(BadScope, match=problem):
        dataclasses.replace(SCOPE, **change)  # type: ignore[arg-type]  # wrong on purpose


def test_a_use_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadScope, match="'blog'"):
        Use(channel="blog")
    with pytest.raises(BadScope, match="'Sweden'"):
        Use(channel="website", territory="Sweden")
