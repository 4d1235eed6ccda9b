"""Rules of platforms: who may be asked where, and that somebody has looked lately."""

import datetime as dt
from pathlib import Path

import pytest

from search.permissions.wording.platforms import (
    ContactRefused,
    Way,
    When,
    known_platforms,
    rules_of,
    unchecked,
)

ROOT = Path(__file__).parents[2]


def test_every_rule_was_looked_up_within_a_year() -> None:
    today = dt.datetime.now(dt.UTC).date()

    assert unchecked(known_platforms(), today) == [], "look them up again, in platforms.toml"


def test_a_rule_is_old_after_a_year_and_not_before() -> None:
    only = {"x": known_platforms()["x"]}
    checked = min(only["x"].checked_at, dt.date(2026, 11, 28))

    assert unchecked(only, checked + dt.timedelta(days=365)) == []
    assert len(unchecked(only, checked + dt.timedelta(days=366))) == 3


def test_every_source_has_rules_for_asking() -> None:
    sources = {path.stem for path in (ROOT / "crawlers" / "spiders").glob("[a-z]*.py")}

    assert sources - set(known_platforms()) == set()


def test_caps_and_periods_are_those_of_the_platforms() -> None:
    found = {
        name: (rules.export_per_user_and_day, rules.delete_by_days)
        for name, rules in known_platforms().items()
    }

    assert found["x"] == (500, None)
    assert found["youtube"] == (None, 30)
    assert found["reddit"] == (None, 2)
    assert found["yelp"] == (None, 1)


@pytest.mark.parametrize(
    ("platform", "limit"),
    [
        ("x", 280), ("bluesky", 300), ("mastodon", 500), ("tiktok", 150), ("instagram", 2_200),
        ("youtube", 10_000), ("reddit", 10_000), ("threads", 500), ("facebook", 8_000),
        ("some_forum", 500),
    ],
)  # fmt: skip
def test_a_public_reply_is_the_first_way(platform: str, limit: int) -> None:
    way, rule = rules_of(platform).choose_way()

    assert (Way.PUBLIC_REPLY, limit) == (way, rule.limit)


@pytest.mark.parametrize("platform", known_platforms())
def test_nobody_gets_an_unasked_direct_message(platform: str) -> None:
    with pytest.raises(ContactRefused, match=r"^.+: .*(may not be asked now|nobody may be asked)"):
        rules_of(platform).choose_way(Way.DIRECT_MESSAGE)


def test_who_wrote_first_may_be_answered_directly() -> None:
    way, rule = rules_of("instagram").choose_way(Way.DIRECT_MESSAGE, they_wrote=True)

    assert (Way.DIRECT_MESSAGE, 1_000, "bytes") == (way, rule.limit, rule.unit)


def test_where_only_the_mentioned_may_answer_nobody_else_does() -> None:
    rules = rules_of("x")
    assert rules.public_reply is not None
    strict = rules.public_reply.model_copy(update={"when": When.THEY_MENTIONED})
    only = rules.model_copy(update={"public_reply": strict})

    assert only.choose_way(they_mentioned=True)[0] is Way.PUBLIC_REPLY
    with pytest.raises(ContactRefused, match=r"public reply \(they mentioned\)"):
        only.choose_way()


def test_a_platform_that_forbids_asking_says_why() -> None:
    with pytest.raises(ContactRefused, match=r"^Google Maps: .*neither stored nor reused"):
        rules_of("google_places").choose_way()


def test_a_missing_way_names_those_there_are() -> None:
    with pytest.raises(
        ContactRefused, match=r"TikTok: by form .*allowed: public reply \(always\)"
    ):
        rules_of("tiktok").choose_way(Way.FORM)


def test_nobody_is_asked_in_a_thread_of_hacker_news() -> None:
    assert rules_of("hackernews").choose_way()[0] is Way.FORM


def test_an_unknown_platform_is_named_and_has_a_warning() -> None:
    rules = rules_of("some_forum")

    assert rules.title == "some_forum"
    assert "read its terms" in rules.note
