"""Build tar and gzip by hand, byte by byte, so that any of them can be wrong on purpose."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

MTIME = 1700000000
USTAR = b"ustar\x0000"
GNU = b"ustar  \0"
V7 = bytes(8)
FHCRC, FEXTRA, FNAME, FCOMMENT = 2, 4, 8, 16


def octal(number: int, width: int) -> bytes:
    """Return a NUL-terminated octal field."""
    return b"%0*o\0" % (width - 1, number)


def base256(number: int, width: int) -> bytes:
    """Return a GNU base-256 field."""
    if number < 0:
        return number.to_bytes(width, "big", signed=True)
    return b"\x80" + number.to_bytes(width - 1, "big")


def seal(block: bytes, *, signed: bool = False) -> bytes:
    """Put the checksum into a header."""
    blank = block[:148] + b" " * 8 + block[156:]
    total = sum(blank)
    if signed:
        total -= 256 * sum(1 for byte in blank if byte > 127)
    return blank[:148] + b"%06o\0 " % total + blank[156:]


def header(
    name: bytes = b"file",
    *,
    size: int = 0,
    typeflag: bytes = b"0",
    link: bytes = b"",
    magic: bytes = USTAR,
    prefix: bytes = b"",
    fields: Mapping[int, bytes] | None = None,
) -> bytes:
    """Return a sealed header; `fields` overwrites bytes at an offset before it is sealed."""
    block = bytearray(512)
    parts: dict[int, bytes] = {
        0: name[:100],
        100: octal(0o755 if typeflag == b"5" else 0o644, 8),
        108: octal(0, 8),
        116: octal(0, 8),
        124: octal(size, 12),
        136: octal(MTIME, 12),
        156: typeflag,
        157: link[:100],
        257: magic,
        345: prefix,
    }
    for at, part in {**parts, **(fields or {})}.items():
        block[at : at + len(part)] = part
    return seal(bytes(block))


def pad(data: bytes) -> bytes:
    """Fill up to whole blocks."""
    return data + bytes(-len(data) % 512)


def file(name: bytes = b"file", data: bytes = b"contents\n", **options: object) -> bytes:
    """Return a member with its data; `options` go to `header`."""
    return header(name, **{"size": len(data), **options}) + pad(data)  # type: ignore[arg-type]


def link(name: bytes, target: bytes, typeflag: bytes = b"2") -> bytes:
    """Return a symbolic link, or a hard link with typeflag 1."""
    return header(name, link=target, typeflag=typeflag)


def pax(*records: tuple[bytes, bytes], typeflag: bytes = b"x") -> bytes:
    """Return a pax header for the next member."""
    return file(
        b"pax", b"".join(pax_record(key, value) for key, value in records), typeflag=typeflag
    )


def pax_record(key: bytes, value: bytes) -> bytes:
    """Return one `LENGTH KEY=VALUE` record."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def long_name(name: bytes, typeflag: bytes = b"L") -> bytes:
    """Return a GNU long name (L) or long link (K) header."""
    return file(b"././@LongLink", name + b"\0", typeflag=typeflag, magic=GNU)


def gnu_sparse(segments: list[tuple[int, int]], real: int, data: bytes) -> bytes:
    """Return an old GNU sparse member; more than four segments go to a second block."""
    table = [octal(start, 12) + octal(length, 12) for start, length in segments]
    more = bytes([len(table) > 4])
    fields = {386: b"".join(table[:4]), 482: more, 483: octal(real, 12)}
    head = header(b"sparse", size=len(data), typeflag=b"S", magic=GNU, fields=fields)
    return head + (b"".join(table[4:]).ljust(512, b"\0") if more[0] else b"") + pad(data)


def tar(*parts: bytes, end: int = 2, record: int = 10240) -> bytes:
    """Join members, put `end` zero blocks behind and fill the record."""
    data = b"".join(parts) + bytes(512 * end)
    return data + bytes(-len(data) % record)


def deflate(data: bytes, level: int = 6, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """Return a raw deflate stream."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, strategy=strategy)
    return packer.compress(data) + packer.flush()


def gz(
    data: bytes,
    *,
    level: int = 6,
    strategy: int = zlib.Z_DEFAULT_STRATEGY,
    flags: int = 0,
    extra: bytes = b"",
    crc: int | None = None,
    length: int | None = None,
) -> bytes:
    """Return one gzip member; `extra` are the optional fields as they stand, without header CRC."""
    head = struct.pack("<2sBBLBB", b"\x1f\x8b", 8, flags, 0, 0, 255) + extra
    if flags & FHCRC:
        head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    crc = zlib.crc32(data) if crc is None else crc
    length = len(data) if length is None else length
    return head + deflate(data, level, strategy) + struct.pack("<LL", crc, length & 0xFFFFFFFF)


def flip(data: bytes, bit: int) -> bytes:
    """Flip one bit; negative numbers count from the end."""
    bit %= 8 * len(data)
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def small_tree() -> bytes:
    """Return members like those of a small flash archive."""
    return b"".join(
        (
            header(b"./", typeflag=b"5"),
            header(b"./config/", typeflag=b"5"),
            file(b"./config/default.cfg", b'version 8.10\nhostname "mc-1"\nend\n' * 20),
            file(b"./config/empty", b""),
            link(b"./config/active.cfg", b"default.cfg"),
            link(b"./config/copy.cfg", b"./config/default.cfg", b"1"),
            file(b"./db.bin", bytes(range(256)) * 3),
        )
    )


def good() -> bytes:
    """Return a small archive that holds."""
    return gz(tar(small_tree()))
