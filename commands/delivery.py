"""Bring a report to people: table, JSON file, mail."""

from __future__ import annotations

import argparse
import logging
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console

from commands.terminal import Screen, printing
from plugins.secrets import mail_credentials
from reporting import Report, ReportingError, dump_json, print_table, write_json
from reporting.mail import MailOptions, Security, Spool, compose, send
from settings import MailSettings, Settings

logger = logging.getLogger(__name__)

SPOOL = "mail"
"""Folder of the vault in which mails wait."""

NO_MAIL_ACCOUNT = (
    "mail.login is on, but AOS8_MAIL_USERNAME and AOS8_MAIL_PASSWORD, or mail in the secrets file, "
    "are not set"
)


def deliver(
    report: Report, options: argparse.Namespace, settings: Settings, console: Console
) -> bool:
    """Send the mail, write the JSON and print the table; False when one of them went wrong.

    What goes wrong is said on the console and changes no verdict. A dry run sends no mail. The
    table comes last, so that a terminal that is gone costs nobody the mail.
    """
    failures = []
    if settings.mail and not (options.no_mail or options.dry_run):
        failures.append(_mail(report, settings, settings.mail))
    if options.json and options.json != "-":
        failures.append(_write(report, Path(options.json)))
    problems = [problem for problem in failures if problem]
    with printing() as printed:
        if options.json == "-":
            Screen().out(dump_json(report), end="", highlight=False)
        print_table(report, console)
        for problem in problems:
            text = f"NOT DELIVERED: {problem}"
            console.print(text, style="bold red", markup=False, soft_wrap=True)
    if printed.trouble:
        logger.error("%s", printed.trouble)
    return not problems and not printed.trouble


def _write(report: Report, target: Path) -> str:
    try:
        write_json(report, target)
    except ReportingError as error:
        return str(error)
    return ""


def _mail(report: Report, settings: Settings, mail: MailSettings) -> str:
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
