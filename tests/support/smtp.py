"""A real SMTP server in a thread."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, Final, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.certificates import ServerCertificate

USER: Final = "reporter"
PASSWORD: Final = "correct horse battery"


def server_context(certificate: ServerCertificate) -> ssl.SSLContext:
    """Return the TLS context of a server that shows this certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain)
    return context


@dataclass
class Postbox:
    """What the server took; recipients that begin with "nobody" and senders "banned" are refused.

    `data_answer` is what the server says to a message when it is not to take it.
    """

    raw: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    data_answer: str = ""
    login_answer: str = ""

    @property
    def mails(self) -> list[EmailMessage]:
        """The messages, parsed."""
        return [message_from_bytes(raw, policy=default) for raw in self.raw]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("banned"):
            return "553 5.7.1 sender not welcome"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data_answer:
            return self.data_answer
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Accept `USER` with `PASSWORD` only."""
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        answer = None if good else self.login_answer or None
        return AuthResult(success=good, handled=False, message=answer)


class SmtpServer:
    """An SMTP server on a free port of 127.0.0.1 while the context lasts.

    `implicit_tls` speaks TLS from the first byte, `starttls` offers it; either makes the server
    offer AUTH.
    """

    def __init__(
        self,
        *,
        implicit_tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        self.box = Postbox()
        self._implicit_tls, self._starttls = implicit_tls, starttls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._thread.join(30)

    async def _serve(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stop.set)
        server = await loop.create_server(self._protocol, sock=self._socket, ssl=self._implicit_tls)
        self._ready.set()
        await stop.wait()
        server.close()

    def _protocol(self) -> SMTP:
        secured = self._implicit_tls is not None
        return SMTP(
            self.box,
            hostname="mail.test",
            tls_context=self._starttls,
            authenticator=self.box.authenticate,
            auth_require_tls=not secured,
            auth_exclude_mechanism=[] if secured or self._starttls else ["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
