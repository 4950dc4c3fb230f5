"""SIGINT, SIGTERM and SIGHUP: the first asks the run to stop, the second ends it at once.

A terminal that is closed sends SIGHUP; a program under `nohup` is told to ignore that, and does.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from types import FrameType

from commands.codes import SIGNAL_BASE

WATCHED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPING = "stopping once the steps under way are done and cleaned up; again to end at once"
SHOW_CURSOR = b"\x1b[?25h"
ENDED = "ended at once; the next run cleans up"


class StopRequest:
    """Whether a signal asked the run to stop, and which."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.signal: signal.Signals | None = None

    @property
    def exit_code(self) -> int | None:
        """128 and the signal's number when one came, else None."""
        return None if self.signal is None else SIGNAL_BASE + self.signal

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Stop the run; a second signal leaves no time for anything.

        The event is set by a thread of its own: this one may be in the middle of waiting for it.
        """
        if self.signal is not None:
            _say(ENDED)
            _show_cursor()
            os._exit(SIGNAL_BASE + number)
        _say(STOPPING)
        self.signal = signal.Signals(number)
        threading.Thread(target=self.event.set).start()


@contextmanager
def stop_on_signals(event: Event | None = None) -> Iterator[StopRequest]:
    """Set the event at the first signal while the block runs; the handlers before are put back."""
    request = StopRequest(event or Event())
    meant = [n for n in WATCHED if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, request.handle) for number in meant}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(text: str) -> None:
    """Write a line to stderr by nothing that may be in use where the signal came."""
    with suppress(OSError):
        os.write(2, f"\n{text}\n".encode())


def _show_cursor() -> None:
    """Show the cursor again that moving progress hides on a terminal."""
    for stream in (1, 2):
        with suppress(OSError):
            if os.isatty(stream):
                os.write(stream, SHOW_CURSOR)
