"""Start the receiver's process.

It gets its end of the socket pair and the listening sockets, and nothing else that is open here. It
is in a process group of its own: a terminal's Ctrl-C is for the run, which decides what ends when.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vault.receiver import ReceiverDown, ReceiverOptions
from vault.receiver_process.link import Link
from vault.receiver_process.words import options_to_words

_PROGRAM: Final = Path(__file__).resolve().with_name("__main__.py")


def launch(
    options: ReceiverOptions, listening: Sequence[socket.socket]
) -> tuple[subprocess.Popen[bytes], Link]:
    """Return the process, which then serves on `listening`, and the way to speak with it.

    The caller closes its own copies of the sockets. Raises ReceiverDown when there is no process.
    """
    numbers = [one.fileno() for one in listening]
    with contextlib.ExitStack() as if_it_fails:
        try:
            ours, theirs = socket.socketpair()
            if_it_fails.callback(ours.close)
            with theirs:
                process = _started(theirs.fileno(), numbers)
        except OSError as error:
            raise ReceiverDown(f"cannot start the receiver's process: {error}") from None
        if_it_fails.pop_all()
    link = Link(ours)
    link.send({"options": options_to_words(options), "listening": numbers})
    return process, link


def _started(end: int, listening: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", str(_PROGRAM), str(end)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(end, *listening),
        process_group=0,
    )
