"""Read a file once, in large pieces, and know its size and SHA-256 at the end."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol, runtime_checkable

from vault.proof.errors import ArchiveUnsafe, SourceUnreadable


@runtime_checkable
class Readable(Protocol):
    """What is asked of a binary file."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, b"" at the end."""

    def seekable(self) -> bool:
        """Tell whether the size can be asked for."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""

    def tell(self) -> int:
        """Say where it stands."""


READ_SIZE: Final = 256 * 1024


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
    """Open a path, a binary file (read on from where it stands) or an iterable of bytes."""
    if isinstance(source, Path):
        try:
            file = source.open("rb", buffering=0)
        except OSError as error:
            raise SourceUnreadable(f"cannot open {source}: {error.strerror}") from error
        with file:
            _demand_file(source, file.fileno())
            yield _source_of(file, limit)
    elif isinstance(source, Readable):
        yield _source_of(source, limit)
    else:
        yield Source(iter(source), limit)


def _demand_file(path: Path, descriptor: int) -> None:
    """Raise SourceUnreadable for a device, which may have no end; a pipe ends with its writer."""
    mode = os.fstat(descriptor).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise SourceUnreadable(f"cannot read {path}: it is a device, not a file")


def _source_of(file: Readable, limit: int) -> Source:
    pieces = iter(lambda: file.read(READ_SIZE), b"")
    if not file.seekable():
        return Source(pieces, limit)
    start = file.tell()
    total = file.seek(0, 2) - start
    file.seek(start)
    return Source(pieces, limit, total)
