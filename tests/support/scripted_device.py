"""A real TLS server that answers as a test scripts it, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

UID = "NTQ4ODM4M2YtMGI0NS00N2Y2LWJjMTEtMDEx"
CSRF = "OGMwMGE0MGMtM2E3NC00NDAyLWFiY2EtYTVh"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """The last part of the path: login, logout, an object's name, showcommand."""
        return self.path.rsplit("/", 1)[-1]

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` may be text, bytes or JSON.

    `cut_at` closes (or with `reset` resets) the connection after so many bytes of the body;
    `drip` sends byte by byte with that many seconds between, headers first; `hang` waits for the
    end of the test instead of answering; `chunked` sends the body as chunks of 1000 bytes;
    `raw` is sent instead of any HTTP, and ends the connection.
    """

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut_at: int | None = None
    reset: bool = False
    drip: float | None = None
    hang: bool = False
    chunked: bool = False
    raw: bytes | None = None

    def payload(self) -> bytes:
        """Return the body as bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Script = Answer | list[Answer] | Callable[[Asked], Answer]


def success(name: str, text: str = "Success", **echo: object) -> Answer:
    """Return the answer of an object call that succeeded."""
    return Answer(
        {
            name: {**echo, "_result": {"status": 0, "status_str": text}},
            "_global_result": {"status": 0, "status_str": text, "_pending": False},
        }
    )


def logged_in(uid: str = UID, csrf: str | None = CSRF, *, cookie: bool = True) -> Answer:
    """Return the answer of a login that succeeded."""
    tokens = {"UIDARUBA": uid} | ({"X-CSRF-Token": csrf} if csrf else {})
    result = {"status": "0", "status_str": "You've logged in successfully.", **tokens}
    headers = {"Set-Cookie": f"SESSION={uid}; path=/; Secure; HttpOnly"} if cookie else {}
    return Answer({"_global_result": result}, headers=headers)


LOGGED_OUT = Answer(
    {
        "_global_result": {
            "status": "0",
            "status_str": "You've been logged out successfully.",
            "UIDARUBA": "(null)",
        }
    }
)


class ScriptedDevice:
    """Serve scripts by the last part of the path; a list is used up, its last entry stays."""

    def __init__(self, chain: Path, host: str = "127.0.0.1") -> None:
        self.scripts: dict[str, Script] = {"login": logged_in(), "logout": LOGGED_OUT}
        self.asked: list[Asked] = []
        self.connections = 0
        self.stopped = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        self._server = _Server((host, 0), self, context)
        self.host, self.port = host, int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()

    def __setitem__(self, name: str, script: Script) -> None:
        self.scripts[name] = script

    def hang_up(self) -> None:
        """Close every connection that is open, as a device does with idle ones."""
        self._server.hang_up()

    def blurt(self, words: bytes) -> None:
        """Say something on every connection that nobody asked for."""
        self._server.blurt(words)

    def of(self, name: str) -> list[Asked]:
        """Return the requests whose path ends in this name."""
        return [asked for asked in self.asked if asked.name == name]

    def answer(self, asked: Asked) -> Answer:
        """Choose the answer to a request; whatever is not scripted is an unknown object."""
        self.asked.append(asked)
        script = self.scripts.get(asked.name, Answer({"ERROR": "Invalid Object"}))
        if isinstance(script, list):
            return script.pop(0) if len(script) > 1 else script[0]
        return script if isinstance(script, Answer) else script(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], device: ScriptedDevice, context: ssl.SSLContext
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.device = device
        self._context = context
        self._open: list[socket.socket] = []
        self._served = threading.Event()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.device.connections += 1
        request.settimeout(30)
        try:
            tls = self._context.wrap_socket(request, server_side=True)
        except OSError:
            return
        self._open.append(tls)
        self._served.set()
        try:
            _Handler(tls, client_address, self)
        finally:
            tls.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: tests cut connections on purpose."""

    def hang_up(self) -> None:
        assert self._served.wait(5)
        for each in self._open:
            socket.socket.shutdown(each, socket.SHUT_RDWR)

    def blurt(self, words: bytes) -> None:
        assert self._served.wait(5)
        for each in self._open:
            each.sendall(words)

    def close_all(self) -> None:
        self.server_close()
        for each in self._open:
            each.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=parse_qs(parts.query),
            headers={key.lower(): value for key, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        answer = self.server.device.answer(asked)
        if answer.hang:
            self.server.device.stopped.wait(30)
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.payload()
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        length = f"Content-Length: {len(body)}"
        if answer.chunked:
            parts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])
            length = "Transfer-Encoding: chunked"
        head = [f"HTTP/1.1 {answer.status} X", length]
        head += [f"Content-Type: {answer.content_type}"]
        head += [f"{key}: {value}" for key, value in answer.headers.items()]
        data = "\r\n".join([*head, "", ""]).encode() + body[: answer.cut_at]
        if answer.drip is None:
            self.wfile.write(data)
        else:
            for byte in data:
                if self.server.device.stopped.wait(answer.drip):
                    break
                self.wfile.write(bytes([byte]))
        if answer.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        if answer.cut_at is not None or answer.reset:
            self.close_connection = True
