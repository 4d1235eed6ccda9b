"""The due times of a source: across daylight saving, quiet hours, jitter and adaptation."""

import collections
import datetime as dt
import itertools
import pickle
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.scheduling.rhythms import MANY_NEW, RhythmTrigger, adapted
from search.rhythm import Rhythm, read_quiet

STOCKHOLM = "Europe/Stockholm"
NEW_YORK = "America/New_York"
KOLKATA = "Asia/Kolkata"
LORD_HOWE = "Australia/Lord_Howe"
CAIRO = "Africa/Cairo"
ZONES = (STOCKHOLM, NEW_YORK, KOLKATA, LORD_HOWE, CAIRO, "UTC")
"""Changes at 2 and 3, none at half an hour's offset, by half an hour, at midnight, none at all."""

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def at(text: str, zone: str = "UTC") -> dt.datetime:
    """Read a local time; ``*`` behind it means the second of two."""
    clock = dt.datetime.fromisoformat(text.rstrip("*"))
    return clock.replace(tzinfo=ZoneInfo(zone), fold=int(text.endswith("*"))).astimezone(dt.UTC)


def clock(moment: dt.datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M%z}"


def due(trigger: RhythmTrigger, begin: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """Yield all due times after ``begin`` up to ``end``, as a scheduler would ask for them."""
    moment = trigger.get_next_fire_time(None, begin)
    while moment <= end:
        yield moment
        moment = trigger.get_next_fire_time(moment, moment)


def cron(text: str, zone: str = "UTC", *, jitter: str | None = None) -> RhythmTrigger:
    return RhythmTrigger(Rhythm(cron=text, timezone=zone, jitter=jitter), "1h", "feed")


@pytest.mark.parametrize(
    ("text", "zone", "day", "expected"),
    [
        # Spring in Stockholm: 02:00 +01:00 is 03:00 +02:00.
        ("30 2 * * *", STOCKHOLM, "2026-03-29", ["03:00+0200"]),
        ("0 2 * * *", STOCKHOLM, "2026-03-29", ["03:00+0200"]),
        ("0 3 * * *", STOCKHOLM, "2026-03-29", ["03:00+0200"]),
        ("30 2,3 * * *", STOCKHOLM, "2026-03-29", ["03:00+0200", "03:30+0200"]),
        ("*/30 2 * * *", STOCKHOLM, "2026-03-29", ["03:00+0200"]),
        ("30 */2 29 3 *", STOCKHOLM, "2026-03-29", ["00:30+0100", "03:00+0200"]),
        ("30 * * * *", STOCKHOLM, "2026-03-29", ["00:30+0100", "01:30+0100", "03:30+0200"]),
        # Autumn there: 03:00 +02:00 is 02:00 +01:00.
        ("30 2 * * *", STOCKHOLM, "2026-10-25", ["02:30+0200"]),
        ("0 3 * * *", STOCKHOLM, "2026-10-25", ["03:00+0100"]),
        (
            "30 * * * *",
            STOCKHOLM,
            "2026-10-25",
            ["00:30+0200", "01:30+0200", "02:30+0200", "02:30+0100", "03:30+0100"],
        ),
        # New York: 02:00 -05:00 is 03:00 -04:00, and 02:00 -04:00 is 01:00 -05:00.
        ("15 2 * * *", NEW_YORK, "2026-03-08", ["03:00-0400"]),
        ("15 1 * * *", NEW_YORK, "2026-11-01", ["01:15-0400"]),
        (
            "45 0-23 1 11 *",
            NEW_YORK,
            "2026-11-01",
            ["00:45-0400", "01:45-0400", "01:45-0500", "02:45-0500", "03:45-0500"],
        ),
        # Half an hour: 02:00 +10:30 is 02:30 +11:00, and 02:00 +11:00 is 01:30 +10:30.
        ("15 2 * * *", LORD_HOWE, "2026-10-04", ["02:30+1100"]),
        ("45 1 * * *", LORD_HOWE, "2026-04-05", ["01:45+1100"]),
        (
            "45 * * * *",
            LORD_HOWE,
            "2026-04-05",
            ["00:45+1100", "01:45+1100", "01:45+1030", "02:45+1030", "03:45+1030"],
        ),
        ("15 * * * *", LORD_HOWE, "2026-10-04", ["00:15+1030", "01:15+1030", "03:15+1100"]),
        # The last hour of the day before does not exist: 23:00 -02:00 is 00:00 -01:00.
        ("30 23 * * *", "America/Nuuk", "2026-03-29", ["00:00-0100"]),
        # Midnight does not exist: 00:00 +02:00 is 01:00 +03:00.
        ("0 0 * * *", CAIRO, "2026-04-24", ["01:00+0300"]),
        ("30 2 * * *", KOLKATA, "2026-03-29", ["02:30+0530"]),
    ],
)
def test_cron_follows_the_clock_across_daylight_saving(
    text: str, zone: str, day: str, expected: list[str]
) -> None:
    begin, end = at(day, zone) - MINUTE, at(f"{day} 03:59", zone)
    times = [clock(moment, zone)[6:] for moment in due(cron(text, zone), begin, end)]

    assert expected == times


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-01"])
def test_a_cron_of_all_hours_follows_real_time(day: str) -> None:
    begin = at(day, STOCKHOLM) - HOUR
    times = list(due(cron("*/15 * * * *", STOCKHOLM), begin, begin + 2 * DAY))

    assert [begin + number * 15 * MINUTE for number in range(1, 4 * 48 + 1)] == times


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", ["30 2 * * *", "0 0 * * *", "59 1 * * *", "30 23 * * *"])
def test_a_daily_cron_fires_once_on_each_day_of_a_year(zone: str, text: str) -> None:
    begin = at("2026-01-01", zone) - MINUTE
    times = due(cron(text, zone), begin, begin + 365 * DAY)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in times]

    assert [dt.date(2026, 1, 1) + number * DAY for number in range(365)] == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 7 * * mon-fri", "2026-01-05 07:30"),
        ("30 7 * * 0", "2026-01-04 07:30"),
        ("30 7 * * 7", "2026-01-04 07:30"),
        ("30 7 * * sun", "2026-01-04 07:30"),
        ("30 7 * * 1", "2026-01-05 07:30"),
        ("0 0 13 * fri", "2026-01-09 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("0 0 29 2 */7", "2032-02-29 00:00"),
        ("0 12 31 * *", "2026-01-31 12:00"),
    ],
)
def test_cron_numbers_mean_what_they_mean_to_cron(text: str, expected: str) -> None:
    saturday = at("2026-01-03 12:00")

    assert at(expected) == cron(text).get_next_fire_time(None, saturday)


