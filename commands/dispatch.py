"""From what was typed to what is done and to the exit code: a backup, or one of the verbs."""

from __future__ import annotations

import argparse

from rich.console import Console

from commands import codes
from commands.terminal import Screen, printing
from fleet import SelectionError
from settings import ConfigurationError
from settings.model import LogSettings
from vault.lock import VaultLocked
from vault.store import VaultError


def perform(options: argparse.Namespace) -> int:
    """Do it and return the exit code; what keeps it from beginning is said on stderr."""
    errors = Screen(stderr=True)
    console = errors if options.json == "-" else Screen()
    try:
        if options.verb is None:
            return _back_up(options, console, errors)
        return _perform_verb(options, console, errors)
    except (ConfigurationError, SelectionError) as error:
        return _complain(errors, str(error), codes.USAGE)
    except OSError as error:
        text = f"cannot begin: {error.strerror or error} ({error.filename}); run this as its owner"
        return _complain(errors, text if error.filename else f"cannot begin: {error}", codes.USAGE)
    except VaultLocked as error:
        return _complain(errors, str(error), codes.LOCKED)
    except VaultError as error:
        return _complain(errors, str(error), codes.FAILED)


def _back_up(options: argparse.Namespace, console: Console, errors: Console) -> int:
    from commands.backup import back_up
    from commands.desk import open_fleet

    nr = open_fleet(options, errors, workers=options.workers, log_file=not options.dry_run)
    return back_up(nr, options, console)


def _perform_verb(options: argparse.Namespace, console: Console, errors: Console) -> int:
    from commands.desk import Desk
    from commands.logs import configure_logging
    from commands.view import present

    configure_logging(options.verbose, LogSettings(), errors)
    return present(options.perform(Desk(options, errors), options), options.json, console)


def _complain(console: Console, text: str, code: int) -> int:
    with printing(console):
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    return code
