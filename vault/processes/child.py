"""The run's side of a process beside it: start it, hear its last words, see it end.

It gets its end of a socket pair and what it is meant to get, and nothing else that is open here. It
is in a process group of its own: a terminal's Ctrl-C is for the run, which decides what ends when.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vault.printable import printable
from vault.processes.link import Link

log = logging.getLogger(__name__)

_PROGRAM: Final = Path(__file__).resolve().with_name("__main__.py")


class Child:
    """A process that runs `serve` of `module` at the other end of `link`.

    `name` says in the log whose process it is; what it prints on standard error is logged.
    """

    def __init__(self, module: str, name: str, pass_fds: Sequence[int] = ()) -> None:
        """Start it with the descriptors `pass_fds`; raise OSError when there is no process."""
        self._name: Final = name
        self._last_words = ""
        with contextlib.ExitStack() as if_it_fails:
            ours, theirs = socket.socketpair()
            if_it_fails.callback(ours.close)
            with theirs:
                self._process = _started(module, theirs.fileno(), pass_fds)
            if_it_fails.pop_all()
        self.link: Final = Link(ours)
        self._hearing = threading.Thread(target=self._hear, name=f"{name}-process", daemon=True)
        self._hearing.start()

    def ended(self, seconds: float) -> int:
        """Return the process's status; one that goes on for longer than `seconds` is killed."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("%s: its process does not end and is killed", self._name)
            self._process.kill()
            return self._process.wait()

    def cause(self, seconds: float) -> str:
        """Say how it ended, with its last words; it has `seconds` to end."""
        status = self.ended(seconds)
        self._hearing.join()
        if status < 0:
            return f"killed by {signal.Signals(-status).name}"
        return f"exit status {status}, {self._last_words or 'without a word'}"

    def close(self, seconds: float) -> None:
        """Hang up, which ends the process within `seconds`, and leave nothing open."""
        self.link.hang_up()
        self.ended(seconds)
        self._hearing.join()

    def _hear(self) -> None:
        if self._process.stderr is None:
            return
        with self._process.stderr as errors:
            for line in errors:
                self._last_words = printable(line.decode(errors="replace").rstrip())
                log.warning("%s's process: %s", self._name, self._last_words)


def _started(module: str, end: int, pass_fds: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", str(_PROGRAM), module, str(end)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(end, *pass_fds),
        process_group=0,
    )
