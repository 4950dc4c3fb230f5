"""What the run and the receiver's process say to each other, until one of them ends."""

from __future__ import annotations

import itertools
import logging
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vault.receiver.peer import printable
from vault.receiver_process.calls import Calls
from vault.receiver_process.link import Link, Message
from vault.receiver_process.ticket import RemoteTicket, Settling
from vault.receiver_process.words import receipt_from_words

log = logging.getLogger(__name__)

_STOP_SECONDS: Final = 45.0
_END_SECONDS: Final = 10.0


class Conversation:
    """Own the process and `link`: one thread reads messages, one what else the process says."""

    def __init__(self, process: subprocess.Popen[bytes], link: Link) -> None:
        self._process: Final = process
        self._link: Final = link
        self._calls: Final = Calls(link)
        self._numbers = itertools.count(1)
        self._settlings: dict[int, Settling] = {}
        self._closing = False
        self._why = ""
        self._last_words = ""
        self._hearing = _started(self._hear)
        self._reading = _started(self._read)

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
        self._link.hang_up()
        self._ended(_STOP_SECONDS)
        self._reading.join()
        self._hearing.join()
        self._link.close()

    def _read(self) -> None:
        try:
            for message in self._link:
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
        """Leave nobody waiting for a process that says no more."""
        status = self._ended(_END_SECONDS)
        if not self._closing:
            self._hearing.join()
            self._why = self._why or f"the receiver's process has ended: {self._cause(status)}"
            log.error("receiver: %s", self._why)
        self._calls.end(self._why or "the receiver is not running")
        for settling in tuple(self._settlings.values()):
            settling.settled.set()

    def _ended(self, seconds: float) -> int:
        """Return the process's status; one that goes on for longer than `seconds` is killed."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("receiver: its process does not end and is killed")
            self._process.kill()
            return self._process.wait()

    def _cause(self, status: int) -> str:
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        return f"exit status {status}, {self._last_words or 'without a word'}"

    def _hear(self) -> None:
        if self._process.stderr is None:
            return
        with self._process.stderr as errors:
            for line in errors:
                self._last_words = printable(line.decode(errors="replace").rstrip())
                log.warning("receiver's process: %s", self._last_words)


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="receiver-process", daemon=True)
    thread.start()
    return thread
