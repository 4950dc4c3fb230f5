"""One TLS connection: HTTP/1.1 with keep-alive, until the client goes or a fault breaks it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import Final

from emulator.api import answer
from emulator.certificates import Tls
from emulator.conductor import Conductor
from emulator.door import let_reset
from emulator.errors import BadRequestError
from emulator.handshake import context_for
from emulator.http_wire import Requests, written
from emulator.messages import Reply, Request, global_reply
from emulator.request_log import RequestLog

IDLE_SECONDS: Final = 300.0
DRIPS_A_SECOND: Final = 20


class Connection:
    """Does the handshake and serves what comes over the stream."""

    def __init__(
        self, sock: socket.socket, conductor: Conductor, tls: Tls, log: RequestLog
    ) -> None:
        self._sock = sock
        self._lock = threading.Lock()
        self._broken = False
        self._conductor = conductor
        self._tls = tls
        self._log = log

    def serve(self) -> None:
        """Serve requests; every way in which a client can go away is quiet."""
        with contextlib.suppress(OSError, ValueError), contextlib.closing(self):
            self._sock.settimeout(IDLE_SECONDS)
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = self._wrapped(context_for(self._sock, self._conductor, self._tls))
            stream.do_handshake()
            self._conductor.count("connections")
            _Dialogue(stream, self._conductor, self._log).serve()

    def close(self) -> None:
        """Close the socket, wrapped or not."""
        with self._lock:
            self._sock.close()

    def break_off(self) -> None:
        """Wake the thread that serves, from another one, and let it end."""
        with self._lock, contextlib.suppress(OSError):
            self._broken = True
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def _wrapped(self, context: ssl.SSLContext) -> ssl.SSLSocket:
        with self._lock:
            if self._broken:
                raise ConnectionAbortedError
            stream = context.wrap_socket(
                self._sock, server_side=True, do_handshake_on_connect=False
            )
            self._sock = stream
            return stream


class _Dialogue:
    """The requests of one connection and their answers, until one of them is the last."""

    def __init__(self, stream: ssl.SSLSocket, conductor: Conductor, log: RequestLog) -> None:
        self._stream = stream
        self._conductor = conductor
        self._log = log

    def serve(self) -> None:
        """Answer until the client has gone, or until a fault or a request ends the connection."""
        requests = Requests(self._stream.recv)
        more = True
        while more:
            try:
                found = requests.next()
            except BadRequestError as exc:
                self._send(global_reply(1, str(exc), exc.status))
                return
            if found is None:
                return
            request, wanted = found
            more = self._answer(request) and wanted

    def _answer(self, request: Request) -> bool:
        """Answer one request; False when the connection does not outlast it."""
        reply = answer(self._conductor, request)
        lost = reply.ending in ("reset", "close")
        self._log.write(self._conductor, request, 0 if lost else reply.status)
        if not lost:
            self._send(reply)
        elif reply.ending == "reset":
            let_reset(self._stream)
        return reply.ending == "whole"

    def _send(self, reply: Reply) -> None:
        content, pace = written(reply), reply.bytes_per_second
        if not pace:
            self._stream.sendall(content)
            return
        size = max(1, pace // DRIPS_A_SECOND)
        for start in range(0, len(content), size):
            self._stream.sendall(content[start : start + size])
            self._conductor.stop.wait(size / pace)
