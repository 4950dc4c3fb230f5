"""Messages between the run and a process beside it: JSON, one a line, over a socket pair.

The end of the stream is the end of the other side.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any, Final

Message = dict[str, Any]


class Link:
    """One end of the socket pair; any thread may send, one thread reads."""

    def __init__(self, end: socket.socket) -> None:
        self._end: Final = end
        self._lines: Final = end.makefile("rb")
        self._sending = threading.Lock()

    def __iter__(self) -> Iterator[Message]:
        """Yield messages until the other side is gone; one that was cut off is left out."""
        while (message := self.receive()) is not None:
            yield message

    def receive(self) -> Message | None:
        """Wait for the next message; None when the other side is gone."""
        with contextlib.suppress(OSError):
            line = self._lines.readline()
            if line.endswith(b"\n"):
                message: Message = json.loads(line)
                return message
        return None

    def send(self, message: Message) -> None:
        """Send a message; one to a side that is gone is dropped: the reader learns of that."""
        line = json.dumps(message).encode() + b"\n"
        with self._sending, contextlib.suppress(OSError):
            self._end.sendall(line)

    def hang_up(self) -> None:
        """Let the other side's reading end; what it still says can be read."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close this end, once nobody reads it any more."""
        self._lines.close()
        self._end.close()
