"""The right to put one named file into one folder, once."""

from __future__ import annotations

import hmac
import re
import secrets
import string
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from vault.receiver.errors import NobodyConnected, NotReceived, TransferError, TransferRefused

FILE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_ALPHABET: Final = string.ascii_letters + string.digits
_PASSWORD_LENGTH: Final = 22  # 62**22 > 2**128
_NOTES_KEPT: Final = 32
_ABORT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a file is whole and durable at `path`; `seconds` from first word to last byte."""

    path: Path
    size: int
    sha256: str
    seconds: float
    peer: str
    client_version: str
    algorithms: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What a ticket allows; `expires` is monotonic, `peer` None means any address.

    `source_name` is what the conductor calls the file on its own flash: a client that was given a
    destination name still announces that one.
    """

    file_name: str
    source_name: str
    folder: Path
    peer: str | None
    max_bytes: int
    expires: float


@dataclass(frozen=True, slots=True)
class _Note:
    text: str
    error: TransferError | None
    own: bool


class Ticket:
    """One upload that is waited for; revoke it, or leave its `with` block, when it no longer is."""

    def __init__(self, grant: Grant) -> None:
        self.grant: Final = grant
        self.username: Final = "bk" + secrets.token_hex(6)
        self.password: Final = "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))
        self.bytes_received = 0
        self._receipt: Receipt | None = None
        self._revoked = False
        self._notes: deque[_Note] = deque(maxlen=_NOTES_KEPT)
        self._lock = threading.RLock()
        self._settled = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._abort: Callable[[], None] | None = None
        self._tell: Callable[[Receipt], None] | None = None

    def __repr__(self) -> str:
        return f"<Ticket {self.username} for {self.file_name}, password hidden>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.revoke()

    @property
    def file_name(self) -> str:
        """The name that the client must send and that the file gets."""
        return self.grant.file_name

    @property
    def receipt(self) -> Receipt | None:
        """The proof, once the file is stored."""
        return self._receipt

    @property
    def diagnosis(self) -> tuple[str, ...]:
        """What was seen on the wire for this ticket or from its peer, oldest first."""
        with self._lock:
            return tuple(note.text for note in self._notes)

    def wait(self, timeout: float) -> Receipt | None:
        """Wait up to `timeout` seconds for the file; return early when the ticket is revoked."""
        self._settled.wait(timeout)
        return self._receipt

    def error(self) -> TransferError | None:
        """Return why there is no file, or None when there is one.

        What the ticket's own session met counts before what was only seen from its peer's address.
        """
        with self._lock:
            if self._receipt is not None:
                return None
            found = [note for note in self._notes if note.error is not None]
            telling = [note for note in found if note.own] or found
            if telling:
                return telling[-1].error
            seen = "; ".join(note.text for note in self._notes)
        text = f"{self.file_name} was not received: {seen or 'nobody connected'}"
        return NotReceived(text) if seen else NobodyConnected(text)

    def revoke(self) -> None:
        """Close the ticket; a transfer under way is broken off and its part file removed.

        When this returns, no file appears any more. A file that was already stored stays.
        """
        with self._lock:
            self._revoked = True
            abort = self._abort
        self._settled.set()
        if abort is not None:
            abort()
            self._idle.wait(_ABORT_SECONDS)

    def when_stored(self, tell: Callable[[Receipt], None]) -> None:
        """Have `tell` called, in another thread, with the receipt before the client hears of it.

        Set it before anybody knows the password.
        """
        self._tell = tell

    # What follows is for the server's side.

    def note(self, text: str, error: TransferError | None = None, *, own: bool = True) -> None:
        """Keep something seen on the wire; `own` when it came from the ticket's own session."""
        with self._lock:
            if not (self._notes and self._notes[-1].text == text):
                self._notes.append(_Note(text, error, own))

    def knows(self, password: str) -> bool:
        """Compare a password in constant time."""
        return hmac.compare_digest(password.encode(), self.password.encode())

    def closed_because(self, peer: str) -> str | None:
        """Return why `peer` may not use this ticket now, or None when it may."""
        if self._receipt is not None:
            return "this ticket is used: its file is already stored"
        if self._revoked:
            return "this ticket is revoked"
        if time.monotonic() >= self.grant.expires:
            return "this ticket is expired"
        if self.grant.peer is not None and peer != self.grant.peer:
            return f"this ticket is not for {peer}"
        return None

    def begin(self, peer: str, abort: Callable[[], None]) -> None:
        """Claim the ticket for one transfer; `abort` must be callable from any thread."""
        with self._lock:
            reason = self.closed_because(peer)
            if reason is None and self._abort is not None:
                reason = "another transfer with this ticket is under way"
            if reason is not None:
                raise TransferRefused(reason)
            self._abort = abort
            self.bytes_received = 0
            self._idle.clear()

    def end(self) -> None:
        """Give the ticket back after a transfer, however it ended."""
        with self._lock:
            self._abort = None
            self._idle.set()

    def settle(self, publish: Callable[[], Receipt]) -> Receipt:
        """Run `publish` unless the ticket was revoked meanwhile, and keep its receipt."""
        with self._lock:
            if self._revoked:
                raise TransferRefused("this ticket is revoked")
            self._receipt = receipt = publish()
        self._settled.set()
        if self._tell is not None:
            self._tell(receipt)
        return receipt
