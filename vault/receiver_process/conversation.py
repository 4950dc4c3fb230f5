"""What the run and the receiver's process say to each other, until one of them ends.

To the process:   {"options": ..., "listening": [descriptor]}      first
                  {"id": n, "do": "issue" | "error" | "revoke", ...}
To the run:       {"id": n, ...} or {"id": n, "failed": [kind, text]}
                  {"stored": n, "receipt": ...}                    before the client hears of it
                  {"log": name, "level": number, "text": ...}
                  {"down": text}                                   it cannot serve, and ends

Ticket passwords travel here and nowhere else.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from vault.processes.child import Child
from vault.processes.link import Message
from vault.receiver.part import part_of
from vault.receiver_process.calls import Calls
from vault.receiver_process.ticket import RemoteTicket, Settling
from vault.receiver_process.words import receipt_from_words

log = logging.getLogger(__name__)

_STOP_SECONDS: Final = 45.0
_END_SECONDS: Final = 10.0


class Conversation:
    """Own the process `child`; one thread reads its messages.

    `when_lost` is called by that thread when the process has ended although nobody wanted it to and
    it saw no reason itself, before anybody who waits for it learns of that.
    """

    def __init__(self, child: Child, when_lost: Callable[[], None]) -> None:
        self._child: Final = child
        self._when_lost: Final = when_lost
        self._calls: Final = Calls(child.link)
        self._numbers = itertools.count(1)
        self._settlings: dict[int, Settling] = {}
        self._closing = False
        self._why = ""
        self._reading = threading.Thread(target=self._read, name="receiver-messages", daemon=True)
        self._reading.start()

    def issue(
        self, file_name: str, folder: Path, peer: str | None, *, lifetime: float
    ) -> RemoteTicket:
        """Ask for a ticket; raises ReceiverDown and ValueError."""
        number, settling = next(self._numbers), Settling(folder / file_name)
        self._settlings[number] = settling
        answer = self._calls.ask(
            number,
            "issue",
            file_name=file_name,
            folder=str(folder.absolute()),
            peer=peer,
            lifetime=lifetime,
        )
        return RemoteTicket(number, answer["username"], answer["password"], settling, self._calls)

    def close(self) -> None:
        """Hang up, which ends the process once it has broken off what is under way."""
        self._closing = True
        self._child.close(_STOP_SECONDS)
        self._reading.join()
        self._child.link.close()

    def _read(self) -> None:
        try:
            for message in self._child.link:
                self._take(message)
        finally:
            self._end()

    def _take(self, message: Message) -> None:
        if "down" in message:
            self._why = message["down"]
        elif "log" in message:
            logging.getLogger(message["log"]).log(message["level"], "%s", message["text"])
        elif "stored" in message:
            self._settle(message)
        else:
            self._calls.answer(message)

    def _settle(self, message: Message) -> None:
        settling = self._settlings[message["stored"]]
        settling.receipt = receipt_from_words(message["receipt"], settling.path)
        settling.settled.set()

    def _end(self) -> None:
        """Leave nobody waiting for a process that says no more, and nothing that it began."""
        cause = self._child.cause(_END_SECONDS)
        lost = not (self._closing or self._why)
        if not self._closing:
            self._why = self._why or f"the receiver's process has ended: {cause}"
            log.error("receiver: %s", self._why)
        settlings = tuple(self._settlings.values())
        _discard_unfinished(settlings)
        if lost:
            self._when_lost()
        self._calls.end(self._why or "the receiver is not running")
        for settling in settlings:
            settling.settled.set()


def _discard_unfinished(settlings: Sequence[Settling]) -> None:
    """Remove what a process that has ended could not; a file without a receipt does not count."""
    stored = {settling.path for settling in settlings if settling.receipt is not None}
    for path in {settling.path for settling in settlings} - stored:
        for each in (part_of(path), path):
            with contextlib.suppress(OSError):
                each.unlink(missing_ok=True)
