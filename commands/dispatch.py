"""From what was typed to what is done: a backup, or one of the verbs."""

from __future__ import annotations

import argparse

from rich.console import Console

from commands.backup import back_up
from commands.desk import Desk, open_fleet
from commands.logs import configure_logging
from commands.view import present
from settings.model import LogSettings


def perform(options: argparse.Namespace, console: Console, errors: Console) -> int:
    """Do it and return the exit code; what keeps it from beginning is raised."""
    if options.verb is None:
        return _back_up(options, console, errors)
    configure_logging(options.verbose, LogSettings(), errors)
    return present(options.perform(Desk(options, errors), options), options.json, console)


def _back_up(options: argparse.Namespace, console: Console, errors: Console) -> int:
    return back_up(open_fleet(options, errors, workers=options.workers), options, console)
