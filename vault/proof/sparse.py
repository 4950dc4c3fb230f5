"""Read the map of a sparse file (old GNU; pax 0.0, 0.1, 1.0) and read the file it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from vault.proof.cursor import BLOCK, Cursor
from vault.proof.errors import ArchiveUnsafe
from vault.proof.header import Header, bad_header, read_number
from vault.proof.pax import Extension, read_decimal

Sink = Callable[[memoryview], object]

_ZEROS: Final = memoryview(bytes(1024 * 1024))
_NUMBER: Final = 12
_IN_HEADER, _IN_BLOCK = 4, 21


@dataclass(frozen=True, slots=True)
class SparseMap:
    """The data segments (offset, length) of a file of `size` bytes; the rest are holes."""

    segments: tuple[tuple[int, int], ...]
    size: int

    @property
    def stored(self) -> int:
        """The bytes of data that follow in the archive."""
        return sum(length for _, length in self.segments)

    def check(self, stored: int, place: int) -> None:
        """Demand ascending segments inside the file, and as much data as is stored."""
        ends = [(0, 0), *self.segments, (self.size, 0)]
        if any(
            length < 0 or start + length > after for (start, length), (after, _) in pairwise(ends)
        ):
            raise bad_header(place, "sparse map out of order")
        if self.stored != stored:
            raise bad_header(place, "sparse map and size do not agree")

    def pour(self, cursor: Cursor, sink: Sink) -> None:
        """Give the file to `sink` as it would be unpacked, holes as zeros."""
        at = 0
        for start, length in self.segments:
            _pour_zeros(start - at, sink)
            cursor.pour(length, sink)
            at = start + length
        _pour_zeros(self.size - at, sink)


def is_pax_sparse(extension: Extension) -> bool:
    """Tell whether pax records make the next member a sparse file."""
    records = extension.records
    return bool(records) and any(key.startswith("GNU.sparse.") for key in records)


def read_gnu_map(header: Header, cursor: Cursor, limit: int) -> SparseMap:
    """Read the map in an old GNU header and the blocks that continue it."""
    if not header.gnu:
        raise bad_header(cursor.position, "sparse member in a format that has none")
    segments = _segments_of(header.block[386:482], _IN_HEADER)
    more = header.block[482]
    while more:
        block = cursor.block()
        segments += _segments_of(block, _IN_BLOCK)
        more = block[504]
        _check_count(len(segments), limit, cursor.position)
    return SparseMap(tuple(segments), read_number(header.block[483:495], "size of a sparse file"))


def read_pax_map(extension: Extension, cursor: Cursor, limit: int) -> tuple[SparseMap, int]:
    """Return the map and the number of bytes it took from the member's data (format 1.0)."""
    records, place = extension.records, cursor.position
    size_text = records.get("GNU.sparse.realsize") or records.get("GNU.sparse.size")
    if size_text is None:
        raise bad_header(place, "sparse file without a size")
    size = read_decimal(size_text, place)
    if records.get("GNU.sparse.major") == b"1":
        numbers = _numbers_in_data(cursor)
        count = next(numbers)
        _check_count(count, limit, place)
        values = list(islice(numbers, 2 * count))
    elif map_text := records.get("GNU.sparse.map"):
        values = [read_decimal(text, place) for text in map_text.split(b",")]
    else:
        values = extension.sparse
    _check_count(len(values) // 2, limit, place)
    if len(values) % 2:
        raise bad_header(place, "sparse map with an odd number of entries")
    segments = tuple(zip(values[::2], values[1::2], strict=True))
    return SparseMap(segments, size), cursor.position - place


def _numbers_in_data(cursor: Cursor) -> Iterator[int]:
    """Yield decimal lines, taking one block after the other only as needed."""
    text = b""
    while True:
        while b"\n" not in text:
            if len(text) > BLOCK:
                raise bad_header(cursor.position, "sparse map without line ends")
            text += cursor.block()
        line, _, text = text.partition(b"\n")
        yield read_decimal(line, cursor.position)


def _segments_of(data: bytes, count: int) -> list[tuple[int, int]]:
    """Read the used entries of a table of (offset, length), 12 bytes each."""
    segments = []
    for at in range(0, count * 2 * _NUMBER, 2 * _NUMBER):
        entry = data[at : at + 2 * _NUMBER]
        if not entry.strip(b"\0"):
            break
        offset = read_number(entry[:_NUMBER], "offset in a sparse map")
        length = read_number(entry[_NUMBER:], "length in a sparse map")
        segments.append((offset, length))
    return segments


def _check_count(count: int, limit: int, place: int) -> None:
    if count > limit:
        raise ArchiveUnsafe(
            "bomb",
            f"zip bomb: sparse map of more than {limit} segments at byte {place}",
            unpacked_offset=place,
        )


def _pour_zeros(count: int, sink: Sink) -> None:
    while count > 0:
        sink(_ZEROS[:count])
        count -= len(_ZEROS)
