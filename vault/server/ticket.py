"""One file that is expected on the server, under a name that nothing else has."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from vault.inbox import Answer, Arrival, Remaining
from vault.place import Place, Seen
from vault.receiver import NobodyConnected, ReceiverError, TooLarge, TransferCut
from vault.server.fetch import fetch
from vault.server.options import ServerOptions

logger = logging.getLogger(__name__)


class ServerTicket:
    """Leave its `with` block to expect the file no more; what came of it is then removed.

    `over` is set when nobody is to wait any longer. A file that `stays` is not fetched.
    """

    def __init__(
        self,
        options: ServerOptions,
        place: Place,
        name: str,
        target: Path,
        over: threading.Event,
        *,
        stays: bool = False,
    ) -> None:
        self.username: Final = options.username
        self.password: Final = options.password
        self.destination: Final = _joined(options.folder, name)
        self.stays_at: Final = place.locate(name) if stays else None
        self._options = options
        self._place = place
        self._name = name
        self._target = target
        self._over = over
        self._arrival: Arrival | None = None
        self._error: ReceiverError | None = None

    def __repr__(self) -> str:
        return f"<ServerTicket {self.username} for {self.destination}, password hidden>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._arrival is None and self._place.verifies:
            self._clear()

    def wait(self, timeout: float, answer: Answer) -> Arrival | None:
        """Wait until the file is there and stands still, then fetch it unless it stays.

        After the device's word of success it must show within `appears_within` seconds; without
        an answer within `timeout`, and stand still for longer. A device that gave up sent nothing
        whole: that is a cut transfer when something came.
        """
        if answer is Answer.REFUSED:
            self._error = self._why_refused()
            return None
        seen = self._finished(timeout, answer)
        if seen is None:
            return None
        self._arrival = self._fetched(seen) if self.stays_at is None else self._left(seen)
        return self._arrival

    def error(self) -> ReceiverError | None:
        """Return why there is no file, or None when there is one."""
        if self._arrival is not None:
            return None
        return self._error or NobodyConnected(f"{self.destination} is not on the server")

    def _fetched(self, seen: Seen) -> Arrival:
        size, sha256 = fetch(self._place, self._name, seen, self._target, self._options)
        return Arrival(self._target, size, sha256, self._take_away())

    def _left(self, seen: Seen) -> Arrival:
        chunks = partial(self._place.read, self._name, seen)
        location = self._place.locate(self._name)
        return Arrival(self._target, seen.size, "", remaining=Remaining(location, chunks))

    def _finished(self, timeout: float, answer: Answer) -> Seen | None:
        options = self._options
        sent = answer is Answer.SENT
        still = options.still if sent else options.still_unanswered
        started = changed = time.monotonic()
        patience = min(timeout, options.appears_within) if sent else timeout
        seen: Seen | None = None
        while not self._over.is_set():
            found, now = self._place.look(self._name), time.monotonic()
            if found != seen:
                seen, changed = found, now
                self._check_size(found)
            elif found is not None and now - changed >= still:
                return found
            if now - started >= (timeout if found else patience) + still:
                break
            self._over.wait(options.poll)
        self._error = self._why_not(seen)
        return None

    def _check_size(self, found: Seen | None) -> None:
        if found is not None and found.size > self._options.max_file_bytes:
            raise TooLarge(
                f"{self._name} has {found.size} bytes, {self._options.max_file_bytes} are allowed"
            )

    def _why_refused(self) -> ReceiverError | None:
        seen = self._place.look(self._name)
        if seen is None:
            return None
        return TransferCut(f"the device gave up; {seen.size} bytes of {self._name} had come")

    def _why_not(self, seen: Seen | None) -> ReceiverError | None:
        if seen is None:
            return None
        return TransferCut(f"{self._name} never stood still; {seen.size} bytes had come")

    def _take_away(self) -> str:
        if not self._options.remove:
            return ""
        try:
            return self._place.remove(self._name)
        except ReceiverError as error:
            return str(error)

    def _clear(self) -> None:
        try:
            left = self._place.look(self._name) and self._place.remove(self._name)
        except ReceiverError as error:
            left = str(error)
        if left:
            logger.warning("the rest of %s stays on the server: %s", self._name, left)


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name
