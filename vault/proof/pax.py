"""Read the extended headers that go before a member: pax records and GNU long names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from vault.proof.cursor import Cursor
from vault.proof.errors import ArchiveRejected, ArchiveUnsafe
from vault.proof.header import OCTAL_MAX, Header, bad_header, check_mtime

EXTENSIONS: Final = frozenset((b"x", b"X", b"g", b"L", b"K"))
_RECORDS_LIMIT: Final = 1024 * 1024
_NOT_GLOBAL: Final = ("path", "linkpath", "size", "GNU.sparse.")
_PAX: Final = "pax"


@dataclass(slots=True)
class Extension:
    """What the extended headers say of the next member.

    `records` has the last value of each pax key, `sparse` all values of the keys that pax sparse
    format 0.0 repeats, in their order.
    """

    name: bytes | None = None
    link: bytes | None = None
    records: dict[str, bytes] = field(default_factory=dict)
    sparse: list[int] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, header: Header, cursor: Cursor, name_limit: int) -> None:
        """Read one extended header's data; raise ArchiveRejected for anything doubtful."""
        place = cursor.position
        if header.typeflag in (b"L", b"K"):
            self._note("L" if header.typeflag == b"L" else "K", place)
            text = _take_text(header.size, cursor, name_limit)
            if header.typeflag == b"L":
                self.name = text
            else:
                self.link = text
            return
        if header.size > _RECORDS_LIMIT:
            raise bad_header(place, f"extended header of {header.size} bytes")
        data = cursor.take(header.size)
        cursor.skip_padding(header.size)
        records = parse_records(data, place)
        if header.typeflag == b"g":
            _check_global(records, place)
            return
        self._note(_PAX, place)
        self._set_records(records, place)

    def _note(self, kind: str, place: int) -> None:
        """Refuse a second header of the same kind, and GNU long names beside pax."""
        if kind in self.seen or (self.seen and _PAX in (self.seen | {kind})):
            raise ArchiveUnsafe(
                "ambiguous",
                f"ambiguous: more than one extended header for a member at byte {place}",
                unpacked_offset=place,
            )
        self.seen.add(kind)

    def _set_records(self, records: list[tuple[str, bytes]], place: int) -> None:
        for key, value in records:
            self.records[key] = value
            if key in ("GNU.sparse.offset", "GNU.sparse.numbytes"):
                self.sparse.append(read_decimal(value, place))
        self.name = self.records.get("path")
        self.link = self.records.get("linkpath")

    def size_of(self, header: Header, place: int) -> int:
        """Return the stored size; where both headers state one that fits, they must agree."""
        if "size" not in self.records:
            return header.size
        size = read_decimal(self.records["size"], place)
        if size <= OCTAL_MAX and size != header.size:
            raise ArchiveUnsafe(
                "ambiguous",
                f"ambiguous: two sizes ({header.size} and {size}) for a member at byte {place}",
                unpacked_offset=place,
            )
        return size

    def mtime_of(self, header: Header, place: int) -> int:
        """Return the time in whole seconds."""
        value = self.records.get("mtime")
        if value is None:
            return header.mtime
        whole, _, fraction = value.removeprefix(b"-").partition(b".")
        if fraction and not fraction.isdigit():
            raise bad_header(place, "mtime is no number")
        seconds = read_decimal(whole, place)
        try:
            return check_mtime(-seconds if value.startswith(b"-") else seconds)
        except ArchiveRejected as error:
            raise bad_header(place, str(error)) from None


def parse_records(data: bytes, place: int) -> list[tuple[str, bytes]]:
    """Split `LENGTH KEY=VALUE\\n` records; every length must be right to the byte."""
    records = []
    at = 0
    while at < len(data):
        blank = data.find(b" ", at, at + 20)
        length = read_decimal(data[at:blank], place) if blank > at else 0
        record = data[blank + 1 : at + length]
        key, equals, value = record[:-1].partition(b"=")
        if at + length > len(data) or not record.endswith(b"\n") or not equals or not key:
            raise bad_header(place, "extended header does not add up")
        records.append((key.decode("utf-8", "surrogateescape"), value))
        at += length
    return records


def read_decimal(value: bytes, place: int) -> int:
    """Read a decimal number of at most 20 digits."""
    if not value.isdigit() or len(value) > 20:
        raise bad_header(place, "extended header with a bad number")
    return int(value)


def _check_global(records: list[tuple[str, bytes]], place: int) -> None:
    for key, _ in records:
        if key.startswith(_NOT_GLOBAL):
            raise ArchiveUnsafe(
                "ambiguous",
                f"ambiguous: a global header sets {key!r} of every member at byte {place}",
                unpacked_offset=place,
            )


def _take_text(size: int, cursor: Cursor, limit: int) -> bytes:
    if size > limit + 1:
        raise ArchiveUnsafe(
            "name-too-long",
            f"name of {size} bytes at byte {cursor.position} of the unpacked data",
            unpacked_offset=cursor.position,
        )
    text = cursor.take(size)
    cursor.skip_padding(size)
    return text.rstrip(b"\0")
