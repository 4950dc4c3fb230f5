"""Carry what `requests` sends over one TLS connection that keeps a deadline, and pin certificates.

The adapter of `requests` works out pool, proxy and certificates anew for each request, which takes
longer than the rest of a short call. Here they are settled once for each client, and the roots
that are trusted are read once for all clients that trust the same.
"""

from __future__ import annotations

import math
import ssl
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPSConnection

from aos8.errors import TlsFailed
from aos8.options import Tls


@dataclass(slots=True)
class CallDeadline:
    """When the call under way on one connection must be over, in monotonic seconds."""

    ends_at: float = math.inf


class DeadlineSocket(ssl.SSLSocket):
    """A socket on which a peer that drips bytes gains no time.

    A read timeout bounds only the gap between two bytes; this bounds all reads until the deadline,
    headers included.
    """

    deadline: CallDeadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.deadline is not None and math.isfinite(self.deadline.ends_at):
            left = self.deadline.ends_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer took longer than allowed")
            self.settimeout(left)
        return super().recv_into(*args, **kwargs)


def context_of(tls: Tls) -> ssl.SSLContext:
    """Return the TLS context for `tls`, shared by all who ask for the same.

    The CA bundle is read again once it has changed. Raises `TlsFailed` for an unusable one.
    """
    try:
        return _context_of(tls, _stamp(tls))
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
    raise TlsFailed(f"cannot load CA bundle {tls.ca}: {reason}")


def _stamp(tls: Tls) -> tuple[int, int, int]:
    """Return what changes with the CA bundle's contents."""
    if tls.ca is None or not tls.verify_chain:
        return (0, 0, 0)
    found = tls.ca.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=32)
def _context_of(tls: Tls, _stamp: tuple[int, int, int]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = DeadlineSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tls.verify_chain:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif tls.ca is None:
        context.load_default_certs()
        context.load_verify_locations(cafile=DEFAULT_CA_BUNDLE_PATH)
    else:
        context.load_verify_locations(cafile=str(tls.ca))
    return context


class NoCookies(RequestsCookieJar):
    """A jar that takes nothing: the session cookie is followed from the headers."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Leave the answer's cookies where they are."""


class Adapter(BaseAdapter):
    """Send over one kept connection to one conductor; never repeat and never redirect.

    `deadline` is to be set before each call. What goes wrong is raised as `urllib3` says it.
    """

    def __init__(self, host: str, port: int, tls: Tls) -> None:
        super().__init__()
        self.deadline = CallDeadline()
        self._pool = _Pool(
            f"[{host}]" if ":" in host else host,
            port,
            maxsize=1,
            ssl_context=context_of(tls),
            assert_fingerprint=tls.fingerprint,
            deadline=self.deadline,
        )

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        """Send one request; the answer's body is still to be read from `raw`.

        Of the `options` of a session only `timeout` counts: a pair of seconds for connecting and
        for each read. Whom to trust was settled at the beginning, and there is never a proxy.
        """
        connect, read = options["timeout"]
        raw = self._pool.urlopen(
            request.method or "GET",
            request.path_url,
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
            timeout=Timeout(connect=connect, read=read),
        )
        response = Response()
        response.status_code = raw.status
        response.headers = CaseInsensitiveDict(raw.headers)
        response.raw = raw
        response.url = request.url or ""
        response.request = request
        return response

    def connect(self, seconds: float) -> None:
        """Have a connection, made within `seconds` unless one is kept; send no request."""
        self._pool.connect(seconds)

    @property
    def is_connected(self) -> bool:
        """Whether a connection is kept that the other side has not closed."""
        return self._pool.is_connected

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Connection(HTTPSConnection):
    """A connection whose socket knows the deadline of the call."""

    def __init__(self, *args: Any, deadline: CallDeadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, DeadlineSocket):
            self.sock.deadline = self._deadline

    @property
    def is_connected(self) -> bool:
        """Whether the other side has neither closed nor said what nobody asked for.

        The session tickets that come after a handshake of TLS 1.3 can be read, and mean neither.
        """
        if super().is_connected:
            return True
        return isinstance(self.sock, ssl.SSLSocket) and _says_nothing(self.sock)


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection

    def connect(self, seconds: float) -> None:
        """Connect, unless that was done and still holds."""
        connection = self._get_conn()
        try:
            if connection.is_closed:
                connection.timeout = seconds
                connection.connect()
        except BaseException:
            connection.close()
            raise
        finally:
            self._put_conn(connection)

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection; one that was dropped is closed by the look."""
        connection = self._get_conn()
        try:
            return not connection.is_closed
        finally:
            self._put_conn(connection)


def _says_nothing(sock: ssl.SSLSocket) -> bool:
    """Read what can be read at once; nothing of it may be for anybody else than TLS itself."""
    before = sock.gettimeout()
    try:
        sock.settimeout(0)
        sock.recv(1)
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    finally:
        sock.settimeout(before)
    return False
