"""Bring a report to people: table, JSON file, mail."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

from rich.console import Console

from commands.terminal import Screen, printing
from reporting import Report, ReportingError, dump_json, print_table, write_json
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
    report: Report, options: argparse.Namespace, mailer: Mailer | None, console: Console
) -> bool:
    """Send the mail, write the JSON and print the table; False when one of them went wrong.

    What goes wrong is said on the console and changes no verdict. The table comes last, so that a
    terminal that is gone costs nobody the mail.
    """
    failures = []
    if mailer is not None:
        failures.append(mailer(report))
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
