#!/usr/bin/env python3
"""Back up Aruba Mobility Conductors: `python runbook.py --help` says how.

For a Python prompt: `from runbook import build_nornir, select`. Importing does no work.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from rich.console import Console

from commands import codes
from commands.dispatch import perform
from commands.parser import parse
from commands.terminal import Screen
from fleet import SelectionError, build_nornir, select
from settings import ConfigurationError
from vault.lock import VaultLocked
from vault.store import VaultError

__all__ = ["build_nornir", "main", "select"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code."""
    errors = Console(stderr=True)
    try:
        options = parse(arguments)
        return perform(options, errors if options.json == "-" else Screen(), errors)
    except (ConfigurationError, SelectionError) as error:
        return _complain(errors, str(error), codes.USAGE)
    except KeyboardInterrupt:
        return codes.SIGNAL_BASE + signal.SIGINT
    except OSError as error:
        text = f"cannot begin: {error.strerror or error} ({error.filename}); run this as its owner"
        return _complain(errors, text if error.filename else f"cannot begin: {error}", codes.USAGE)
    except VaultLocked as error:
        return _complain(errors, str(error), codes.LOCKED)
    except VaultError as error:
        return _complain(errors, str(error), codes.FAILED)


def _complain(console: Console, text: str, code: int) -> int:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
