"""The keys that say when a source is due: what they mean, and how clearly a mistake is named."""

import datetime as dt
import re

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.rhythm import Rhythm, read_cron, read_duration, read_quiet

EVERY_DAY = set(range(1, 32))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", dt.timedelta(seconds=90)),
        ("15m", dt.timedelta(minutes=15)),
        ("2h", dt.timedelta(hours=2)),
        ("1d", dt.timedelta(days=1)),
        ("1w", dt.timedelta(days=7)),
        ("007m", dt.timedelta(minutes=7)),
        ("366d", dt.timedelta(days=366)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: dt.timedelta) -> None:
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("15", "'15': the unit is missing; allowed: 90s, 15m, 2h, 1d or 1w"),
        ("15x", "'15x': the unit 'x' is unknown; allowed: 90s"),
        ("15min", "'15min': the unit 'min' is unknown; allowed: 90s"),
        ("", "'' is no whole number with a unit; allowed: 90s"),
        ("1.5h", "'1.5h' is no whole number"),
        ("-5m", "'-5m' is no whole number"),
        ("5 m", "'5 m' is no whole number"),
        ("५m", "'५m' is no whole number"),
        ("5m\n", r"'5m\n' is no whole number"),
        ("0m", "'0m' is out of range; allowed: more than 0, at most 366d"),
        ("367d", "'367d' is out of range; allowed: more than 0, at most 366d"),
        ("9" * 5000 + "s", "is out of range"),
    ],
)
def test_a_wrong_duration_says_what_is_wrong_and_what_is_allowed(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_duration(text)


@given(st.from_regex(r"0*[1-9][0-9]{0,7}[smhdw]", fullmatch=True))
def test_every_duration_fits_the_calendar(text: str) -> None:
    try:
        duration = read_duration(text)
    except ValueError:
        duration = dt.timedelta(days=366)

    assert dt.timedelta() < duration <= dt.timedelta(days=366)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"every": "9s"}, "'9s' is too short; allowed: at least 10s"),
        ({"every": "soon"}, "'soon' is no whole number with a unit"),
        ({"fastest": "1s"}, "'1s' is too short; allowed: at least 10s"),
        ({"slowest": "5"}, "'5': the unit is missing"),
        ({"jitter": "0s"}, "'0s' is out of range; allowed: more than 0"),
        ({"jitter": "2d"}, "'2d' is too long; allowed: at most 1d"),
        ({"cron": "0 7 * *"}, "'0 7 * *' has 4 fields; allowed: five, namely minute, hour, day"),
        ({"cron": "@daily"}, "'@daily' has 1 fields; allowed: five"),
        ({"cron": "0 0 30 2 *"}, "'0 0 30 2 *' can never fire; allowed: a day of month that"),
        ({"timezone": "Europe/Stokholm"}, "no time zone, did you mean `Europe/Stockholm`?"),
        ({"timezone": "Europe"}, "'Europe' is no time zone"),
        ({"timezone": "../passwd"}, "'../passwd' is no time zone; allowed: IANA names"),
        ({"timezone": ""}, "'' is no time zone; allowed: IANA names, such as Europe/Stockholm"),
        ({"quiet": ("22-06",)}, "'22-06' is no stretch of a day; allowed: hours such as 22:00-"),
        ({"quiet": ("24:00-06:00",)}, "'24:00-06:00' is no stretch of a day"),
        ({"quiet": ("00:00-24:00",)}, "'00:00-24:00' covers all day, so nothing would ever"),
        ({"quiet": ("07:00-07:00",)}, "'07:00-07:00' covers all day"),
        ({"quiet": ("06:00-18:30", "18:00-06:00")}, "'06:00-18:30, 18:00-06:00' covers all day"),
        ({"cron": "0 7 * * *", "every": "1h"}, "cron = '0 7 * * *' and every = '1h' exclude"),
        ({"cron": "0 7 * * *", "fastest": "1h"}, "and fastest = '1h' exclude each other; allowed"),
        ({"cron": "0 7 * * *", "slowest": "1h"}, "and slowest = '1h' exclude each other; allowed"),
        (
            {"every": "5m", "fastest": "10m"},
            "fastest = '10m' is longer than every = '5m'; allowed: fastest <= every <= slowest",
        ),
        ({"every": "5m", "slowest": "60s"}, "every = '5m' is longer than slowest = '60s'"),
        ({"fastest": "2h", "slowest": "1h"}, "fastest = '2h' is longer than slowest = '1h'"),
        (
            {"every": "5m", "jitter": "6m"},
            "jitter = '6m' is longer than every = '5m'; allowed: jitter <= every",
        ),
        ({"evry": "5m"}, "Extra inputs are not permitted"),
    ],
)
def test_a_mistake_names_the_value_and_what_is_allowed(keys: dict[str, str], words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=re.escape(words)):
        Rhythm.model_validate(keys)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"every": "10s", "fastest": "10s", "slowest": "10s", "jitter": "10s"},
        {"every": "15m", "fastest": "5m", "slowest": "6h"},
        {"fastest": "5m"},
        {"cron": "0 0 29 2 *", "timezone": "America/New_York", "jitter": "1d"},
        {"quiet": ("22:00-06:00", "12:00-13:00")},
        {"cron": "0 0 30 2 fri"},
        {"every": None, "cron": None, "jitter": None},
    ],
)
def test_what_is_allowed_is_kept_as_it_was_written(keys: dict[str, str]) -> None:
    rhythm = Rhythm.model_validate(keys)

    assert keys == {key: getattr(rhythm, key) for key in keys}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("60 * * * *", "'60' is no minute of a cron expression; allowed: 0-59,"),
        ("* 24 * * *", "'24' is no hour of a cron expression; allowed: 0-23,"),
        ("* * 0 * *", "'0' is no day of month of a cron expression; allowed: 1-31,"),
        ("* * * 13 *", "'13' is no month of a cron expression; allowed: 1-12 or jan-dec,"),
        ("* * * * 8", "'8' is no weekday of a cron expression; allowed: 0-7 or sun-sat,"),
        ("* * * * monday", "'monday' is no weekday"),
        ("mon * * * *", "'mon' is no minute"),
        ("5/15 * * * *", "'5/15' is no minute"),
        ("*/0 * * * *", "'*/0' is no minute"),
        ("*/90 * * * *", "'*/90' is no minute"),
        ("*-5 * * * *", "'*-5' is no minute"),
        ("9-5 * * * *", "'9-5' is no minute"),
        ("1,,2 * * * *", "'' is no minute"),
        ("-1 * * * *", "'-1' is no minute"),
        ("५ * * * *", "'५' is no minute"),
        ("1000000005 * * * *", "'1000000005' is no minute"),
        ("* * L * *", "'L' is no day of month"),
        ("* * * * fri-mon", "'fri-mon' is no weekday"),
        ("0 0 31 4,6,9,11 *", "can never fire"),
        ("0 0 30,31 feb */2", "can never fire"),
        ("0 0 0 0 0 0", "has 6 fields"),
    ],
)
def test_a_wrong_cron_field_is_named(part: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_cron(part)


@pytest.mark.parametrize(
    ("weekdays", "numbers"),
    [
        ("0", {0}),
        ("7", {0}),
        ("sun", {0}),
        ("1-5", {1, 2, 3, 4, 5}),
        ("MON-Fri", {1, 2, 3, 4, 5}),
        ("5-7", {5, 6, 0}),
        ("sat-sun", {6, 0}),
        ("sun-tue", {0, 1, 2}),
        ("0-0", {0}),
        ("*/2", {0, 2, 4, 6}),
        ("*/7", {0}),
        ("mon,wed-thu", {1, 3, 4}),
        ("*", set(range(7))),
    ],
)
def test_weekdays_count_from_sunday_as_cron_has_it(weekdays: str, numbers: set[int]) -> None:
    assert read_cron(f"0 0 * * {weekdays}").weekdays == numbers


def test_fields_take_lists_ranges_and_steps() -> None:
    cron = read_cron("*/20 8-18/5,23 * jan,7-8 *")

    assert ({0, 20, 40}, {8, 13, 18, 23}) == (set(cron.minutes), set(cron.hours))
    assert (EVERY_DAY, {1, 7, 8}) == (set(cron.days), set(cron.months))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 0 * * *", EVERY_DAY),
        ("0 0 13 * *", {13}),
        ("0 0 * * fri", {2, 9, 16, 23, 30}),
        ("0 0 13 * fri", {2, 9, 13, 16, 23, 30}),
        ("0 0 */10 * fri", set()),
        ("0 0 1-9 * */5", {2, 4, 9}),
        ("0 0 * 2 *", set()),
    ],
)
def test_of_two_restricted_days_either_is_enough(text: str, days: set[int]) -> None:
    january = [dt.date(2026, 1, day) for day in range(1, 32)]

    assert days == {day.day for day in january if read_cron(text).falls_on(day)}


@pytest.mark.parametrize(
    ("texts", "minutes"),
    [
        ((), set()),
        (("00:00-00:02",), {0, 1}),
        (("23:58-00:02",), {1438, 1439, 0, 1}),
        (("23:58-24:00",), {1438, 1439}),
        (("23:59-00:00", "12:00-12:01", "12:00-12:02"), {1439, 720, 721}),
    ],
)
def test_a_quiet_stretch_may_cross_midnight(texts: tuple[str, ...], minutes: set[int]) -> None:
    assert read_quiet(texts) == minutes
