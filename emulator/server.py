"""Sockets: one thread accepts for the whole fleet, one thread serves each connection."""

from __future__ import annotations

import queue
import selectors
import socket
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

from emulator.certificates import Tls
from emulator.connection import Connection
from emulator.door import Door
from emulator.request_log import RequestLog

LOOK_SECONDS: Final = 0.1


class Server:
    """Serves every door until `stop`; no thread and no socket is left behind."""

    def __init__(self, doors: Sequence[Door], tls: Tls, log: RequestLog) -> None:
        self._tls = tls
        self._log = log
        self._lock = threading.Lock()
        self._live: dict[threading.Thread, Connection] = {}
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._moved: queue.SimpleQueue[tuple[Door, threading.Event] | None] = queue.SimpleQueue()
        self._shut_until: dict[Door, float] = {}
        for door in doors:
            self._settle(door)
            door.conductor.door_moved = partial(self._move, door)
        self._thread = threading.Thread(target=self._accept, name="emulator-accept", daemon=True)

    def start(self) -> None:
        """Begin to accept."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting, break every connection and wait for its thread."""
        self._tell(None)
        self._thread.join()
        self._selector.close()
        self._wake.close()
        self._woken.close()
        with self._lock:
            live = dict(self._live)
        for connection in live.values():
            connection.break_off()
        for thread in live:
            thread.join()

    def _accept(self) -> None:
        while True:
            for key, _ in self._selector.select(self._patience()):
                if key.data is not None:
                    self._take(key.data)
                elif not self._heard():
                    return
            self._open_due()

    def _take(self, door: Door) -> None:
        try:
            sock, _ = door.socket.accept()
        except OSError:
            return
        sock.setblocking(True)
        door.conductor.faults.let_pass("connect", "refuse")
        self._settle(door)
        connection = Connection(sock, door.conductor, self._tls, self._log)
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

    def _settle(self, door: Door) -> None:
        """Open or shut a door as its conductor wants it now."""
        seconds = door.conductor.shut_for()
        if seconds:
            self._shut_until[door] = time.monotonic() + seconds
            if door.is_open:
                self._selector.unregister(door.socket)
                door.shut()
        else:
            self._shut_until.pop(door, None)
            if not door.is_open:
                door.open()
                self._selector.register(door.socket, selectors.EVENT_READ, door)

    def _patience(self) -> float | None:
        if not self._shut_until:
            return None
        return max(0.0, min(self._shut_until.values()) - time.monotonic())

    def _open_due(self) -> None:
        now = time.monotonic()
        for door in [door for door, until in self._shut_until.items() if until <= now]:
            self._settle(door)

    def _move(self, door: Door) -> None:
        """Have a door settled by the thread that accepts, and wait until it is."""
        if not self._thread.is_alive():
            return
        done = threading.Event()
        self._tell((door, done))
        while not done.wait(LOOK_SECONDS) and self._thread.is_alive():
            pass

    def _tell(self, message: tuple[Door, threading.Event] | None) -> None:
        self._moved.put(message)
        self._wake.send(b"\0")

    def _heard(self) -> bool:
        """Take one message; False when it says to stop."""
        self._woken.recv(1)
        message = self._moved.get()
        if message is None:
            return False
        door, done = message
        self._settle(door)
        done.set()
        return True
