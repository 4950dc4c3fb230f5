"""Carry one request to a conductor and one bounded answer back.

This is the one place where exceptions of `requests`, `urllib3` and `ssl` are caught; `wire_errors`
says what becomes of them.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlencode

import requests
import urllib3.exceptions as u3
from requests.structures import CaseInsensitiveDict

from aos8.adapter import Adapter, NoCookies
from aos8.errors import BadReply, ConnectionLost, NameUnresolved, TransportError, Unreachable
from aos8.options import Timeouts, Tls
from aos8.redact import one_line
from aos8.wire_errors import not_connected, translated

logger = logging.getLogger(__name__)

_CHUNK: Final = 65536
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}
_REPEAT_PAUSE: Final = 0.5
_HOST: Final = re.compile(r"[0-9A-Za-z._-]+|[0-9A-Fa-f:.]+")


@dataclass(frozen=True, slots=True)
class RawReply:
    """An answer as it came; `session` and `csrf` are new tokens of its headers, if any."""

    status: int
    content_type: str
    text: str
    session: str | None = None
    csrf: str | None = None

    def __repr__(self) -> str:
        return f"RawReply(status={self.status}, {len(self.text)} characters)"


class SessionCookie:
    """Find the session's cookie; most devices send the same line with every answer."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._value: str | None = None

    def value_in(self, lines: list[str]) -> str | None:
        """Return the value of SESSION in `Set-Cookie` lines, None where there is none."""
        if lines != self._lines:
            self._lines, self._value = lines, next(filter(None, map(_session_in, lines)), None)
        return self._value


class Transport:
    """One keep-alive TLS connection to one conductor; not to be shared between threads."""

    def __init__(self, host: str, port: int, tls: Tls, timeouts: Timeouts) -> None:
        if not _HOST.fullmatch(host):
            raise NameUnresolved(f"{one_line(host, 80)!r} is neither a host name nor an address")
        self.where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._host = host
        self._connect = timeouts.connect
        self._adapter = Adapter(host, port, tls)
        self._cookies = SessionCookie()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies = NoCookies()
        self._session.mount("https://", self._adapter)

    def __repr__(self) -> str:
        return f"Transport({self.where})"

    @property
    def is_connected(self) -> bool:
        """Whether a connection is kept that the other side has not closed."""
        return self._adapter.is_connected

    def connect(self, within: float) -> None:
        """Have a connection, made and trusted within so many seconds; send nothing over it.

        The next `send` uses it. Raises an error of the `TransportError` branch.
        """
        try:
            self._adapter.connect(within)
            return
        except (u3.HTTPError, OSError, UnicodeError) as exc:
            outcome = not_connected(exc, self.where, self._host)
        raise outcome

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        within: float,
        limit: int,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        content: object = None,
    ) -> RawReply:
        """Send one request and return its whole answer.

        `within` bounds request and answer in seconds, `limit` the body in bytes. Redirects are
        never followed. A GET that got no answer for want of a connection is sent once more; a POST
        never is.
        Raises an error of the `TransportError` branch, or `BadReply` for an oversized body.
        """
        ends_at = time.monotonic() + within
        url = f"https://{self.where}{path}"
        request = _prepared(method, f"{url}?{urlencode(params)}" if params else url, form, content)
        request.headers.update(headers or {})
        request.prepare_cookies(self._session.cookies)
        outcome = self._attempt(request, ends_at, limit)
        if method == "GET" and isinstance(outcome, Unreachable | ConnectionLost):
            logger.debug("%s: %s; trying the GET once more", self.where, outcome)
            threading.Event().wait(min(_REPEAT_PAUSE, max(0.0, ends_at - time.monotonic())))
            outcome = self._attempt(request, ends_at, limit)
        if isinstance(outcome, RawReply):
            return outcome
        raise outcome

    def _attempt(
        self, request: requests.PreparedRequest, ends_at: float, limit: int
    ) -> RawReply | TransportError | BadReply:
        left = max(0.001, ends_at - time.monotonic())
        self._adapter.deadline.ends_at = ends_at
        try:
            response = self._session.send(
                request,
                stream=True,
                allow_redirects=False,
                proxies={},
                timeout=(min(self._connect, left), left),
            )
            try:
                return self._read(response, limit)
            finally:
                response.close()
        except (requests.RequestException, u3.HTTPError, OSError, UnicodeError) as exc:
            return translated(exc, self.where, self._host)

    def _read(self, response: requests.Response, limit: int) -> RawReply | BadReply:
        body = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > limit:
                return BadReply(f"{self.where}: the answer is larger than {limit} bytes")
        return RawReply(
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            text=body.decode("utf-8", errors="replace"),
            session=self._cookies.value_in(response.raw.headers.getlist("Set-Cookie")),
            csrf=response.headers.get("X-CSRF-Token") or response.headers.get("X-CSRFToken"),
        )


def _prepared(
    method: str, url: str, form: Mapping[str, str] | None, content: object
) -> requests.PreparedRequest:
    """Build what goes over the wire; `requests` takes url and body apart to put them together."""
    request = requests.PreparedRequest()
    request.method = method
    request.url = url
    request.headers = CaseInsensitiveDict(_HEADERS)
    if form is not None:
        request.body = urlencode(form).encode("ascii")
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif content is not None:
        request.body = json.dumps(content).encode("ascii")
        request.headers["Content-Type"] = "application/json"
    return request


def _session_in(line: str) -> str | None:
    try:
        cookie = SimpleCookie(line).get("SESSION")
    except CookieError:
        return None
    return cookie.value if cookie is not None else None
