"""Printing must never cost a run its report: a reader may leave, a disk may be full."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from rich.console import Console


class Screen(Console):
    """A console whose reader may leave: what is printed after that goes nowhere."""

    def on_broken_pipe(self) -> None:
        """Go on without a reader; rich would end the program."""
        forget_reader(self.file)
        self.quiet = True


class Printing:
    """How printing went; `trouble` says why it did not, "" where it did or nobody reads."""

    trouble = ""


@contextmanager
def printing(console: Console) -> Iterator[Printing]:
    """Print inside the block; a reader that left is no trouble, a full disk is told."""
    state = Printing()
    try:
        yield state
        console.file.flush()
    except BrokenPipeError:
        forget_reader(console.file)
    except OSError as error:
        forget_reader(console.file)
        state.trouble = f"nothing more printed: {error.strerror or error}"


def forget_reader(stream: IO[str]) -> None:
    """Let the rest of the output go nowhere, also what Python flushes at its end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        name = "stderr" if stream is sys.stderr else "stdout"
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
