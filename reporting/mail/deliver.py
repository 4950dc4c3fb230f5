"""Hand a message to an SMTP server: verified TLS or openly none, and never a silent downgrade."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import getaddresses
from enum import StrEnum
from pathlib import Path
from typing import Final

from reporting.errors import (
    MailDataRefused,
    MailLoginFailed,
    MailNotSent,
    MailRecipientsRefused,
    MailSenderRefused,
    MailServerNotReached,
    MailTlsFailed,
)
from reporting.words import clean

_LONGEST_ANSWER: Final = 200


class Security(StrEnum):
    """How the connection is protected; "none" never carries a password."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class MailOptions:
    """Where and how to send; `timeout` in seconds bounds each single answer of the server.

    `ca_file` holds PEM certificates to trust instead of the system's.
    """

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30.0

    def __post_init__(self) -> None:
        """Refuse any other word for `security`: taken for "none" it would drop the encryption."""
        object.__setattr__(self, "security", Security(self.security))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server took over; `refused` maps a recipient to the server's words."""

    accepted: tuple[str, ...]
    refused: Mapping[str, str]


def send(message: EmailMessage, options: MailOptions) -> Delivery:
    """Send to everybody in To and Cc, each address once.

    Some refused recipients are part of the `Delivery`: the mail went out, sending it again would
    reach the others twice. Raises `MailNotSent` when nobody got it.
    """
    sender = _addresses(message, "From")[0]
    recipients = _addresses(message, "To", "Cc")
    client = _connect(options)
    try:
        _secure(client, options)
        _log_in(client, options)
        refused = _transmit(client, message, sender, recipients, options)
        _leave(client)
    finally:
        client.close()
    answers = {who: _words(answer, options) for who, answer in refused.items()}
    return Delivery(tuple(who for who in recipients if who not in answers), answers)


def probe(options: MailOptions) -> None:
    """Connect, secure the connection and log in as for a mail, and send none.

    Raises a `MailNotSent` of the phase that failed.
    """
    client = _connect(options)
    try:
        _secure(client, options)
        _log_in(client, options)
        with _translated(options, MailServerNotReached):
            code, answer = client.noop()
            if code != 250:
                raise smtplib.SMTPResponseException(code, answer)
        _leave(client)
    finally:
        client.close()


def _connect(options: MailOptions) -> smtplib.SMTP:
    own_name, timeout = _own_name(), options.timeout
    with _translated(options, MailServerNotReached):
        if options.security is not Security.TLS:
            return smtplib.SMTP(options.host, options.port, own_name, timeout)
        return smtplib.SMTP_SSL(
            options.host, options.port, own_name, timeout=timeout, context=_trust(options)
        )


def _secure(client: smtplib.SMTP, options: MailOptions) -> None:
    if options.security is Security.STARTTLS:
        with _translated(options, MailTlsFailed):
            code, answer = client.starttls(context=_trust(options))
            if code != 220:
                raise smtplib.SMTPResponseException(code, answer)


def _log_in(client: smtplib.SMTP, options: MailOptions) -> None:
    if not options.username:
        return
    if options.security is Security.NONE:
        raise MailLoginFailed(
            options.host, options.port, "a password is never sent over an unencrypted connection"
        )
    with _translated(options, MailLoginFailed):
        client.login(options.username, options.password)


def _transmit(
    client: smtplib.SMTP,
    message: EmailMessage,
    sender: str,
    recipients: list[str],
    options: MailOptions,
) -> dict[str, tuple[int, bytes]]:
    with _translated(options, MailDataRefused):
        return client.send_message(message, sender, recipients)


def _leave(client: smtplib.SMTP) -> None:
    """Say goodbye; the server has taken the mail over, so a lost connection is no failure."""
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        return


@contextmanager
def _translated(options: MailOptions, phase: type[MailNotSent]) -> Iterator[None]:
    """Turn every error of a phase into the project's own, without its cause: that has secrets."""
    try:
        yield
    except (OSError, smtplib.SMTPException, ValueError) as error:
        kind: type[MailNotSent] = phase
        refused: dict[str, str] = {}
        if isinstance(error, ssl.SSLError):
            kind = MailTlsFailed
        elif isinstance(error, smtplib.SMTPSenderRefused):
            kind = MailSenderRefused
        elif isinstance(error, smtplib.SMTPRecipientsRefused):
            kind = MailRecipientsRefused
            refused = {who: _words(answer, options) for who, answer in error.recipients.items()}
        raise kind(options.host, options.port, _reason(error, options), refused) from None


def _reason(error: Exception, options: MailOptions) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        each = (f"{who} ({_words(answer, options)})" for who, answer in error.recipients.items())
        return f"refused {', '.join(each)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server said {_words((error.smtp_code, error.smtp_error), options)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate was not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return f"no answer within {options.timeout:g} s"
    if isinstance(error, ValueError):
        return "user name, password or an address has characters that SMTP cannot carry"
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _redacted(words, options)


def _words(answer: tuple[int, bytes | str], options: MailOptions) -> str:
    code, said = answer
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {_redacted(text, options)}"


def _redacted(text: str, options: MailOptions) -> str:
    """Hide the password in a server's words, plain or as the client encoded it for AUTH."""
    if options.password:
        user, password = options.username.encode(), options.password.encode()
        for secret in (b"\0" + user + b"\0" + password, password):
            text = text.replace(base64.b64encode(secret).decode(), "***")
        text = text.replace(options.password, "***")
    return clean(text, _LONGEST_ANSWER)


def _trust(options: MailOptions) -> ssl.SSLContext:
    """Return a context that verifies certificate and name, for TLS 1.2 or newer."""
    try:
        context = ssl.create_default_context(cafile=options.ca_file)
    except OSError as error:
        raise MailTlsFailed(
            options.host,
            options.port,
            f"CA file {options.ca_file} cannot be used: {error.strerror or 'no certificate in it'}",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _addresses(message: EmailMessage, *headers: str) -> list[str]:
    texts = [str(text) for header in headers for text in message.get_all(header, [])]
    return list(dict.fromkeys(address for _, address in getaddresses(texts) if address))


def _own_name() -> str:
    """Return a name for EHLO without a DNS look-up, which could hang longer than any timeout."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
