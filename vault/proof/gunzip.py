"""Unpack gzip strictly: RFC 1952, every member, every check, to the last byte of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from isal import isal_zlib

from vault.proof.errors import ArchiveDamaged, ArchiveNotOne, ArchiveUnsafe
from vault.proof.identify import identify
from vault.proof.limits import Limits
from vault.proof.source import Source

_IsalError = cast("type[Exception]", isal_zlib.IsalError)  # typed as an instance there
_OUT_SIZE: Final = 256 * 1024
_FIRST_STEP: Final = 64 * 1024
_MAGIC: Final = b"\x1f\x8b"
_FHCRC, _FEXTRA, _FNAME, _FCOMMENT, _RESERVED = 0x02, 0x04, 0x08, 0x10, 0xE0
_TEXT_LIMIT: Final = 65536


class Gunzip:
    """Turn a `Source` into unpacked pieces; nothing counts before `pieces` has ended.

    `unpacked` is the number of bytes given out, `streams` the number of gzip members seen.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._buffer = b""
        self._at = 0
        self._small = min(limits.unpacked, limits.ratio_from)
        self.unpacked = 0
        self.streams = 0

    @property
    def offset(self) -> int:
        """The byte of the file up to which it has been used."""
        return self._source.size - len(self._buffer) + self._at

    def pieces(self) -> Iterator[bytes]:
        """Yield the unpacked bytes in pieces of at most 256 KiB; raise ArchiveRejected."""
        self._check_magic()
        more = True
        while more:
            self._read_header()
            checksum = length = 0
            for piece in self._inflate():
                checksum = isal_zlib.crc32(piece, checksum)
                length += len(piece)
                yield piece
            self._check_trailer(checksum, length)
            self.streams += 1
            more = self._fill(len(_MAGIC)) and self._ahead(len(_MAGIC)) == _MAGIC
        self._check_padding()

    def _fill(self, count: int) -> bool:
        """Have `count` bytes at hand, or say that the file ends before."""
        while len(self._buffer) - self._at < count:
            piece = self._source.read()
            if not piece:
                return False
            self._buffer = self._buffer[self._at :] + piece
            self._at = 0
        return True

    def _ahead(self, count: int) -> bytes:
        return self._buffer[self._at : self._at + count]

    def _take(self, count: int) -> bytes:
        if not self._fill(count):
            raise self._cut()
        taken = self._ahead(count)
        self._at += count
        return taken

    def _take_text(self) -> bytes:
        length = 1
        while self._fill(length):
            end = self._buffer.find(b"\0", self._at, self._at + _TEXT_LIMIT)
            if end >= 0:
                return self._take(end + 1 - self._at)
            length = len(self._buffer) - self._at + 1
            if length > _TEXT_LIMIT:
                raise self._bad_header("a text without end")
        raise self._cut()

    def _check_magic(self) -> None:
        self._fill(512)
        if not self._buffer:
            raise ArchiveNotOne("empty", "empty file")
        if not self._buffer.startswith(_MAGIC[: len(self._buffer)]):
            looks = identify(self._buffer[:512])
            raise ArchiveNotOne("not-gzip", f"not gzip: looks like {looks}")

    def _read_header(self) -> None:
        fixed = self._take(10)
        flags = fixed[3]
        if fixed[2] != 8 or flags & _RESERVED:
            raise self._bad_header("unknown method or flags")
        head = fixed
        if flags & _FEXTRA:
            length = self._take(2)
            head += length + self._take(int.from_bytes(length, "little"))
        for flag in (_FNAME, _FCOMMENT):
            if flags & flag:
                head += self._take_text()
        if flags & _FHCRC:
            expected = int.from_bytes(self._take(2), "little")
            if isal_zlib.crc32(head) & 0xFFFF != expected:
                raise self._bad_header("its checksum is wrong")

    def _inflate(self) -> Iterator[bytes]:
        """Feed the decompressor in growing steps, so that tiny gzip members stay cheap."""
        inflate = isal_zlib.decompressobj(wbits=-15)
        step = _FIRST_STEP
        pending = False
        while not inflate.eof:
            if not pending and not self._fill(1):
                raise self._cut()
            fed = memoryview(self._buffer)[self._at : self._at + step]
            try:
                unpacked = inflate.decompress(fed, _OUT_SIZE)
            except _IsalError:
                raise ArchiveDamaged(
                    "bad-data",
                    f"compressed data damaged before byte {self._source.size}",
                    offset=self._source.size,
                ) from None
            left = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            self._at += len(fed) - len(left)
            step *= 4
            pending = len(unpacked) == _OUT_SIZE
            if unpacked:
                self.unpacked += len(unpacked)
                self._check_cost(self.unpacked, self._source.total or self.offset)
                yield unpacked

    def check_claim(self, stored: int, holes: int) -> None:
        """Raise ArchiveUnsafe when headers claim more bytes than the limits have room for.

        `stored` bytes are still to come and may bring their own compressed bytes with them; `holes`
        cost the sender nothing.
        """
        if stored + holes <= self._small:
            return
        self._check_cost(stored + holes, self._source.total)
        self._check_cost(holes, self._source.total or self.offset)

    def _check_cost(self, unpacked: int, packed: int | None) -> None:
        limits = self._limits
        if unpacked > limits.unpacked:
            raise ArchiveUnsafe(
                "bomb",
                f"zip bomb: unpacks to more than {limits.unpacked} bytes",
                offset=self.offset,
            )
        if packed and unpacked > max(limits.ratio_from, limits.ratio * packed):
            raise ArchiveUnsafe(
                "bomb",
                f"zip bomb: {packed} bytes unpack to more than {limits.ratio:g} times as many",
                offset=self.offset,
            )

    def _check_trailer(self, checksum: int, length: int) -> None:
        place = self.offset
        trailer = self._take(8)
        if int.from_bytes(trailer[:4], "little") != checksum:
            raise ArchiveDamaged(
                "checksum", f"checksum wrong at byte {place}: contents damaged", offset=place
            )
        if int.from_bytes(trailer[4:], "little") != length & 0xFFFFFFFF:
            raise ArchiveDamaged(
                "length", f"length wrong at byte {place + 4}: contents damaged", offset=place + 4
            )

    def _check_padding(self) -> None:
        """Demand nothing but zeros to the end of the file."""
        while self._fill(1):
            left = self._buffer[self._at :].lstrip(b"\0")
            if left:
                place = self._source.size - len(left)
                raise ArchiveDamaged(
                    "trailing-data", f"data after end of archive at byte {place}", offset=place
                )
            self._at = len(self._buffer)

    def _cut(self) -> ArchiveDamaged:
        size = self._source.size
        return ArchiveDamaged("truncated", f"truncated at byte {size}", offset=size)

    def _bad_header(self, what: str) -> ArchiveDamaged:
        return ArchiveDamaged(
            "gzip-header",
            f"gzip header damaged before byte {self.offset}: {what}",
            offset=self.offset,
        )
