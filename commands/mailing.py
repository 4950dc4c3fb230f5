"""Send the report as a mail, and keep one that cannot be sent now."""

from __future__ import annotations

import logging
from email.message import EmailMessage

from plugins.secrets import mail_credentials
from reporting import Report, ReportingError
from reporting.mail import MailOptions, Security, Spool, compose, send
from settings import MailSettings, Settings

logger = logging.getLogger(__name__)

SPOOL = "mail"
"""Folder of the vault in which mails wait."""

NO_MAIL_ACCOUNT = (
    "mail.login is on, but AOS8_MAIL_USERNAME and AOS8_MAIL_PASSWORD, or mail in the secrets file, "
    "are not set"
)


def mail_report(report: Report, settings: Settings, mail: MailSettings) -> str:
    """Send the report, behind what waits of earlier runs; return why it was not sent, or ""."""
    username, password = mail_credentials(settings.secrets.file) if mail.login else ("", "")
    if mail.login and not (username and password):
        return f"mail not sent: {NO_MAIL_ACCOUNT}"
    spool = Spool(settings.vault.path / SPOOL)
    options = mail_options(mail, username, password)
    message = None
    try:
        message = compose(
            report,
            sender=mail.sender,
            recipients=mail.recipients,
            subject_prefix=mail.subject_prefix,
        )
        late = spool.flush(lambda waiting: send(waiting, options))
        delivery = send(message, options)
    except ReportingError as error:
        return f"{error}{_spooled(spool, message, report.run.run_id)}"
    if late:
        logger.info("%d mails of earlier runs sent too", late)
    if delivery.refused:
        refused = "; ".join(f"{who} ({why})" for who, why in delivery.refused.items())
        return f"mail not sent to {refused}"
    logger.info("mail sent to %s", ", ".join(delivery.accepted))
    return ""


def _spooled(spool: Spool, message: EmailMessage | None, run_id: str) -> str:
    """Keep a mail that was not sent, and say where; nothing is made where no vault is."""
    if message is None or not spool.folder.parent.is_dir():
        return ""
    try:
        path = spool.keep(message, run_id)
    except ReportingError as error:
        return f" {error}"
    return f" It is kept in {path} and sent before the next one."


def mail_options(mail: MailSettings, username: str, password: str) -> MailOptions:
    """Return the settings of the mail in the terms of what sends it."""
    return MailOptions(
        host=mail.host,
        port=mail.effective_port,
        security=Security(mail.security.value),
        username=username,
        password=password,
        ca_file=mail.ca_file,
        timeout=mail.timeout_seconds,
    )
