from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from emulator import FlashSpec
from emulator.errors import RefusedError
from emulator.flash import MEGABYTE, Flash

LINE = re.compile(r"-rw-r--r--    1 root     root +\d+ [A-Z][a-z]{2} [ \d]\d \d\d:\d\d \S+")


def _flash(size_mb: int = 100, used_mb: int = 1) -> Flash:
    return Flash(FlashSpec(size_mb, used_mb), lambda: datetime(2026, 11, 9, 12, 25, tzinfo=UTC))


def test_listing_looks_like_that_of_a_device() -> None:
    lines = _flash().listing().splitlines()

    assert all(LINE.fullmatch(line) for line in lines)
    assert any(line.endswith("16283 Nov  9 12:25 default.cfg") for line in lines)


def test_listing_by_size_begins_with_the_smallest() -> None:
    sizes = [int(line.split()[4]) for line in _flash().listing("size").splitlines()]

    assert sizes == sorted(sizes)


def test_write_counts_and_delete_gives_back() -> None:
    flash = _flash(size_mb=10, used_mb=1)
    before = flash.used

    flash.write("a", (bytes(MEGABYTE), bytes(5)))
    assert flash.used == before + MEGABYTE + 5
    flash.delete("a")
    assert flash.used == before


def test_write_over_a_file_needs_room_for_the_new_one_only() -> None:
    flash = _flash(size_mb=4, used_mb=1)

    for _ in range(3):
        flash.write("a", (bytes(2 * MEGABYTE),))

    assert flash.get("a").size == 2 * MEGABYTE


def test_write_beyond_the_size_is_refused() -> None:
    flash = _flash(size_mb=2, used_mb=1)

    with pytest.raises(RefusedError, match="No space left"):
        flash.write("a", (bytes(MEGABYTE),))
    assert "a" not in flash.files


def test_rename_onto_another_file_is_refused() -> None:
    flash = _flash()
    flash.write("a", (b"1",))

    with pytest.raises(RefusedError, match="exists"):
        flash.rename("a", "default.cfg")
