"""The tickets that the receiver knows."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Final

from vault.receiver.errors import TransferError
from vault.receiver.peer import plain_address
from vault.receiver.ticket import FILE_NAME, Grant, Ticket


class Register:
    """Issue tickets and find them by user name or peer; safe to use from any thread."""

    def __init__(self, max_file_bytes: int) -> None:
        self._max_file_bytes: Final = max_file_bytes
        self._tickets: dict[str, Ticket] = {}
        self._lock = threading.Lock()

    def issue(
        self,
        file_name: str,
        folder: Path,
        peer: str | None,
        *,
        lifetime: float,
        max_bytes: int | None = None,
        source_name: str | None = None,
    ) -> Ticket:
        """Make a ticket for one file; `lifetime` in seconds bounds when a transfer may begin.

        Raises ValueError for a name that no program of ours would make.
        """
        for name in (file_name, source_name or file_name):
            if not FILE_NAME.fullmatch(name):
                raise ValueError(f"unsafe file name {name!r}")
        grant = Grant(
            file_name=file_name,
            source_name=source_name or file_name,
            folder=folder,
            peer=None if peer is None else plain_address(peer),
            max_bytes=min(max_bytes or self._max_file_bytes, self._max_file_bytes),
            expires=time.monotonic() + lifetime,
        )
        ticket = Ticket(grant)
        with self._lock:
            self._tickets[ticket.username] = ticket
        return ticket

    def find(self, username: str) -> Ticket | None:
        """Return the ticket of a user name."""
        with self._lock:
            return self._tickets.get(username)

    def note_peer(self, peer: str, text: str, error: TransferError | None = None) -> None:
        """Tell every waiting ticket that `peer` may use what was seen from it before login."""
        with self._lock:
            tickets = list(self._tickets.values())
        for ticket in tickets:
            if ticket.closed_because(peer) is None:
                ticket.note(text, error, own=False)

    def revoke_all(self) -> None:
        """Revoke every ticket."""
        with self._lock:
            tickets = list(self._tickets.values())
        for ticket in tickets:
            ticket.revoke()
