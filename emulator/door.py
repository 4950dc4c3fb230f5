"""The listening socket of one conductor, which can be shut and opened again."""

from __future__ import annotations

import socket
import struct
from typing import Final

from emulator.conductor import Conductor
from emulator.errors import FleetDownError

BACKLOG: Final = 128


class Door:
    """Listens for one conductor; with port 0 the conductor learns the port that it got.

    While the door is shut the port stays bound: connections are refused, and nobody takes it.
    """

    def __init__(self, conductor: Conductor) -> None:
        self.conductor = conductor
        self.port = conductor.spec.port
        self.socket = self._bound()
        self.is_open = False
        self.port = conductor.port = self.socket.getsockname()[1]

    def open(self) -> None:
        """Listen."""
        self.socket.listen(BACKLOG)
        self.is_open = True

    def shut(self) -> None:
        """Refuse connections from now on; those that wait to be accepted are reset."""
        self.socket.close()
        self.socket = self._bound()
        self.is_open = False

    def close(self) -> None:
        """Give the port back."""
        self.socket.close()

    def _bound(self) -> socket.socket:
        address = self.conductor.spec.address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, self.port))
        except OSError as exc:
            listener.close()
            raise _taken(self.conductor, self.port, exc) from None
        listener.setblocking(False)
        return listener


def let_reset(sock: socket.socket) -> None:
    """Make closing this socket a reset instead of an orderly end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _taken(conductor: Conductor, port: int, exc: OSError) -> FleetDownError:
    return FleetDownError(
        f"{conductor.spec.name}: cannot listen on {conductor.spec.address} port {port}: "
        f"{exc.strerror}; free the port, or give other addresses and ports in the fleet file"
    )
