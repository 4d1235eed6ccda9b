"""A busy host is left alone for as long as it asks."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.pauses import read_retry_after

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"120", 120),
        (b" 0 ", 0),
        (b"Sun, 22 Nov 2026 12:00:30 GMT", 30),
        (b"Sun, 22 Nov 2026 11:59:00 GMT", 0),
        (b"Sun, 22 Nov 2026 12:00:30 -0000", 30),
        (b"", None),
        (b"soon", None),
        (b"-5", None),
        (b"1.5", None),
        (None, None),
    ],
)
def test_seconds_and_dates_are_read(header: bytes | None, seconds: float | None) -> None:
    assert seconds == read_retry_after(header, NOW)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_header_breaks_the_reader(header: bytes) -> None:
    seconds = read_retry_after(header, NOW)

    assert seconds is None or seconds >= 0
