"""A place that is started when the first file is asked for, for those who may need none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self

from vault.place import Location, Place, Seen
from vault.receiver import ReceiverError


class OnDemand:
    """The place that `make` returns, made and started once; use it as a context manager.

    Whatever `make` and its `start` raise as a `ReceiverError` is raised again at every use, so a
    server that is down is contacted once.
    """

    verifies = True

    def __init__(self, make: Callable[[], Place]) -> None:
        self._make: Final = make
        self._guard: Final = threading.Lock()
        self._place: Place | None = None
        self._error: ReceiverError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it now."""
        self._started()

    def stop(self) -> None:
        """Stop it, if it was ever started."""
        with self._guard:
            place, self._place = self._place, None
        if place is not None:
            place.stop()

    def locate(self, name: str) -> Location:
        """Return where a file of that name lies."""
        return self._started().locate(name)

    def look(self, name: str) -> Seen | None:
        """Return what lies there."""
        return self._started().look(name)

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:
        """Yield the file that was `seen`."""
        return self._started().read(name, seen)

    def remove(self, name: str) -> str:
        """Delete a file and return "", or the words of the refusal."""
        return self._started().remove(name)

    def _started(self) -> Place:
        with self._guard:
            if self._error is not None:
                raise self._error
            if self._place is None:
                self._place = self._begin()
            return self._place

    def _begin(self) -> Place:
        try:
            place = self._make()
            place.start()
        except ReceiverError as error:
            self._error = error
            raise
        return place
