"""A place on a server where pushed files lie, whichever way it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from vault.receiver import TransferCut

BLOCK: Final = 2 << 20


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

    def look(self, name: str) -> Seen | None:
        """Return what lies there, None for nothing; raise `FileRefused` unless a plain file."""

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:
        """Yield the file that was `seen`; raise `TransferCut` when it is not that one any more."""

    def remove(self, name: str) -> str:
        """Delete a file and return "", or the words of the refusal."""


class Nowhere:
    """A server at which nobody can look."""

    verifies = False

    def start(self) -> None:
        """Check nothing."""

    def stop(self) -> None:
        """Hold nothing."""

    def look(self, name: str) -> Seen | None:  # noqa: ARG002 - whatever the name is
        """See nothing."""
        return None

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:  # noqa: ARG002
        """Refuse: there is nothing to read."""
        raise changed(name)

    def remove(self, name: str) -> str:  # noqa: ARG002
        """Refuse."""
        return "nobody can look at the server"


def changed(name: str) -> TransferCut:
    """Return the error for a file that is not the one any more that was looked at."""
    return TransferCut(f"{name} was changed on the server while it was read")
