"""Read one 512-byte tar header: V7, ustar, pax and GNU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vault.proof.errors import ArchiveDamaged

ZERO_BLOCK: Final = bytes(512)
OCTAL_MAX: Final = 0o77777777777
_USTAR: Final = b"ustar\x0000"
_GNU: Final = b"ustar  \0"
_V7: Final = bytes(8)
_LAST_SECOND: Final = 253402300799  # 9999-12-31T23:59:59Z
_FIRST_SECOND: Final = -(2**40)


@dataclass(frozen=True, slots=True)
class Header:
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
    unsigned = sum(block) - sum(block[148:156]) + 8 * 0x20
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
    magic = block[257:265]
    if magic not in (_USTAR, _GNU, _V7):
        raise bad_header(place, "unknown format")
    name = text_of(block[:100])
    prefix = text_of(block[345:500]) if magic == _USTAR else b""
    try:
        for owner in (block[108:116], block[116:124]):
            read_number(owner, "owner")
        return Header(
            name=prefix + b"/" + name if prefix else name,
            link=text_of(block[157:257]),
            typeflag=block[156:157],
            mode=read_number(block[100:108], "mode"),
            size=_read_size(block[124:136]),
            mtime=check_mtime(read_number(block[136:148], "mtime")),
            gnu=magic == _GNU,
            block=block,
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
