"""What can go wrong while a report leaves the program. None of it changes a verdict.

ReportingError
├── ReportWriteError         a report or preview file could not be written
├── ReportUnreadable         a document is no report as this program writes it
├── AddressError               a sender or recipient is not one plain mail address
└── MailNotSent              nobody got the mail; `phase` says how far it came
    ├── MailServerNotReached    phase "connect"
    ├── MailTlsFailed           phase "TLS"
    ├── MailLoginFailed         phase "login"
    ├── MailSenderRefused       phase "sender"
    ├── MailRecipientsRefused   phase "recipients", `refused` has each one's answer
    └── MailDataRefused         phase "data"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class ReportingError(Exception):
    """A report was made but did not get where it should go."""

    code: ClassVar[str] = "report-failed"


class ReportWriteError(ReportingError):
    """A report file could not be written."""

    code = "report-not-written"


class ReportUnreadable(ReportingError):
    """A document is no report as this program writes it; the message names the key."""

    code = "report-unreadable"


class AddressError(ReportingError):
    """A text is not exactly one mail address."""

    code = "mail-address"


class MailNotSent(ReportingError):
    """No recipient got the mail; the message says host, port, phase, the reason and the remedy."""

    code = "mail-not-sent"
    phase: ClassVar[str] = ""
    remedy: ClassVar[str] = ""

    def __init__(
        self, host: str, port: int, reason: str, refused: Mapping[str, str] | None = None
    ) -> None:
        self.host = host
        self.port = port
        self.reason = reason
        self.refused: Mapping[str, str] = dict(refused or {})
        ended = reason if reason.endswith(".") else f"{reason}."
        super().__init__(f"mail not sent: {host} port {port}, {self.phase}: {ended} {self.remedy}")


class MailServerNotReached(MailNotSent):
    """No SMTP conversation came about."""

    phase = "connect"
    remedy = "Check host, port and security of the mail settings, and the firewall."


class MailTlsFailed(MailNotSent):
    """The connection could not be encrypted to a verified server; nothing was sent in clear."""

    phase = "TLS"
    remedy = (
        "Use the name in the server's certificate, point the mail CA file at its issuer, and "
        "check that the port offers this kind of security."
    )


class MailLoginFailed(MailNotSent):
    """The server did not accept the user name and password, or they could not be sent safely."""

    phase = "login"
    remedy = "Check user name and password of the mail settings; leave both out for an open relay."


class MailSenderRefused(MailNotSent):
    """The server does not take mail from this sender."""

    phase = "sender"
    remedy = "Use a sender address that this server accepts from the backup host."


class MailRecipientsRefused(MailNotSent):
    """The server refused every recipient."""

    phase = "recipients"
    remedy = "Check the recipients, and whether the backup host may relay through this server."


class MailDataRefused(MailNotSent):
    """The server refused the message itself, or the connection broke while it was sent."""

    phase = "data"
    remedy = "Read the server's words; size limits and content filters answer here."
