"""The places at which less can be done than at others, and what all places share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vault.place import Location, Place, Seen
from vault.receiver import TransferCut

BLOCK: Final = 2 << 20


class Nowhere:
    """A server at which nobody can look."""

    verifies = False

    def start(self) -> None:
        """Check nothing."""

    def stop(self) -> None:
        """Hold nothing."""

    def locate(self, name: str) -> Location:
        """Know nothing but the name."""
        return Location(name, "")

    def look(self, name: str) -> Seen | None:  # noqa: ARG002 - whatever the name is
        """See nothing."""
        return None

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:  # noqa: ARG002
        """Refuse: there is nothing to read."""
        raise changed(name)

    def remove(self, name: str) -> str:  # noqa: ARG002
        """Refuse."""
        return "nobody can look at the server"


class Untouched:
    """Another place, from which nothing is ever removed, for the reason `why`."""

    def __init__(self, place: Place, why: str) -> None:
        self._place: Final = place
        self._why: Final = why
        self.verifies = place.verifies
        self.start = place.start
        self.stop = place.stop
        self.locate = place.locate
        self.look = place.look
        self.read = place.read

    def remove(self, name: str) -> str:
        """Refuse."""
        return f"{self._place.locate(name)}: {self._why}"


def changed(name: str) -> TransferCut:
    """Return the error for a file that is not the one any more that was looked at."""
    return TransferCut(f"{name} was changed on the server while it was read")
