"""Sockets: one thread accepts for the whole fleet, one thread serves each connection."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from typing import Final

from emulator.conductor import Conductor
from emulator.connection import Connection
from emulator.errors import FleetDownError
from emulator.request_log import RequestLog

BACKLOG: Final = 128


def bind(conductor: Conductor) -> socket.socket:
    """Listen for one conductor; with port 0 it learns the port that it got."""
    address, port = conductor.spec.address, conductor.spec.port
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        raise FleetDownError(
            f"{conductor.spec.name}: cannot listen on {address} port {port}: {exc.strerror}; "
            "free the port, or give other addresses and ports in the fleet file"
        ) from None
    listener.setblocking(False)
    conductor.port = listener.getsockname()[1]
    return listener


class Server:
    """Serves every listener until `stop`; no thread and no socket is left behind."""

    def __init__(
        self,
        listeners: list[tuple[socket.socket, Conductor]],
        context: ssl.SSLContext,
        log: RequestLog,
    ) -> None:
        self._context = context
        self._log = log
        self._lock = threading.Lock()
        self._live: dict[threading.Thread, Connection] = {}
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._listeners = listeners
        for listener, conductor in listeners:
            self._selector.register(listener, selectors.EVENT_READ, conductor)
        self._thread = threading.Thread(target=self._accept, name="emulator-accept", daemon=True)

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting, break every connection and wait for its thread."""
        self._wake.send(b"\0")
        self._thread.join()
        self._selector.close()
        for sock in (self._wake, self._woken, *(listener for listener, _ in self._listeners)):
            sock.close()
        with self._lock:
            live = dict(self._live)
        for connection in live.values():
            connection.break_off()
        for thread in live:
            thread.join()

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                self._take(key.fileobj, key.data)

    def _take(self, listener: object, conductor: Conductor) -> None:
        assert isinstance(listener, socket.socket)  # noqa: S101 - only sockets are registered
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        sock.setblocking(True)
        connection = Connection(sock, conductor, self._context, self._log)
        thread = threading.Thread(
            target=self._serve, args=(connection,), name="emulator-connection", daemon=True
        )
        with self._lock:
            self._live[thread] = connection
        thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        finally:
            with self._lock:
                self._live.pop(threading.current_thread(), None)