@pytest.mark.parametrize("zone", ZONES)
def test_an_interval_is_real_time_all_year(zone: str) -> None:
    trigger = RhythmTrigger(Rhythm(every="15m", timezone=zone), "1h", "feed")
    begin = at("2026-01-01")
    hours = collections.Counter(
        (moment - begin) // HOUR for moment in due(trigger, begin, at("2027-01-01"))
    )

    assert dict.fromkeys(range(365 * 24), 4) == dict(hours)


def test_schedules_of_one_interval_are_spread_over_it() -> None:
    begin = at("2026-01-01")
    triggers = [RhythmTrigger(Rhythm(every="15m"), "1h", f"feed {n}") for n in range(1000)]
    waits = [trigger.get_next_fire_time(None, begin) - begin for trigger in triggers]

    minutes = collections.Counter(wait // MINUTE for wait in waits)
    assert set(range(15)) == set(minutes)
    assert max(minutes.values()) < 100
    assert (
        max(collections.Counter(wait // dt.timedelta(seconds=1) for wait in waits).values()) < 10
    )


def test_the_phase_of_a_name_never_changes() -> None:
    trigger = RhythmTrigger(Rhythm(every="15m"), "1h", "feed")

    found = trigger.get_next_fire_time(None, at("2026-01-01"))
    assert "2026-01-01T00:06:09.130855+00:00" == found.isoformat()


def test_without_every_or_cron_the_cadence_of_the_source_holds() -> None:
    begin = at("2026-01-01")
    times = due(RhythmTrigger(Rhythm(), "6h", "feed"), begin, begin + 2 * DAY)

    assert {6 * HOUR} == {late - early for early, late in itertools.pairwise(times)}


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(fastest="2h"), 2 * HOUR),
        (Rhythm(slowest="30m"), 30 * MINUTE),
        (Rhythm(fastest="5m", slowest="6h"), HOUR),
    ],
)
def test_a_cadence_yields_to_the_bounds(rhythm: Rhythm, expected: dt.timedelta) -> None:
    begin = at("2026-01-01")
    first, second, *_ = due(RhythmTrigger(rhythm, "1h", "feed"), begin, begin + DAY)

    assert expected == second - first


