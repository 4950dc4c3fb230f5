#!/usr/bin/env python3
"""Back up Aruba Mobility Conductors: `python runbook.py --help` says how.

For a Python prompt: `from runbook import build_nornir, select`. Importing does no work.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence

from commands import codes
from commands.installed import complain_of_missing
from commands.parser import parse
from commands.streams import open_closed_streams

if __name__ != "__main__":  # --help and --version need no conductor, and nothing that loads one
    from fleet import build_nornir, select

__all__ = ["build_nornir", "main", "select"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit code."""
    open_closed_streams()
    try:
        options = parse(arguments)
        from commands.dispatch import perform

        return perform(options)
    except ModuleNotFoundError as error:
        return complain_of_missing(error)
    except KeyboardInterrupt:
        return codes.SIGNAL_BASE + signal.SIGINT


if __name__ == "__main__":
    # Next to nothing here becomes garbage in a circle: do not look for it so often, nor at the end.
    gc.set_threshold(10_000)
    code = main()
    gc.freeze()
    sys.exit(code)
