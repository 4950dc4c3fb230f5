"""One conductor, spoken to over its REST API."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aos8.inquiries import Inquiries
from aos8.options import Timeouts, Tls
from aos8.redact import Redactor
from aos8.session import Session
from aos8.transport import Transport


class Aos8Client(Inquiries):
    """Log in to one conductor, ask it, tell it, and log out.

    A client keeps one connection and one session and belongs to one thread. As a context manager
    it logs in on entry and out on exit, on every path. `config_path` is the node that object calls
    name. Building a client touches no network; it raises `TlsFailed` for an unusable CA bundle.
    """

    def __init__(
        self,
        host: str,
        port: int = 4343,
        *,
        username: str,
        password: str,
        tls: Tls | None = None,
        timeouts: Timeouts | None = None,
        config_path: str = "/md",
    ) -> None:
        self.timeouts = timeouts or Timeouts()
        self.config_path = config_path
        self._username = username
        self._password = password
        self._transport = Transport(host, port, tls or Tls(), self.timeouts)
        self._session = Session(self._transport, self.timeouts, Redactor((password,)))

    def __repr__(self) -> str:
        return f"Aos8Client({self._session.where}, {'open' if self.is_open else 'closed'})"

    def __enter__(self) -> Self:
        try:
            self.login()
        except BaseException:
            self._transport.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether a session is held."""
        return self._session.is_open

    @property
    def is_connected(self) -> bool:
        """Whether a connection is kept that the conductor has not closed; asks nobody."""
        return self._transport.is_connected

    def connect(self) -> None:
        """Have a connection that the next call uses, its certificate accepted; send no request.

        Raises one of the transport's errors. It is not needed before `login`, which connects where
        there is no connection, but tells whether a conductor can be reached before it is sent a
        password.
        """
        self._transport.connect(self.timeouts.connect)

    def login(self) -> None:
        """Start a session; after `SessionExpired` call it again to get a new one.

        Raises `LoginRefused`, which must not be retried, `SessionLimit`, or one of the transport.
        """
        self._session.open(self._username, self._password, within=self.timeouts.read)

    def logout(self) -> None:
        """End the session; raise an `Aos8Error` if the device does not confirm it."""
        self._session.close()

    def close(self) -> None:
        """End session and connection; never raise an `Aos8Error`."""
        self._session.close_quietly()
        self._transport.close()
