"""Give `requests` a TLS socket that keeps a deadline, and a certificate pin."""

from __future__ import annotations

import math
import ssl
import time
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from urllib3 import BaseHTTPResponse

from aos8.errors import TlsFailed
from aos8.options import Tls


class DeadlineContext(ssl.SSLContext):
    """A TLS context whose sockets stop reading at `ends_at` (monotonic seconds)."""

    ends_at: float = math.inf


class DeadlineSocket(ssl.SSLSocket):
    """A socket on which a peer that drips bytes gains no time.

    A read timeout bounds only the gap between two bytes; this bounds all reads until `ends_at`,
    headers included.
    """

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        ends_at = getattr(self.context, "ends_at", math.inf)
        if math.isfinite(ends_at):
            left = ends_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer took longer than allowed")
            self.settimeout(left)
        return super().recv_into(*args, **kwargs)


def build_context(tls: Tls) -> DeadlineContext:
    """Build the TLS context for one client; raise `TlsFailed` when the CA bundle is unusable."""
    context = DeadlineContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = DeadlineSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not tls.verify_chain:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif tls.ca is None:
        context.load_default_certs()
    else:
        _load_bundle(context, tls)
    return context


def _load_bundle(context: ssl.SSLContext, tls: Tls) -> None:
    failure = ""
    try:
        context.load_verify_locations(cafile=str(tls.ca))
    except OSError as exc:
        failure = exc.strerror or type(exc).__name__
    if failure:
        raise TlsFailed(f"cannot load CA bundle {tls.ca}: {failure}")


class NoCookies(RequestsCookieJar):
    """A jar that takes nothing: the session cookie is followed from the headers."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Leave the answer's cookies where they are."""


class Adapter(HTTPAdapter):
    """Keep one connection, with the given context and pin, and never repeat a request."""

    def __init__(self, context: DeadlineContext, fingerprint: str | None) -> None:
        self._context = context
        self._fingerprint = fingerprint
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """Wrap the answer without reading its cookies, which the session reads by itself."""
        response = Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        response.url = req.url or ""
        response.request = req
        return response

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        """Hand context and pin to every connection."""
        super().init_poolmanager(
            connections,
            maxsize,
            block,
            ssl_context=self._context,
            assert_fingerprint=self._fingerprint,
            **pool_kwargs,
        )