def test_an_adapted_interval_counts_from_the_last_run() -> None:
    rhythm = Rhythm(every="15m", slowest="6h")
    last = at("2026-01-01 10:00")
    trigger = RhythmTrigger(rhythm, "1h", "feed", interval=40 * MINUTE, last=last)

    found = [trigger.get_next_fire_time(None, last + n * HOUR) for n in (0, 1)]
    assert [at("2026-01-01 10:40"), at("2026-01-01 11:20")] == found


def test_an_adapted_interval_of_an_earlier_rhythm_is_kept_within_this_one() -> None:
    last = at("2026-01-01 10:00")
    trigger = RhythmTrigger(Rhythm(every="15m"), "1h", "feed", interval=HOUR, last=last)

    assert last + 15 * MINUTE == trigger.get_next_fire_time(None, last)


def test_after_a_long_sleep_only_the_next_time_is_due() -> None:
    trigger = cron("0 7 * * *")
    found = trigger.get_next_fire_time(at("2026-01-01 07:00"), at("2026-03-01 07:00"))

    assert at("2026-03-02 07:00") == found


def test_a_clock_set_back_brings_nothing_twice() -> None:
    trigger = cron("0 7 * * *")
    found = trigger.get_next_fire_time(at("2026-01-02 07:00"), at("2026-01-02 06:59"))

    assert at("2026-01-03 07:00") == found


@pytest.mark.parametrize(
    ("text", "quiet", "now", "expected"),
    [
        # Inside, at the edges, outside.
        ("0 23 * * *", "22:00-06:00", "06-01 12:00", "06-02 06:00+0200"),
        ("0 22 * * *", "22:00-06:00", "06-01 12:00", "06-02 06:00+0200"),
        ("0 6 * * *", "22:00-06:00", "06-01 12:00", "06-02 06:00+0200"),
        ("59 21 * * *", "22:00-06:00", "06-01 12:00", "06-01 21:59+0200"),
        # Still waiting when asked in the middle of the night; gone in the morning.
        ("0 23 * * *", "22:00-06:00", "06-02 03:00", "06-02 06:00+0200"),
        ("0 23 * * *", "22:00-06:00", "06-02 06:00", "06-03 06:00+0200"),
        ("0 21 * * *", "22:00-06:00", "06-02 03:00", "06-02 21:00+0200"),
        # Stretches that touch are one.
        ("0 23 * * *", "22:00-00:00 00:00-05:30", "06-01 12:00", "06-02 05:30+0200"),
        # An end within the spring gap is the gap's.
        ("0 23 * * *", "22:00-02:30", "03-28 12:00", "03-29 03:00+0200"),
        ("30 1 * * *", "01:00-02:00", "03-29 00:00", "03-29 03:00+0200"),
        # Both hours of the autumn night are quiet.
        ("30 2 * * *", "02:00-03:00", "10-25 00:00", "10-25 03:00+0100"),
        ("45 1 * * *", "01:30-02:30", "10-25 00:00", "10-25 02:30+0200"),
    ],
)
def test_what_falls_due_in_quiet_hours_waits_for_their_end(
    text: str, quiet: str, now: str, expected: str
) -> None:
    rhythm = Rhythm(cron=text, timezone=STOCKHOLM, quiet=tuple(quiet.split()))
    found = RhythmTrigger(rhythm, "1h", "feed").get_next_fire_time(
        None, at(f"2026-{now}", STOCKHOLM)
    )

    assert expected == clock(found, STOCKHOLM)


def test_a_night_full_of_due_times_comes_once() -> None:
    rhythm = Rhythm(every="10s", quiet=("22:00-06:00",))
    begin = at("2026-01-01 21:59:30")
    times = list(itertools.islice(due(RhythmTrigger(rhythm, "1h", "a"), begin, begin + DAY), 5))

    assert [at("2026-01-02 06:00")] == times[3:4]
    assert times[2] < at("2026-01-01 22:00")
    assert times[4] - times[3] <= dt.timedelta(seconds=10)


def test_jitter_spreads_what_waited_for_the_end_of_quiet_hours() -> None:
    rhythm = Rhythm(cron="*/15 * * * *", jitter="10m", quiet=("22:00-06:00",))
    morning = at("2026-01-02 06:00")
    triggers = [RhythmTrigger(rhythm, "1h", f"feed {number}") for number in range(100)]
    times = {trigger.get_next_fire_time(None, morning - HOUR) for trigger in triggers}

    assert 100 == len(times)
    assert morning <= min(times) < max(times) < morning + 10 * MINUTE


