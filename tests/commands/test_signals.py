"""What a second signal leaves behind on a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys

from commands.signals import ENDED, SHOW_CURSOR, STOPPING
from tests.support.fleets import ROOT

TWICE = """
import os, signal
from commands.signals import stop_on_signals
with stop_on_signals():
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)
"""


def test_second_signal_ends_at_once_and_shows_the_cursor_again() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as screen, os.fdopen(follower, "wb") as terminal:
        done = subprocess.run(
            [sys.executable, "-c", TWICE],
            cwd=ROOT,
            stdout=terminal,
            stderr=terminal,
            check=False,
        )
        shown = screen.read(4096)
    assert done.returncode == 128 + signal.SIGINT
    assert STOPPING.encode() in shown
    assert shown.index(ENDED.encode()) < shown.index(SHOW_CURSOR)


def test_second_signal_without_a_terminal_writes_no_control_characters() -> None:
    done = subprocess.run([sys.executable, "-c", TWICE], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 128 + signal.SIGINT
    assert b"\x1b" not in done.stdout + done.stderr
