"""Directory listings, wherever they stand."""

from __future__ import annotations

from aos8 import FlashFile
from aos8.listing import read_listing


def test_listing_lines_of_real_devices_are_read() -> None:
    text = (
        "-rw-r--r--    1 root     root 16283 Nov  9 12:25 default.cfg\n"
        "-rw-r--r--    1 root     root       491520 Oct 29  2004 logs.tar\r\n"
        "drwxr-xr-x    2 root     root         4096 Oct 29  2004 folder\n"
        "total 12\n"
    )
    assert read_listing([text]) == [
        FlashFile("default.cfg", 16283, "Nov  9 12:25"),
        FlashFile("logs.tar", 491520, "Oct 29  2004"),
    ]


def test_listing_repeated_file_counts_once() -> None:
    line = "-rw-r--r-- 1 root root 7 Nov  9 12:25 a.cfg"
    assert read_listing([line, line]) == [FlashFile("a.cfg", 7, "Nov  9 12:25")]


def test_listing_without_lines_is_none() -> None:
    assert read_listing([]) is None
    assert read_listing(["Success", "Cannot get directory information"]) is None
