"""A ticket of the receiver's process, as the run holds it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vault.receiver import Receipt, ReceiverDown, ReceiverError
from vault.receiver_process.calls import Calls
from vault.receiver_process.words import error_from_words

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Settling:
    """What becomes of a ticket: `settled` is set with a receipt, or when none can come any more."""

    path: Path
    settled: threading.Event = field(default_factory=threading.Event)
    receipt: Receipt | None = None


class RemoteTicket:
    """One upload that is waited for; revoke it when it no longer is."""

    def __init__(
        self, number: int, username: str, password: str, settling: Settling, calls: Calls
    ) -> None:
        self.username: Final = username
        self.password: Final = password
        self.file_name: Final = settling.path.name
        self._number: Final = number
        self._settling: Final = settling
        self._calls: Final = calls

    def __repr__(self) -> str:
        return f"<RemoteTicket {self.username} for {self.file_name}, password hidden>"

    def wait(self, timeout: float) -> Receipt | None:
        """Wait up to `timeout` seconds for the file; return early when the process has ended."""
        self._settling.settled.wait(timeout)
        return self._settling.receipt

    def error(self) -> ReceiverError | None:
        """Return why there is no file, or None when there is one.

        `ReceiverDown` is the answer when the process has ended or does not answer.
        """
        if self._settling.receipt is not None:
            return None
        try:
            found = self._calls.ask(self._number, "error")["found"]
        except ReceiverDown as down:
            return down
        error = error_from_words(found) if found else None
        return error if isinstance(error, ReceiverError) else None

    def revoke(self) -> None:
        """Close the ticket; when this returns, no file appears any more.

        A process that has ended stores nothing either. A file that was already stored stays.
        """
        try:
            self._calls.ask(self._number, "revoke")
        except ReceiverDown as down:
            log.info("receiver: ticket for %s not revoked: %s", self.file_name, down)
        self._settling.settled.set()
