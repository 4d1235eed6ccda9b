"""Bursts in made reviews of each day: steady, weekly, sparse, imported in lots, and real ones."""

import datetime as dt
import math
import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.authenticity.bursts import (
    CHANCE,
    DAYS_AROUND,
    LEAST_DAYS,
    Burst,
    _tail,
    find_bursts,
)

START = dt.date(2026, 1, 5)  # a Monday
DAYS = 180
LAST = START + dt.timedelta(days=DAYS - 1)
Rate = Callable[[int], float]


def poisson(chance: random.Random, rate: float) -> int:
    """Draw a number as Knuth does (*The Art of Computer Programming*, 3.4.1)."""
    limit, product, count = math.exp(-rate), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def made(seed: int, rate: Rate, **extra: int) -> dict[dt.date, int]:
    """Draw reviews day by day; ``day90=40`` adds so many on that day."""
    chance = random.Random(seed)  # noqa: S311 - made data
    counts = {START + dt.timedelta(days=day): poisson(chance, rate(day)) for day in range(DAYS)}
    for name, count in extra.items():
        counts[START + dt.timedelta(days=int(name.removeprefix("day")))] += count
    return {day: count for day, count in counts.items() if count}


USUAL: dict[str, Rate] = {
    "steady, few": lambda _: 0.3,
    "steady": lambda _: 4,
    "steady, many": lambda _: 60,
    "weekly": lambda day: 30 if day % 7 >= 5 else 3,
    "one day a week": lambda day: 25 if day % 7 == 2 else 0.2,
    "growing": lambda day: 1 + day / 10,
    "ebbing": lambda day: 40 * math.exp(-day / 30),
    "in lots, every nine days": lambda day: 20 if day % 9 == 4 else 0,
    "twice as many in one half": lambda day: 5 if day < DAYS // 2 else 10,
    "nothing but one review a month": lambda day: 1 if day % 30 == 0 else 0,
}


@pytest.mark.parametrize("name", USUAL)
def test_what_is_usual_is_no_burst(name: str) -> None:
    for seed in range(20):
        assert [] == find_bursts(made(seed, USUAL[name]), LAST), seed


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("steady, few", 12),
        ("steady", 25),
        ("steady, many", 180),
        ("weekly", 80),
        ("growing", 50),
        ("twice as many in one half", 40),
        ("nothing but one review a month", 10),
    ],
)
def test_one_true_burst_is_found_and_nothing_else(name: str, extra: int) -> None:
    for seed in range(20):
        (burst,) = find_bursts(made(seed, USUAL[name], day93=extra), LAST)

        day = START + dt.timedelta(days=93)
        assert (day, day) == (burst.first_day, burst.last_day), seed
        assert burst.reviews >= extra
        assert burst.chance < CHANCE
        assert LEAST_DAYS <= burst.days_around <= 2 * DAYS_AROUND


def test_what_is_usual_is_that_of_the_weekday_and_more_than_never_where_most_days_have_none() -> (
    None
):
    (sunday,) = find_bursts(made(1, USUAL["weekly"], day97=150), LAST)
    (quiet,) = find_bursts(made(1, lambda _: 0.6, day93=20), LAST)

    assert 25 < sunday.usual < 35
    assert 0.2 < quiet.usual < 0.6


def level(counts: Callable[[int], int], count: int) -> list[Burst]:
    days = {START + dt.timedelta(days=day): counts(day) for day in range(DAYS)}
    return find_bursts({**days, START + dt.timedelta(days=93): count}, LAST)


def test_less_than_three_times_the_usual_is_no_burst() -> None:
    assert [] == level(lambda _: 60, 179)
    assert 1 == len(level(lambda _: 60, 180))


def test_more_is_needed_where_days_differ_more_than_by_chance() -> None:
    assert 1 == len(level(lambda _: 17, 61))
    assert [] == level(lambda day: 5 + day * 7 % 25, 61)
    assert 1 == len(level(lambda day: 5 + day * 7 % 25, 200))


def test_days_in_a_row_are_one_burst() -> None:
    (burst,) = find_bursts(made(1, USUAL["steady"], day90=30, day91=50, day92=30), LAST)

    days = [START + dt.timedelta(days=day) for day in (90, 92)]
    assert days == [burst.first_day, burst.last_day]
    assert 110 <= burst.reviews <= 150


def test_two_bursts_far_from_each_other_are_two() -> None:
    found = find_bursts(made(1, USUAL["steady"], day40=40, day140=40), LAST)

    assert [40, 140] == [(burst.first_day - START).days for burst in found]


def test_few_reviews_are_no_burst_however_quiet_it_is_else() -> None:
    counts = {START: 1, START + dt.timedelta(days=60): 9, LAST: 1}

    assert [] == find_bursts(counts, LAST)
    assert 1 == len(find_bursts({**counts, START + dt.timedelta(days=60): 10}, LAST))


def test_with_too_few_days_around_nothing_is_usual_yet() -> None:
    counts = {START: 1, START + dt.timedelta(days=5): 50}
    known = START + dt.timedelta(days=LEAST_DAYS)

    assert [] == find_bursts(counts, known - dt.timedelta(days=1))
    assert 1 == len(find_bursts(counts, known))


def test_days_behind_the_last_one_known_are_not_judged() -> None:
    assert [] == find_bursts(made(1, USUAL["steady"], day93=40), START + dt.timedelta(days=92))


@pytest.mark.parametrize(
    ("count", "usual", "expected"),
    [(10, 1.0, None), (20, 5.0, None), (60, 20.0, None), (3, 3.0, 1.0), (0, 5.0, 1.0)],
)
def test_the_tail_is_poissons(count: int, usual: float, expected: float | None) -> None:
    fewer = (Decimal(usual) ** n / math.factorial(n) for n in range(count))
    exact = float(1 - (-Decimal(usual)).exp() * sum(fewer, Decimal(0)))

    assert pytest.approx(expected or exact, rel=1e-9) == _tail(count, usual, 1.0)


@given(
    st.dictionaries(st.dates(), st.integers(-3, 10**9), max_size=30)
    | st.dictionaries(
        st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)), st.integers(0, 60), max_size=60
    ),
    st.dates(),
)
def test_any_counts_can_be_looked_through(counts: dict[dt.date, int], last: dt.date) -> None:
    found = find_bursts(counts, last)

    assert found == find_bursts(dict(reversed(counts.items())), last)
    for burst in found:
        assert burst.first_day <= burst.last_day <= last
        assert 0 <= burst.chance <= CHANCE
        assert burst.reviews >= 10
