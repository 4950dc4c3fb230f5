"""Read a file once, in large pieces, and know its size and SHA-256 at the end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from vault.proof.errors import ArchiveUnsafe, SourceUnreadable

READ_SIZE: Final = 1024 * 1024


class Source:
    """Give out the pieces of a file and hash each on its way.

    `size` is what was read so far, `total` the size of the whole file where it is known beforehand.
    """

    def __init__(self, pieces: Iterator[bytes], limit: int, total: int | None = None) -> None:
        self._pieces = pieces
        self._limit = limit
        self._sha256 = hashlib.sha256()
        self.size = 0
        self.total = total

    def read(self) -> bytes:
        """Return the next piece, b"" at the end; raise ArchiveUnsafe beyond the size limit."""
        piece = self._next()
        if self.size > self._limit:
            raise ArchiveUnsafe(
                "too-large",
                f"larger than the limit of {self._limit} bytes",
                offset=self._limit,
            )
        return piece

    def drain(self) -> str:
        """Read what is left and return the SHA-256 of the whole, "" where it has no bound."""
        while self.total is not None or self.size <= self._limit:
            if not self._next():
                return self._sha256.hexdigest()
        return ""

    def _next(self) -> bytes:
        try:
            piece = next((piece for piece in self._pieces if piece), b"")
        except OSError as error:
            raise SourceUnreadable(
                f"cannot read on at byte {self.size}: {error.strerror or error}; check the disk"
            ) from error
        self.size += len(piece)
        self._sha256.update(piece)
        return piece


@contextmanager
def open_source(source: Path | BinaryIO | Iterable[bytes], limit: int) -> Iterator[Source]:
    """Open a path, a binary file or an iterable of bytes for one reading."""
    if not isinstance(source, Path):
        read = getattr(source, "read", None)
        pieces = iter(lambda: read(READ_SIZE), b"") if read else iter(source)
        yield Source(pieces, limit)
        return
    try:
        file = source.open("rb", buffering=0)
    except OSError as error:
        raise SourceUnreadable(f"cannot open {source}: {error.strerror}") from error
    with file:
        total = file.seek(0, 2)
        file.seek(0)
        yield Source(iter(lambda: file.read(READ_SIZE), b""), limit, total)
