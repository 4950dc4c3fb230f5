#!/usr/bin/env python3
"""Back up Aruba Mobility Conductors: `python runbook.py --help` says how.

For a Python prompt: `from runbook import build_nornir, select`. Importing does no work.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console

from commands import codes
from commands.backup import back_up
from commands.logs import configure_logging
from commands.options import parser
from fleet import SelectionError, build_nornir, nornir_of, select
from settings import ConfigurationError, load_configuration
from vault.lock import VaultLocked

__all__ = ["build_nornir", "main", "select"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code."""
    options = parser().parse_args(arguments)
    errors = Console(stderr=True)
    console = errors if options.json == "-" else Console()
    try:
        configuration = load_configuration(options.config)
        nr = nornir_of(configuration, workers=options.workers)
        passwords = [host.password for host in nr.inventory.hosts.values() if host.password]
        configure_logging(options.verbose, configuration.settings.log, errors, passwords)
        return back_up(nr, options, console)
    except (ConfigurationError, SelectionError) as error:
        _complain(errors, str(error))
        return codes.USAGE
    except OSError as error:
        _complain(errors, f"cannot begin: {error}")
        return codes.USAGE
    except VaultLocked as error:
        _complain(errors, str(error))
        return codes.LOCKED


def _complain(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
