"""Bring a report to people: table, JSON file, mail."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from rich.console import Console

from commands import codes
from commands.json_writing import write_document
from commands.terminal import printing
from reporting import Report, dump_json, print_table
from settings import Settings

logger = logging.getLogger(__name__)

Mailer: TypeAlias = Callable[[Report], str]


def mailer_of(settings: Settings, options: argparse.Namespace) -> Mailer | None:
    """Return what sends a report as a mail and says why not, None where no mail is wanted.

    Ask before the run begins: what a mail takes is imported here, so that a program that is
    replaced meanwhile costs nobody the mail.
    """
    if settings.mail is None or options.no_mail or options.dry_run:
        return None
    from commands.mailing import mail_report

    return partial(mail_report, settings=settings, mail=settings.mail)


def deliver(
    report: Report,
    code: int,
    options: argparse.Namespace,
    mailer: Mailer | None,
    console: Console,
) -> int:
    """Send the mail, print the table, write the JSON; return `code`, or 3 where it would be 0.

    What goes wrong is said on the console and changes no verdict. The mail goes first, so that a
    terminal that is gone costs nobody the mail; the JSON last, so that it knows the exit code.
    """
    problem = mailer(report) if mailer is not None else ""
    with printing(console) as printed:
        print_table(report, console)
        _say(problem, console)
    if printed.trouble:
        logger.error("%s", printed.trouble)
    if problem or printed.trouble:
        code = code or codes.NOT_DELIVERED
    if not options.json:
        return code
    problem = write_document(dump_json(report, code), options.json)
    with printing(console):
        _say(problem, console)
    return (code or codes.NOT_DELIVERED) if problem else code


def _say(problem: str, console: Console) -> None:
    if problem:
        text = f"NOT DELIVERED: {problem}"
        console.print(text, style="bold red", markup=False, soft_wrap=True)
