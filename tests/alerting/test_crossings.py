"""Thresholds and spikes: once per crossing, and the formula worked out by hand."""

import datetime as dt
import math
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.alerting.crossings import Spike, hourly_counts
from search.alerting.watching import watch
from search.config import Config
from search.mention import Mention
from tests.alerting.recording import Channel
from tests.alerting.staging import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Stage,
    configure,
    make_tea,
    make_teas,
)

THRESHOLD = configure(
    {
        "name": "much",
        "on": "threshold",
        "query": "tea",
        "count": 20,
        "within": "1h",
        "channels": ["team"],
    }
)


def on_spike(**keys: object) -> Config:
    return configure(
        {"name": "spike", "on": "spike", "query": "tea", "channels": ["team"], **keys}
    )


def test_a_threshold_alerts_when_it_is_reached_and_again_only_after_it_fell(
    stage: Stage, team: Channel
) -> None:
    titles = []
    stage.store.put(make_teas(19))
    for step in range(8):
        stage.evaluate_later(THRESHOLD, 20 * MINUTE)
        titles.append(len(team.sent))
        if step in {0, 1, 5}:
            stage.store.put(make_teas(20, first=100 * step + 1_000, published_at=stage.now))

    assert [0, 1, 1, 1, 1, 1, 2, 2] == titles
    assert "39 mentions of tea within 1h" == team.titles[0]
    assert "alert at 20." in team.sent[0][1]


def test_a_threshold_counts_what_was_found_lately_but_not_the_posts_of_years(
    stage: Stage, team: Channel
) -> None:
    stage.store.put(make_teas(30, published_at=START - 3 * DAY))
    stage.evaluate_later(THRESHOLD)
    assert [] == team.titles

    stage.store.put(make_teas(10, first=100, published_at=START - 6 * HOUR))
    stage.store.put(make_teas(10, first=200, published_at=None))
    stage.evaluate_later(THRESHOLD)
    assert ["20 mentions of tea within 1h"] == team.titles


def spread(hourly: Sequence[int], end_at: dt.datetime) -> list[Mention]:
    """Publish so many mentions in each hour up to an instant."""
    begin_at = end_at - len(hourly) * HOUR
    return [
        make_tea(1_000 * hour + n, published_at=begin_at + hour * HOUR + n * MINUTE)
        for hour, count in enumerate(hourly)
        for n in range(count)
    ]


def test_the_spike_formula_gives_what_was_worked_out_by_hand() -> None:
    # 84 hours of 0 and 84 of 2: mean 1, deviation 1. Limit with k = 3: 4.
    usual = [0, 2] * 84

    at_the_limit = Spike.of([*usual, *[4] * 24], 3.0)
    above = Spike.of([*usual, *[4] * 23, 5], 3.0)

    assert (1.0, 1.0, 4.0, 96) == (
        *(at_the_limit.usual, at_the_limit.deviation),
        *(at_the_limit.limit, at_the_limit.total),
    )
    assert [False, True] == [at_the_limit.is_above, above.is_above]
    assert "m24 > m7 + k * s7: 4.042 > 1.000 + 3 * 1.000 = 4.000" in above.explain(START)


@given(
    st.lists(st.integers(0, 50), min_size=192, max_size=192),
    st.sampled_from([0.5, 1.0, 2.0, 3.0]),
)
def test_the_spike_formula_agrees_with_exact_arithmetic(hourly: list[int], k: float) -> None:
    usual = hourly[:168]
    mean = Fraction(sum(usual), 168)
    variance = sum((n - mean) ** 2 for n in usual) / 168
    recent = Fraction(sum(hourly[168:]), 24)
    # m24 > m7 + k * s7, squared: exact, without a root
    exact = recent > mean and (recent - mean) ** 2 > Fraction(k) ** 2 * variance

    spike = Spike.of(hourly, k)

    if not math.isclose(spike.mean, spike.limit, rel_tol=1e-12):
        assert exact == spike.is_above


