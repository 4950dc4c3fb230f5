"""The beginning of a connection: the TLS handshake, and what can go wrong before the first call."""

from __future__ import annotations

import socket
import ssl
from typing import Final

from emulator.certificates import Tls
from emulator.conductor import Conductor
from emulator.door import let_reset
from emulator.fault_kinds import kinds_where

KINDS_HERE: Final = kinds_where("connect") - {"refuse"}
HANDSHAKE_FAILURE: Final = b"\x15\x03\x03\x00\x02\x02\x28"
LARGEST_HELLO: Final = 16384


def context_for(sock: socket.socket, conductor: Conductor, tls: Tls) -> ssl.SSLContext:
    """Return the TLS context to use; ConnectionAbortedError when a fault ends the connection."""
    fault = conductor.faults.take(("connect",), KINDS_HERE)
    if fault is None:
        return tls.context
    if fault.kind == "hang":
        conductor.stop.wait(fault.seconds)
        return tls.context
    if fault.kind == "tls-other-ca":
        return tls.other_ca
    if fault.kind == "tls-expired":
        return tls.expired
    if fault.kind == "reset":
        let_reset(sock)
    if fault.kind == "tls-fail":
        sock.recv(LARGEST_HELLO)
        sock.sendall(HANDSHAKE_FAILURE)
    raise ConnectionAbortedError
