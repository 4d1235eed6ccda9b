"""The ``[[alerts]]`` tables, their channels, and what the commands show."""

import json
import sys
from typing import Any

import pydantic
import pytest

from search.alert_settings import Alert, check_agreement
from search.alerting.channels import check_channels, send, variable_of
from search.config import validate
from search.errors import ConfigError
from search.showing.alerting import show_alerts, test_channels
from tests.alerting.recording import Channel, dead_url
from tests.alerting.staging import MINUTE, Stage, configure, make_tea, on_mentions

try_channels = test_channels  # which pytest would take for a test
del test_channels


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            {"within": "1h"},
            "within = '1h' does not belong to on = 'mention', only to on = 'thresh",
        ),
        ({"count": 3}, "count = 3 does not belong"),
        ({"on": "threshold"}, "needs count and within"),
        ({"on": "threshold", "count": 0, "within": "1h"}, "greater than 0"),
        ({"on": "threshold", "count": 3, "within": "1 hour"}, "no whole number with a unit"),
        ({"on": "threshold", "count": 3, "within": "5s"}, "at least 1m"),
        ({"on": "spike", "deviations": float("inf")}, "finite"),
        ({"on": "spike", "sources": ["feed"]}, "only to on = 'source'"),
        ({"on": "source"}, "query does not belong to on = 'source'"),
        ({"on": "never"}, "'mention', 'threshold', 'spike', 'source' or 'permission'"),
        ({"query": None}, "needs brand or query; found: neither"),
        ({"brand": "Tea"}, "found: brand and query"),
        ({"query": "a AND"}, "a AND"),
        ({"channels": []}, "at least one channel"),
        ({"channels": ["a b"]}, "a channel is a short name"),
        ({"channels": ["team", "TEAM"]}, "stands twice"),
        ({"digest": "soon"}, "no whole number with a unit"),
        ({"chanels": ["team"]}, "not permitted"),
    ],
)
def test_a_mistake_in_an_alert_is_named(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        Alert.model_validate(on_mentions(**keys))

    assert words in str(caught.value)


def test_each_kind_of_alert_can_be_written() -> None:
    kinds: list[dict[str, Any]] = [
        {"digest": "1d"},
        {"on": "threshold", "count": 20, "within": "1h"},
        {"on": "spike", "deviations": 2.5, "at_least": 5},
        {"on": "source", "query": None, "sources": ["mastodon"]},
    ]

    made = [Alert.model_validate(on_mentions(**keys)) for keys in kinds]

    assert ["mention", "threshold", "spike", "source"] == [alert.on for alert in made]


def test_names_are_unique_and_brands_exist() -> None:
    tea = Alert.model_validate(on_mentions())
    with pytest.raises(ValueError, match="'tea' stands twice"):
        check_agreement([tea, tea], [])

    cups = Alert.model_validate(on_mentions(query=None, brand="Cups"))
    with pytest.raises(ValueError, match=r"'tea' names the brand 'Cups'; allowed: \['Tea'\]"):
        check_agreement([cups], ["Tea"])
    check_agreement([cups], ["Cups"])


def test_channels_are_checked_without_showing_their_addresses(
    team: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_channels(configure(on_mentions()).alerts)
    names = ["team", "team-eu", "mail"]
    monkeypatch.setenv("SAYSO_CHANNEL_MAIL", "nonsense://user:s3cret@host")

    with pytest.raises(ConfigError) as caught:
        check_channels(configure(on_mentions(channels=names)).alerts)

    unset, unknown = str(caught.value).split("\n")
    assert "set SAYSO_CHANNEL_TEAM_EU to an Apprise URL" in unset
    assert unknown.startswith("SAYSO_CHANNEL_MAIL: Apprise knows no such service")
    assert "s3cret" not in str(caught.value)
    assert 0 == team.asked


def test_without_apprise_the_extra_is_named(
    team: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "apprise", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    check_channels([])

    with pytest.raises(ConfigError, match=r"pip install 'sayso\[alerts\]'"):
        check_channels(configure(on_mentions()).alerts)
    assert "pip install" in str(send("team", "title", "body"))
    assert 0 == team.asked


def test_a_variable_is_named_for_its_channel() -> None:
    assert "SAYSO_CHANNEL_TEAM_EU" == variable_of("team-eu")


def test_trying_channels_says_which_of_them_work(
    team: Channel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAYSO_CHANNEL_MAIL", dead_url())

    assert try_channels(configure(on_mentions()))
    assert not try_channels(configure(on_mentions(channels=["team", "mail"])))
    assert (
        "team: sent\nteam: sent\nmail: the channel 'mail' did not take the message\n"
        == capsys.readouterr().out
    )
    assert ["Sayso: a test"] * 2 == team.titles


def test_alerts_are_listed_with_what_is_not_sent(
    stage: Stage, team: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configure(on_mentions(), on_mentions(name="new", on="spike", digest="1d"))
    team.status = 500
    stage.evaluate(configure(on_mentions()))
    stage.store.put([make_tea(1)])
    stage.evaluate_later(configure(on_mentions()), MINUTE)
    show_alerts(stage.store, config, as_json=False)
    text = capsys.readouterr().out
    show_alerts(stage.store, config, as_json=True)
    tea, new = map(json.loads, capsys.readouterr().out.splitlines())

    assert (
        "tea\tmentions of tea\tteam\twatching since 2026-03-01 12:00 UTC\n"
        "  waiting (1 try) to team, 2026-03-01 12:01 UTC, 1 new mention of tea: "
        "the channel 'team' did not take the message\n"
        "new\tspike of 3 deviations of tea, digest every 1d\tteam\tnot begun\n"
    ) == text
    assert ["waiting"] == [each["state"] for each in tea["deliveries"]]
    assert "Tea number" not in str(tea)
    assert (None, []) == (new["began_at"], new["deliveries"])


def test_an_address_where_a_channel_belongs_is_not_repeated() -> None:
    keys = {"name": "a", "on": "mention", "query": "tea", "channels": ["tgram://1:s3cret/2"]}
    with pytest.raises(ConfigError) as caught:
        validate({"alerts": [keys]}, "sayso.toml")

    assert "its address belongs into the environment" in str(caught.value)
    assert "s3cret" not in str(caught.value)