def test_a_spike_alerts_once_with_its_numbers(stage: Stage, team: Channel) -> None:
    stage.evaluate(on_spike())
    stage.pass_time(9 * DAY)
    stage.store.put(spread([*[0, 2] * 84, *[4] * 23, 5], stage.now))
    stage.store.put([make_tea(999_999, text="Tea after that", published_at=stage.now)])
    for _ in range(5):
        stage.evaluate_later(on_spike(), 10 * MINUTE)

    ((title, body),) = team.sent
    assert "Spike: 97 mentions of tea in 24 hours" == title
    assert "m24 > m7 + k * s7: 4.042 > 1.000 + 3 * 1.000 = 4.000" in body
    assert "2026-03-10 12:00 UTC" in body
    assert "Tea after that" not in body


def test_a_spike_alerts_again_after_it_fell_back(stage: Stage, team: Channel) -> None:
    stage.evaluate(on_spike())
    stage.pass_time(9 * DAY)
    counts = []
    for first in (0, 50_000):
        begin_at = stage.now - HOUR
        stage.store.put(make_teas(40, first=first, published_at=begin_at))
        for _ in range(3):
            stage.evaluate_later(on_spike(), 12 * HOUR)
            counts.append(len(team.sent))
        stage.pass_time(9 * DAY)

    assert [1, 1, 1, 2, 2, 2] == counts


@pytest.mark.parametrize(
    ("hourly", "keys"),
    [
        ([*[0] * 191, 9], {}),
        ([*[0] * 191, 19], {"at_least": 20}),
        ([3] * 192, {}),
        ([*[0, 2] * 84, *[4] * 24], {}),
        ([*[0] * 168, *[0] * 24, 30], {}),  # all in the present hour, which is not over
    ],
    ids=["too few", "fewer than asked for", "as always", "at the limit", "this hour"],
)
def test_what_is_not_a_spike_stays_silent(
    stage: Stage, team: Channel, hourly: list[int], keys: dict[str, object]
) -> None:
    stage.evaluate(on_spike(**keys))
    stage.pass_time(9 * DAY)
    stage.store.put(spread(hourly, stage.now + (len(hourly) - 192) * HOUR))
    stage.evaluate_later(on_spike(**keys), 10 * MINUTE)

    assert [] == team.sent


@pytest.mark.parametrize(("days", "titles"), [(7, 0), (8, 1)])
def test_a_spike_needs_eight_days_of_watching(
    stage: Stage, team: Channel, days: int, titles: int
) -> None:
    stage.evaluate(on_spike())
    stage.pass_time(days * DAY)
    stage.store.put(spread([*[0] * 190, 20, 20], stage.now))
    stage.evaluate(on_spike())

    assert titles == len(team.sent)


def test_history_from_before_the_alert_counts_as_watched(stage: Stage, team: Channel) -> None:
    stage.store.put(make_teas(1, published_at=START - DAY))
    stage.pass_time(9 * DAY)
    stage.store.put(spread([*[0] * 190, 20, 20], stage.now))
    stage.evaluate(on_spike())

    assert ["Spike: 40 mentions of tea in 24 hours"] == team.titles


@settings(max_examples=8)
@given(st.data())
def test_counted_hours_are_those_of_the_store(
    tmp_path_factory: pytest.TempPathFactory, drawn: st.DataObject
) -> None:
    hourly = drawn.draw(st.lists(st.integers(0, 2), min_size=192, max_size=192))
    stage = Stage(tmp_path_factory.mktemp("spike") / "mentions.db")
    with stage.store:
        stage.store.put([*spread(hourly, START), make_tea(999_999, published_at=START)])
        config = on_spike()
        watched = watch(config.alerts[0], config, stage.store, START)
        counted = hourly_counts(watched, START - 192 * HOUR, START)

    assert hourly == counted
