"""The ways to receive a file, alike for the workflow: it is expected, pushed, and then it is there.

`Embedded` is the project's own receiver, `vault.server.Server` an SCP server that exists already.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from vault.place import Location
from vault.receiver import ReceiverError, ReceiverOptions
from vault.receiver_process import ReceiverProcess, RemoteTicket


class Answer(Enum):
    """What the device said of its push; `LOST` is an answer that never came."""

    SENT = "sent"
    REFUSED = "refused"
    LOST = "lost"


GRACE_SECONDS: Final = {Answer.SENT: 5.0, Answer.REFUSED: 0.5, Answer.LOST: math.inf}
"""How long a receipt may come behind the device's own word.

A receipt is there before the client hears of it, so that only a device which answers before its
push has ended needs any time at all.
"""


@dataclass(frozen=True, slots=True)
class Remaining:
    """A file that stays where it was pushed to; each call of `chunks` reads it anew.

    Reading raises a `TransferError` when it is not the file any more that arrived.
    """

    location: Location
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole file, durable at `path` in staging; `size` in bytes.

    `left_behind` says why another copy still lies on a server, "" where none does or may. With
    `remaining` nothing lies at `path`, and `sha256` is "" because nobody has read the file yet.
    """

    path: Path
    size: int
    sha256: str
    left_behind: str = ""
    remaining: Remaining | None = None


class Expected(Protocol):
    """One file that a conductor is about to push; leave its `with` block to expect it no more."""

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...

    @property
    def destination(self) -> str:
        """The name that the device must push to."""

    @property
    def stays_at(self) -> Location | None:
        """Where the file will lie if it is not to be fetched, None if it is."""

    def wait(self, timeout: float, answer: Answer) -> Arrival | None:
        """Wait for the file, up to `timeout` seconds, less where the device has answered.

        May raise a `ReceiverError` for a file that came and cannot be taken.
        """

    def error(self) -> ReceiverError | None:
        """Return why there is no file, or None when there is one."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Inbox(Protocol):
    """Where conductors push to; it receives inside its `with` block.

    `verifies` is False where nobody can look at what arrived, `fetches` where archives do not come
    into staging.
    """

    @property
    def verifies(self) -> bool: ...

    @property
    def fetches(self) -> bool: ...

    def issue(
        self,
        file_name: str,
        folder: Path,
        peer: str | None,
        *,
        lifetime: float,
        may_stay: bool = False,
    ) -> Expected:
        """Expect `file_name` for `folder`, the staging of one host.

        `peer` is the address that pushes, None for any; `lifetime` is in seconds. A file that
        `may_stay` is left on the server by an inbox that is to keep files there.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Embedded:
    """The embedded receiver, in a process of its own, as an inbox."""

    verifies = True
    fetches = True

    def __init__(self, options: ReceiverOptions) -> None:
        self._receiver: Final = ReceiverProcess(options)

    def __enter__(self) -> Self:
        self._receiver.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._receiver.stop()

    def issue(
        self,
        file_name: str,
        folder: Path,
        peer: str | None,
        *,
        lifetime: float,
        may_stay: bool = False,  # noqa: ARG002 - there is nowhere else to stay
    ) -> Expected:
        """Issue a ticket for `file_name`; raise `ReceiverDown` when the receiver has stopped."""
        return _Ticketed(self._receiver.issue(file_name, folder, peer, lifetime=lifetime))


class _Ticketed:
    """A receiver's ticket as something expected."""

    stays_at = None

    def __init__(self, ticket: RemoteTicket) -> None:
        self._ticket = ticket
        self.username: Final = ticket.username
        self.password: Final = ticket.password
        self.destination: Final = ticket.file_name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ticket.revoke()

    def wait(self, timeout: float, answer: Answer) -> Arrival | None:
        """Wait for the receipt, only shortly once the device has answered."""
        receipt = self._ticket.wait(min(timeout, GRACE_SECONDS[answer]))
        return Arrival(receipt.path, receipt.size, receipt.sha256) if receipt else None

    def error(self) -> ReceiverError | None:
        """Return the receiver's diagnosis."""
        return self._ticket.error()
