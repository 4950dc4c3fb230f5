"""HTTP/1.1 as bytes: requests off one stream, an answer as what is sent of it.

`http.server` would do as well, but it reads headers with the parser for mail, which takes longer
than the rest of a call: the emulator shares its processors with the program that is measured.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Final

from emulator.errors import BadRequestError
from emulator.messages import Reply, Request

LARGEST_HEAD: Final = 64 * 1024
LARGEST_BODY: Final = 1024 * 1024
RECEIVED_AT_ONCE: Final = 16 * 1024


class Requests:
    """The requests of one connection, in order; `recv` returns nothing at its end."""

    def __init__(self, recv: Callable[[int], bytes]) -> None:
        self._recv = recv
        self._ahead = b""

    def next(self) -> tuple[Request, bool] | None:
        """Return the next request and whether more may follow; None when the client has gone.

        BadRequestError for what cannot be read; the connection has to end then.
        """
        head = self._head()
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, version = _words(first)
        headers = _headers(lines)
        length = headers.get("content-length", "0")
        if (
            not (length.isascii() and length.isdigit())
            or int(length) > LARGEST_BODY
            or "transfer-encoding" in headers
        ):
            raise BadRequestError(413, "Request entity too large")
        body = self._body(int(length))
        if body is None:
            return None
        path, _, query = target.partition("?")
        more = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        return Request(method, path, query, headers, body), more

    def _head(self) -> bytes | None:
        while b"\r\n\r\n" not in self._ahead:
            if len(self._ahead) > LARGEST_HEAD:
                raise BadRequestError(431, "Request header fields too large")
            if not self._more():
                return None
        head, _, self._ahead = self._ahead.partition(b"\r\n\r\n")
        return head

    def _body(self, length: int) -> bytes | None:
        while len(self._ahead) < length:
            if not self._more():
                return None
        body, self._ahead = self._ahead[:length], self._ahead[length:]
        return body

    def _more(self) -> bool:
        data = self._recv(RECEIVED_AT_ONCE)
        self._ahead += data
        return bool(data)


def written(reply: Reply) -> bytes:
    """Return an answer as it goes over the wire: whole, or without the second half of its body."""
    phrase = http.client.responses.get(reply.status, "Unknown")
    cookie = "" if reply.cookie is None else f"Set-Cookie: {reply.cookie}\r\n"
    head = (
        f"HTTP/1.1 {reply.status} {phrase}\r\n"
        f"Content-Type: {reply.content_type}\r\n"
        f"Content-Length: {len(reply.body)}\r\n"
        f"{cookie}\r\n"
    )
    body = reply.body[: len(reply.body) // 2] if reply.ending == "half" else reply.body
    return head.encode() + body


def _words(line: str) -> tuple[str, str, str]:
    match line.split(" "):
        case [method, target, "HTTP/1.0" | "HTTP/1.1" as version]:
            return method, target, version
    raise BadRequestError(400, "Bad request")


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequestError(400, "Bad request")
        key, value = name.lower(), value.strip()
        headers[key] = f"{headers[key]}; {value}" if key in headers else value
    return headers
