"""Read one 512-byte tar header: V7, ustar, pax and GNU."""

from __future__ import annotations

import struct
from typing import Final, NamedTuple
from zlib import adler32

from vault.proof.errors import ArchiveDamaged

_FIELDS: Final = struct.Struct("100s8s8s8s12s12s8sc100s8s80x155s12x")
"""name, mode, owner, group, size, mtime, checksum, typeflag, link, magic, prefix"""
ZERO_BLOCK: Final = bytes(512)
OCTAL_MAX: Final = 0o77777777777
_USTAR: Final = b"ustar\x0000"
_GNU: Final = b"ustar  \0"
_V7: Final = bytes(8)
_MAGICS: Final = frozenset((_USTAR, _GNU, _V7))
_LAST_SECOND: Final = 253402300799  # 9999-12-31T23:59:59Z
_FIRST_SECOND: Final = -(2**40)


class Header(NamedTuple):
    """One header as it stands; `name` and `link` are raw bytes, `size` is the stored size."""

    name: bytes
    link: bytes
    typeflag: bytes
    mode: int
    size: int
    mtime: int
    gnu: bool
    block: bytes


def is_header(block: bytes) -> bool:
    """Tell whether the block's checksum holds, which is what makes 512 bytes a tar header."""
    if len(block) != len(ZERO_BLOCK):
        return False
    try:
        stated = read_number(block[148:156], "checksum")
    except ArchiveDamaged:
        return False
    unsigned = _sum(block) - sum(block[148:156]) + 8 * 0x20
    if stated == unsigned:
        return True
    high = sum(1 for byte in block[:148] + block[156:] if byte > 0x7F)
    return stated == unsigned - 256 * high  # some old writers sum signed bytes


def parse_header(block: bytes, place: int) -> Header:
    """Return the header at byte `place` of the tar; raise ArchiveDamaged."""
    if not is_header(block):
        raise ArchiveDamaged(
            "tar-checksum",
            f"tar header damaged at byte {place} of the unpacked data: checksum",
            unpacked_offset=place,
        )
    name, mode, owner, group, size, mtime, _, typeflag, link, magic, prefix = _FIELDS.unpack(block)
    if magic not in _MAGICS:
        raise bad_header(place, "unknown format")
    name = text_of(name)
    if magic == _USTAR and (folder := text_of(prefix)):
        name = folder + b"/" + name
    try:
        read_number(owner, "owner")
        read_number(group, "owner")
        return Header(
            name,
            text_of(link),
            typeflag,
            read_number(mode, "mode"),
            _read_size(size),
            check_mtime(read_number(mtime, "mtime")),
            magic == _GNU,
            block,
        )
    except ArchiveDamaged as error:
        raise bad_header(place, str(error)) from None


def bad_header(place: int, what: str) -> ArchiveDamaged:
    """Build the error for a header that makes no sense at byte `place` of the tar."""
    return ArchiveDamaged(
        "tar-header",
        f"tar header damaged at byte {place} of the unpacked data: {what}",
        unpacked_offset=place,
    )


def text_of(field: bytes) -> bytes:
    """Return a field up to its first NUL."""
    return field.partition(b"\0")[0]


def read_number(field: bytes, what: str) -> int:
    """Read an octal or base-256 field; an empty one is 0."""
    digits = field.rstrip(b"\0 ")
    if not digits.isdigit():
        if field[0] == 0x80:
            return int.from_bytes(field[1:], "big")
        if field[0] == 0xFF:
            return int.from_bytes(field, "big", signed=True)
        digits = field.partition(b"\0")[0].strip(b" ")
        if not digits:
            return 0
    try:
        if digits.isdigit():
            return int(digits, 8)
    except ValueError:
        pass
    raise ArchiveDamaged("tar-header", f"{what} is no number")


def _sum(block: bytes) -> int:
    """Return the sum of 512 bytes; that of 256 bytes stays below the modulus of Adler-32."""
    return (adler32(block[:256]) & 0xFFFF) + (adler32(block[256:]) & 0xFFFF) - 2


def check_mtime(mtime: int) -> int:
    """Return a time that a calendar can show; raise ArchiveDamaged otherwise."""
    if not _FIRST_SECOND <= mtime <= _LAST_SECOND:
        raise ArchiveDamaged("tar-header", "mtime is no date")
    return mtime


def _read_size(field: bytes) -> int:
    size = read_number(field, "size")
    if size < 0:
        raise ArchiveDamaged("tar-header", "size is negative")
    return size