def test_jitter_spreads_names_and_days_within_its_bounds() -> None:
    begin = at("2026-01-01")
    rhythm = Rhythm(cron="0 7 * * *", jitter="10m")
    delays = [
        moment - moment.replace(hour=7, minute=0, second=0, microsecond=0)
        for name in ("a", "b")
        for moment in due(RhythmTrigger(rhythm, "1h", name), begin, begin + 100 * DAY)
    ]

    assert 200 == len(set(delays))
    assert dt.timedelta() <= min(delays) < MINUTE
    assert 9 * MINUTE < max(delays) < 10 * MINUTE


def test_a_restart_before_a_delayed_run_does_not_lose_it() -> None:
    trigger = cron("0 7 * * *", jitter="10m")
    found = trigger.get_next_fire_time(None, at("2026-01-01"))

    assert found > at("2026-01-01 07:00")
    assert found == trigger.get_next_fire_time(None, found - dt.timedelta(microseconds=1))
    assert found + DAY / 2 < trigger.get_next_fire_time(None, found)


def test_jitter_never_reaches_the_following_due_time() -> None:
    begin = at("2026-01-01")
    times = due(cron("*/5 * * * *", jitter="1d"), begin, begin + 5 * HOUR)
    slots = [(moment - begin) // (5 * MINUTE) for moment in times]

    assert list(range(60)) == slots


def test_jitter_never_reaches_quiet_hours() -> None:
    rhythm = Rhythm(cron="0 20 * * *", jitter="1h", quiet=("20:02-20:04", "19:50-20:00"))
    begin = at("2026-01-01")
    times = list(due(RhythmTrigger(rhythm, "1h", "feed"), begin, begin + 100 * DAY))

    assert 100 == len(times)
    assert {(20, 0), (20, 1)} == {(moment.hour, moment.minute) for moment in times}


ZONE_NAMES = st.sampled_from(ZONES)
STRETCHES = st.tuples(st.integers(0, 1439), st.integers(1, 700)).map(
    lambda two: "-".join(f"{n // 60 % 24:02}:{n % 60:02}" for n in (two[0], sum(two)))
)
QUIET = st.lists(STRETCHES, max_size=2).map(tuple)
RHYTHMS = st.one_of(
    st.builds(
        Rhythm,
        every=st.sampled_from(["10s", "7m", "15m", "5h", "1d", "1w"]),
        jitter=st.sampled_from([None, "1s", "10s"]),
        timezone=ZONE_NAMES,
        quiet=QUIET,
    ),
    st.builds(
        Rhythm,
        cron=st.sampled_from(
            ["* * * * *", "*/15 * * * *", "0 * * * *", "30 2 * * *", "0 0,3,*/6 * * *",
             "15 1-3 * * sun", "0 2 29 * 1", "59 23 31 12 *"]
        ),
        jitter=st.sampled_from([None, "2m", "3h"]),
        timezone=ZONE_NAMES,
        quiet=QUIET,
    ),
)  # fmt: skip
CHANGES = ["2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-10-04", "2026-10-25"]
NEAR_CHANGES = st.sampled_from(CHANGES).flatmap(
    lambda day: st.datetimes(
        dt.datetime.fromisoformat(day) - 2 * DAY,
        dt.datetime.fromisoformat(day) + 2 * DAY,
        timezones=st.just(dt.UTC),
    )
)


def is_quiet(moment: dt.datetime, rhythm: Rhythm) -> bool:
    local = moment.astimezone(ZoneInfo(rhythm.timezone))
    return local.hour * 60 + local.minute in read_quiet(rhythm.quiet)


@given(RHYTHMS, NEAR_CHANGES, st.text())
def test_the_next_time_is_later_and_never_quiet(
    rhythm: Rhythm, now: dt.datetime, name: str
) -> None:
    trigger = RhythmTrigger(rhythm, "1h", name)
    times = [now]
    for _ in range(4):
        times.append(trigger.get_next_fire_time(times[-1], times[-1]))

    assert times == sorted(set(times))
    assert not [moment for moment in times[1:] if is_quiet(moment, rhythm)]


@given(RHYTHMS, NEAR_CHANGES, st.floats(0, 1))
def test_the_next_time_does_not_depend_on_when_it_is_asked_for(
    rhythm: Rhythm, now: dt.datetime, part: float
) -> None:
    trigger = RhythmTrigger(rhythm, "1h", "feed")
    found = trigger.get_next_fire_time(None, now)
    between = min(now + (found - now) * part, found - dt.timedelta(microseconds=1))

    assert found == trigger.get_next_fire_time(now, between)


@given(ZONE_NAMES, NEAR_CHANGES, st.sampled_from(["0", "*/15", "7,52"]))
def test_a_cron_of_all_hours_misses_no_minute_that_comes(
    zone: str, now: dt.datetime, minutes: str
) -> None:
    chosen = {"0": {0}, "*/15": {0, 15, 30, 45}, "7,52": {7, 52}}[minutes]
    begin = now.replace(second=0, microsecond=0)
    walked = [begin + number * MINUTE for number in range(1, 241)]
    expected = [moment for moment in walked if moment.astimezone(ZoneInfo(zone)).minute in chosen]

    assert expected == list(due(cron(f"{minutes} * * * *", zone), begin, begin + 4 * HOUR))


def test_a_trigger_survives_the_job_store_of_a_scheduler() -> None:
    trigger = RhythmTrigger(Rhythm(every="15m", timezone=STOCKHOLM, jitter="1m"), "1h", "feed")
    again = pickle.loads(pickle.dumps(trigger))  # noqa: S301 - just written

    now = at("2026-01-01")
    assert trigger.get_next_fire_time(None, now) == again.get_next_fire_time(None, now)
    assert "every 0:15:00" == str(again)
    assert "cron 0 7 * * *" == str(cron("0 7 * * *"))


ADAPTIVE = Rhythm(every="15m", fastest="5m", slowest="6h")


@pytest.mark.parametrize(
    ("minutes", "new", "expected"),
    [
        (20, 0, 30),
        (300, 0, 360),
        (360, 0, 360),
        (20, MANY_NEW, 10),
        (8, MANY_NEW + 90, 5),
        (15, 1, 15),
        (55, MANY_NEW - 1, 45),
        (7, 1, 9),
        (600, 1, 360),
    ],
)
def test_an_interval_follows_what_is_new(minutes: int, new: int, expected: int) -> None:
    assert expected * MINUTE == adapted(minutes * MINUTE, ADAPTIVE, "1h", new=new)


@pytest.mark.parametrize(
    ("rhythm", "new", "expected"),
    [
        (ADAPTIVE, 0, 6 * HOUR),
        (ADAPTIVE, 1000, 5 * MINUTE),
        (ADAPTIVE, 3, 15 * MINUTE),
        (Rhythm(every="15m"), 0, 15 * MINUTE),
        (Rhythm(every="15m"), 1000, 15 * MINUTE),
        (Rhythm(every="15m", slowest="1h"), 1000, 15 * MINUTE),
        (Rhythm(every="15m", fastest="1m"), 0, 15 * MINUTE),
        (Rhythm(slowest="1d"), 0, DAY),
        (Rhythm(slowest="1d"), 1000, HOUR),
        (Rhythm(slowest="1d"), 3, HOUR),
        (Rhythm(slowest="30m"), 3, 30 * MINUTE),
        (Rhythm(fastest="2h"), 3, 2 * HOUR),
    ],
)
@pytest.mark.parametrize("begin", [MINUTE, 2 * HOUR, DAY])
def test_an_interval_settles(
    rhythm: Rhythm, new: int, expected: dt.timedelta, begin: dt.timedelta
) -> None:
    interval = begin
    for _ in range(60):
        interval = adapted(interval, rhythm, "1h", new=new)

    assert abs(expected - interval) < dt.timedelta(seconds=1)


@given(st.lists(st.integers(0, 30)), st.timedeltas(MINUTE, 7 * DAY))
@example([0] * 50, DAY)
def test_an_interval_never_leaves_its_bounds(news: list[int], begin: dt.timedelta) -> None:
    intervals = list(
        itertools.accumulate(
            news, lambda last, new: adapted(last, ADAPTIVE, "1h", new=new), initial=begin
        )
    )

    assert not [one for one in intervals[1:] if not 5 * MINUTE <= one <= 6 * HOUR]


@pytest.mark.parametrize("per_hour", [2, 30, 100])
def test_a_steady_stream_is_read_before_much_piles_up(per_hour: int) -> None:
    interval = 6 * HOUR
    piles = []
    for _ in range(100):
        piles.append(interval * per_hour // HOUR)
        interval = adapted(interval, ADAPTIVE, "1h", new=piles[-1])

    assert max(piles[20:]) <= MANY_NEW * 1.5
