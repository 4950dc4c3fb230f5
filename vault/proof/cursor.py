"""Read a stream of pieces by exact lengths, without joining the large ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from vault.proof.errors import ArchiveDamaged

BLOCK: Final = 512
_ZEROS: Final = memoryview(bytes(1024 * 1024))


class Cursor:
    """Walk over unpacked pieces; `position` is the byte of the unpacked stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._view = memoryview(b"")
        self._at = 0
        self.position = 0

    def head(self) -> bytes:
        """Look at up to 512 of the next bytes without taking them; b"" at the end."""
        if self._at == len(self._piece):
            self._enter(next(self._pieces, b""))
        return self._piece[self._at : self._at + BLOCK]

    def take(self, count: int) -> bytes:
        """Return exactly `count` bytes; raise ArchiveDamaged when the stream ends before."""
        end = self._at + count
        if end <= len(self._piece):
            taken = self._piece[self._at : end]
            self._at = end
            self.position += count
            return taken
        parts: list[memoryview] = []
        self.pour(count, parts.append)
        return b"".join(parts)

    def block(self) -> bytes:
        """Return the next 512 bytes."""
        return self.take(BLOCK)

    def some(self, count: int) -> memoryview:
        """Return as many of the next `count` bytes as lie in one piece, not copied."""
        view = self._view[self._at : self._at + count]
        self._at += len(view)
        self.position += len(view)
        return view

    def pour(self, count: int, sink: Callable[[memoryview], object]) -> None:
        """Give exactly `count` bytes to `sink` in slices that are not copied."""
        while count:
            if self._at == len(self._piece):
                self._advance()
            view = self.some(count)
            count -= len(view)
            sink(view)

    def skip_padding(self, count: int) -> None:
        """Skip what fills the last block of `count` bytes of data."""
        if fill := -count % BLOCK:
            self.take(fill)

    def rest(self) -> Iterator[memoryview]:
        """Yield what is left, to the end of the stream."""
        while True:
            view = self._view[self._at :]
            self._at = len(self._piece)
            if view:
                yield view
                self.position += len(view)
            piece = next(self._pieces, None)
            if piece is None:
                return
            self._enter(piece)

    def _advance(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            raise ArchiveDamaged(
                "tar-truncated",
                f"truncated: the tar ends at byte {self.position} of its unpacked data, "
                "before its end mark",
                unpacked_offset=self.position,
            )
        self._enter(piece)

    def _enter(self, piece: bytes) -> None:
        self._piece, self._view, self._at = piece, memoryview(piece), 0


def count_leading_zeros(view: memoryview) -> int:
    """Count the zero bytes at the beginning of at most 1 MiB."""
    if view == _ZEROS[: len(view)]:
        return len(view)
    data = bytes(view)
    return len(data) - len(data.lstrip(b"\0"))
