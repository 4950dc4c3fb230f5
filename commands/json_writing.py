"""Write a JSON document to where `--json` says."""

from __future__ import annotations

import errno
import os
import select
import time
from pathlib import Path
from typing import Final

from commands.json_target import STDOUT, descriptor_of, is_stream
from commands.terminal import Screen, printing
from reporting import ReportingError
from reporting.files import write_private

PATIENCE_SECONDS: Final = 30.0
"""How long to wait for somebody who reads a stream; a run must not hang for its report."""

_PAUSE_SECONDS: Final = 0.05


def write_document(text: str, target: str) -> str:
    """Write ASCII text to `target` and return why it is not there, or "".

    A file is replaced in one step; it keeps mode and owner, a new one is 0600. Whoever reads a
    stream may leave when he has enough.
    """
    if target == STDOUT:
        return _print(text)
    path, content = Path(target), text.encode("ascii")
    try:
        if is_stream(path):
            _write_stream(path, content)
        else:
            write_private(path.resolve(), content, like_before=True)
    except BrokenPipeError:
        return ""
    except ReportingError as error:
        return str(error)
    except OSError as error:
        return f"{target} not written: {error.strerror or error}"
    return ""


def _print(text: str) -> str:
    screen = Screen()
    with printing(screen) as printed:
        screen.out(text, end="", highlight=False)
    return printed.trouble


def _write_stream(path: Path, content: bytes) -> None:
    number = descriptor_of(path)
    descriptor = _opened(path) if number is None else os.dup(number)
    try:
        rest = memoryview(content)
        while rest:
            if not select.select([], [descriptor], [], PATIENCE_SECONDS)[1]:
                raise TimeoutError(f"nobody reads it for {PATIENCE_SECONDS:.0f} s")
            rest = rest[os.write(descriptor, rest[: select.PIPE_BUF]) :]
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    """Open what is there and make nothing; a FIFO has to have a reader."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            if error.errno != errno.ENXIO or not path.is_fifo():
                raise
            if time.monotonic() > until:
                raise TimeoutError(f"nobody reads it for {PATIENCE_SECONDS:.0f} s") from None
        time.sleep(_PAUSE_SECONDS)
