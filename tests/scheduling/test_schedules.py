"""Every source, address and brand of a configuration has a schedule with a name of its own."""

import datetime as dt
import re

import pytest

from crawlers.scheduling.schedules import find_schedule, schedules
from search.config import Brand, Config, SourceConfig
from search.errors import ConfigError

BRANDS = (Brand(name="Tea", query="tea"), Brand(name="Green Coffee", query="coffee"))


def config(*sources: SourceConfig) -> Config:
    return Config(brands=BRANDS, sources=sources)


def test_a_source_that_is_asked_for_each_brand_has_a_schedule_for_each() -> None:
    found = schedules(config(SourceConfig(source="hackernews")))

    assert ["hackernews:Tea", "hackernews:Green Coffee"] == list(found)


def test_a_source_that_is_read_for_all_has_one_for_each_address() -> None:
    addresses = ("https://a.example/rss", "https://b.example/?token=1")
    found = schedules(config(SourceConfig(source="feed", addresses=addresses)))

    assert ["feed@a.example/rss", "feed@b.example~"] == [
        re.sub("~.*", "~", name) for name in found
    ]
    assert "token" not in "".join(found)
    assert [2, 2] == [len(one.plan.brands) for one in found.values()]


def test_each_brand_may_have_a_rhythm_of_its_own() -> None:
    tea = SourceConfig(source="hackernews", brands=("Tea",), every="15m")
    coffee = SourceConfig(source="hackernews", brands=("Green Coffee",), cron="0 7 * * *")

    found = schedules(config(tea, coffee))

    assert {"hackernews:Tea": "15m", "hackernews:Green Coffee": None} == {
        name: one.entry.every for name, one in found.items()
    }


def test_two_that_would_be_called_the_same_are_told_apart() -> None:
    twice = [
        SourceConfig(source="hackernews", brands=("Tea",), every=every) for every in ("1h", "2h")
    ]

    assert ["hackernews:Tea", "hackernews:Tea#2"] == list(schedules(config(*twice)))


def test_without_sources_the_keyless_ones_are_scheduled_in_their_own_cadence() -> None:
    found = schedules(config())

    assert "hackernews:Tea" in found
    assert dt.timedelta(hours=1) == found["hackernews:Tea"].usual


def test_a_name_that_is_none_is_said_with_those_there_are() -> None:
    with pytest.raises(
        ConfigError, match=r"'hackernews:Tee', did you mean .*allowed: hackernews:Tea"
    ):
        find_schedule(config(SourceConfig(source="hackernews")), "hackernews:Tee")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (Config(), "no brand to look for"),
        (config(SourceConfig(source="feed")), "feed needs an address"),
        (config(SourceConfig(source="fed")), "there is no source 'fed'"),
    ],
    ids=["no brand", "no address", "no source"],
)
def test_what_cannot_be_scheduled_is_said(config: Config, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        schedules(config)
