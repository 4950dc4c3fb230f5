"""Instants out of `show clock`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aos8.clock import read_clock

NOW = datetime(2020, 9, 13, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun Sep 13 03:11:21 PDT 2020", datetime(2020, 9, 13, 10, 11, 21, tzinfo=UTC)),
        ("Sun Sep 13 10:11:21 UTC 2020", datetime(2020, 9, 13, 10, 11, 21, tzinfo=UTC)),
        ("\nSun Sep  3 12:11:21 CEST 2020\n", datetime(2020, 9, 3, 10, 11, 21, tzinfo=UTC)),
        ("Sun Sep 13 07:11:21 -03 2020", datetime(2020, 9, 13, 10, 11, 21, tzinfo=UTC)),
        ("Sun Sep 13 15:56:21 +0545 2020", datetime(2020, 9, 13, 10, 11, 21, tzinfo=UTC)),
        ("Sun Sep 13 15:56:21 +05:45 2020", datetime(2020, 9, 13, 10, 11, 21, tzinfo=UTC)),
        ("Tue Jan  1 00:00:05 UTC 2002", datetime(2002, 1, 1, 0, 0, 5, tzinfo=UTC)),
        ("Sat Dec 31 23:59:60 UTC 2016", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_clock_known_zone_is_an_instant(text: str, expected: datetime) -> None:
    assert read_clock(text, near=NOW) == expected


@pytest.mark.parametrize("hour", [4, 18])
def test_clock_ambiguous_zone_is_read_near_now(hour: int) -> None:
    read = read_clock(f"Sun Sep 13 {hour:02}:11:21 CST 2020", near=NOW)
    assert read == datetime(2020, 9, 13, 10, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no clock",
        "Sun Sep 13 03:11:21 XYZT 2020",
        "Sun Foo 13 03:11:21 UTC 2020",
        "Sun Feb 30 03:11:21 UTC 2020",
        "Sun Sep 13 25:11:21 UTC 2020",
        "Sun Jan 01 00:00:00 +14 0001",
    ],
)
def test_clock_unknown_is_none(text: str) -> None:
    assert read_clock(text, near=NOW) is None
