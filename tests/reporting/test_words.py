from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.words import (
    LONGEST_WORDS,
    clean,
    conductors,
    listed,
    old_text,
    seconds_text,
    size_text,
)
from tests.reporting.samples import HOSTILE


def test_clean_hostile_words_keeps_only_what_can_be_read() -> None:
    assert clean(HOSTILE) == (
        'red <script>alert(1)</script> [bold]x[/bold] & "quoted" Bcc: evil@x gnp.exe end'
    )


def test_clean_window_title_and_unfinished_escape_are_dropped() -> None:
    assert clean("\x1b]0;owned\x07Grüße\x1b") == "Grüße"


def test_clean_long_text_is_cut_with_dots() -> None:
    assert clean("x" * 10_000).endswith("x...")
    assert len(clean("x" * 10_000)) == LONGEST_WORDS


@given(st.text(st.characters(), max_size=700))
def test_clean_any_text_is_one_printable_line_that_encodes(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST_WORDS
    assert "\x1b" not in cleaned
    assert len(cleaned.splitlines()) <= 1
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (12_345_678, "12.3 MB"),
        (999_949_999, "999.9 MB"),
        (999_950_000, "1.0 GB"),
        (123_400_000_000, "123.4 GB"),
    ],
)
def test_size_text_size_fits_its_column(size: int, text: str) -> None:
    assert size_text(size) == text
    assert len(text) <= 8


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0.0 s"), (59.94, "59.9 s"), (59.96, "1m 00s"), (725, "12m 05s"), (11_220, "3h 07m")],
)
def test_seconds_text_duration_fits_its_column(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text
    assert len(text) <= 7


def test_conductors_one_is_singular() -> None:
    assert [conductors(0), conductors(1), conductors(2)] == [
        "0 conductors",
        "1 conductor",
        "2 conductors",
    ]


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-1), "later than this host's clock"),
        (timedelta(seconds=59), "0 minutes old"),
        (timedelta(minutes=1), "1 minute old"),
        (timedelta(minutes=119), "119 minutes old"),
        (timedelta(hours=47, minutes=59), "47 hours old"),
        (timedelta(days=2), "2 days old"),
        (timedelta(days=400), "400 days old"),
    ],
)
def test_old_text_age_is_in_the_unit_that_tells_most(age: timedelta, text: str) -> None:
    assert old_text(age) == text


def test_listed_more_names_than_wanted_are_counted() -> None:
    assert listed(["a", "b"], most=2) == "a, b"
    assert listed(["a", "b", "c", "d"], most=2) == "a, b and 2 more"
    assert listed([]) == "none"
