"""Printing must never cost a run its report: a reader may leave, a disk may be full."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from rich.console import Console


class Outlet:
    """A standard stream; a terminal that is gone is a reader who left, as at a pipe."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write to the stream; raises `BrokenPipeError` where nobody reads any more."""
        with _hung_up_is_left():
            return self.stream.write(text)

    def flush(self) -> None:
        """Flush the stream; raises as `write` does."""
        with _hung_up_is_left():
            self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Screen(Console):
    """A console on stdout or stderr whose reader may leave: the rest then goes nowhere."""

    def __init__(self, *, stderr: bool = False) -> None:
        outlet = Outlet(sys.stderr if stderr else sys.stdout)
        super().__init__(file=cast("IO[str]", outlet), stderr=stderr)

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
        plain = stream.stream if isinstance(stream, Outlet) else stream
        name = "stderr" if plain is sys.stderr else "stdout"
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


@contextmanager
def _hung_up_is_left() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        raise BrokenPipeError(errno.EPIPE, "the terminal is gone") from None
