"""SIGINT and SIGTERM: the first asks the run to stop, the second ends the program at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from commands.codes import SIGNAL_BASE

WATCHED = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Whether a signal asked the run to stop, and which."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.signal: signal.Signals | None = None

    @property
    def exit_code(self) -> int | None:
        """130 or 143 when a signal came, else None."""
        return None if self.signal is None else SIGNAL_BASE + self.signal

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Stop the run; a second signal leaves no time for anything.

        The event is set by a thread of its own: this one may be in the middle of waiting for it.
        """
        if self.signal is not None:
            os._exit(SIGNAL_BASE + number)
        self.signal = signal.Signals(number)
        threading.Thread(target=self.event.set).start()


@contextmanager
def stop_on_signals(event: Event | None = None) -> Iterator[StopRequest]:
    """Set the event at the first signal while the block runs; the handlers before are put back."""
    request = StopRequest(event or Event())
    before = {number: signal.signal(number, request.handle) for number in WATCHED}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
