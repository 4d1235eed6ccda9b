"""Quotas are read from text, and counted so that no stretch of their time holds more."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.budgets.slices import window
from search.quotas import SECONDS, Quota, read_quota


@pytest.mark.parametrize(
    ("text", "times", "seconds"),
    [
        ("300/15m", 300, 900),
        ("10000/1d", 10_000, 86_400),
        ("5/s", 5, 1),
        ("1/2h", 1, 7200),
        ("1/366d", 1, 31_622_400),
    ],
)
def test_a_quota_says_how_many_in_how_long(text: str, times: int, seconds: int) -> None:
    assert Quota(times, seconds) == read_quota(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "300", "300/", "/15m", "300/15", "300/15min", "0/1d", "5/0m", "5/367d", "-5/1d"),
        *("1.5/1d", "300 / 15m", "300/15m\n", "٣/1d", "9" * 13 + "/1d", "1/9999999999d"),
    ],
)
def test_what_is_no_quota_is_refused_with_advice(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: ") as raised:
        read_quota(text)

    assert str(raised.value).startswith(repr(text))


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        quota = read_quota(text)
    except ValueError:
        return

    assert quota.times > 0
    assert quota.seconds > 0


@given(st.integers(1, 10**12 - 1), st.integers(1, 366), st.sampled_from(sorted(SECONDS)))
def test_a_quota_is_read_as_it_is_shown(times: int, number: int, unit: str) -> None:
    quota = read_quota(f"{times}/{number}{unit}")

    assert quota == read_quota(str(quota))
    assert number * SECONDS[unit] == quota.seconds


@given(st.lists(st.floats(0.0, 30.0), max_size=200), st.integers(1, 5))
def test_no_stretch_of_a_quota_s_time_holds_more(gaps: list[float], times: int) -> None:
    quota, counts, allowed = Quota(times, 60), dict[int, int](), list[float]()
    for moment in itertools.accumulate(gaps, initial=1.7e9):
        counted = window(moment, quota, counts)
        if counted.wait == 0:
            allowed.append(moment)
            counts = {**counted.counts, counted.now: counted.counts.get(counted.now, 0) + 1}

    together = zip(allowed, allowed[times:], strict=False)
    assert all(later - earlier >= 59.999 for earlier, later in together)


@given(st.floats(1e9, 2e9), st.integers(1, 10**6))
def test_a_clock_set_back_blocks_nothing_for_longer_than_a_quota_s_time(
    wall: float, jump: int
) -> None:
    quota = Quota(2, 3600)
    before = window(wall + jump, quota, {})
    counted = window(wall, quota, {before.now: 2})

    assert 0 < counted.wait <= 3600 * 21 / 20
    assert window(wall + counted.wait + 0.001, quota, counted.counts).wait == 0
