"""A place outside of the vault where pushed files lie, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Location:
    """Where a file lies that is not in the vault.

    `server` is "sftp://USER@HOST:PORT", "" for a landing folder. `folder` is absolute for a
    landing folder; on a server it is as that account sees it, "" for its home.
    """

    name: str
    folder: str
    server: str = ""

    def __str__(self) -> str:
        path = f"{self.folder.rstrip('/')}/{self.name}" if self.folder else self.name
        return f"{self.server} {path}".strip()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a file tells; two equal looks mean that nothing was written between them.

    `size` in bytes, `modified` in the place's own unit, `inode` 0 where the place tells none.
    """

    size: int
    modified: int
    inode: int = 0


class Place(Protocol):
    """Names are single file names of ours; every method but `start` may raise a TransferError."""

    verifies: bool

    def start(self) -> None:
        """Check that files can be looked at; raise `ServerDown` otherwise."""

    def stop(self) -> None:
        """Let go of whatever is open."""

    def locate(self, name: str) -> Location:
        """Return where a file of that name lies, whether there is one or not."""

    def look(self, name: str) -> Seen | None:
        """Return what lies there, None for nothing; raise `FileRefused` unless a plain file."""

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:
        """Yield the file that was `seen`; raise `TransferCut` when it is not that one any more."""

    def remove(self, name: str) -> str:
        """Delete a file and return "", or the words of the refusal."""
