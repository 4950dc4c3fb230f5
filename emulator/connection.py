"""One TLS connection: HTTP/1.1 with keep-alive, until the client goes or a fault breaks it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any, Final

from emulator.api import answer
from emulator.certificates import Tls
from emulator.conductor import Conductor
from emulator.door import let_reset
from emulator.handshake import context_for
from emulator.messages import Reply, Request, global_reply
from emulator.request_log import RequestLog

IDLE_SECONDS: Final = 300.0
LARGEST_BODY: Final = 1024 * 1024
DRIPS_A_SECOND: Final = 20


class Connection:
    """Does the handshake and hands the stream to the request handler."""

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
            _Handler(stream, self._conductor, self._log)

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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, stream: ssl.SSLSocket, conductor: Conductor, log: RequestLog) -> None:
        self._stream = stream
        self._conductor = conductor
        self._log = log
        super().__init__(stream, ("", 0), None)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if (
            not length.isdigit()
            or int(length) > LARGEST_BODY
            or "Transfer-Encoding" in self.headers
        ):
            self.close_connection = True
            self._send(global_reply(1, "Request entity too large", 413))
            return
        self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, _joined(self.headers), body)
        reply = answer(self._conductor, request)
        lost = reply.ending in ("reset", "close")
        self._log.write(self._conductor, request, 0 if lost else reply.status)
        if lost:
            self._break_off(reply.ending)
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        phrase = http.client.responses.get(reply.status, "Unknown")
        head = [
            f"HTTP/1.1 {reply.status} {phrase}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
        ]
        if reply.cookie is not None:
            head.append(f"Set-Cookie: {reply.cookie}")
        body = reply.body
        if reply.ending == "half":
            body = body[: len(body) // 2]
            self.close_connection = True
        content = "\r\n".join([*head, "", ""]).encode() + body
        if reply.bytes_per_second:
            self._drip(content, reply.bytes_per_second)
        else:
            self.wfile.write(content)

    def _drip(self, content: bytes, bytes_per_second: int) -> None:
        size = max(1, bytes_per_second // DRIPS_A_SECOND)
        for start in range(0, len(content), size):
            self.wfile.write(content[start : start + size])
            self._conductor.stop.wait(size / bytes_per_second)

    def _break_off(self, ending: str) -> None:
        self.close_connection = True
        if ending == "reset":
            let_reset(self._stream)
        self._stream.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; the request log says it."""


def _joined(headers: Message) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        joined[key] = f"{joined[key]}; {value}" if key in joined else value
    return joined
