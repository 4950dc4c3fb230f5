"""Printing must never cost a run its report: a reader may leave, a disk may be full."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Screen(Console):
    """A console whose reader may leave: what is printed after that goes nowhere."""

    def on_broken_pipe(self) -> None:
        """Go on without a reader; rich would end the program."""
        forget_reader()
        self.quiet = True


class Printing:
    """How printing went; `trouble` says why it did not, "" where it did or nobody reads."""

    trouble = ""


@contextmanager
def printing() -> Iterator[Printing]:
    """Print inside the block; a reader that left is no trouble, a full disk is told."""
    state = Printing()
    try:
        yield state
        sys.stdout.flush()
    except BrokenPipeError:
        forget_reader()
    except OSError as error:
        forget_reader()
        state.trouble = f"nothing more printed: {error.strerror or error}"


def forget_reader() -> None:
    """Let the rest of the output go nowhere, also what Python flushes at its end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
