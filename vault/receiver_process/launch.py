"""Start the receiver's process and hand it the listening sockets."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Final

from vault.processes.child import Child
from vault.receiver import ReceiverDown, ReceiverOptions
from vault.receiver_process.words import options_to_words

_MODULE: Final = "vault.receiver_process.child"


def launch(options: ReceiverOptions, listening: Sequence[socket.socket]) -> Child:
    """Return the process, which then serves on `listening`.

    The caller keeps its own copies of the sockets. Raises ReceiverDown when there is no process.
    """
    numbers = [one.fileno() for one in listening]
    try:
        child = Child(_MODULE, "receiver", numbers)
    except OSError as error:
        raise ReceiverDown(f"cannot start the receiver's process: {error}") from None
    child.link.send({"options": options_to_words(options), "listening": numbers})
    return child
