"""Turn what `requests`, `urllib3` and `ssl` raise into errors of this package.

The texts are this package's own: the foreign ones hold URLs, and URLs may hold tokens.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import requests
import urllib3.exceptions as u3

from aos8.errors import (
    ConnectionLost,
    NameUnresolved,
    TimedOut,
    TlsFailed,
    TransportError,
    Unreachable,
)
from aos8.redact import one_line

_NAME_ERRORS: Final = (
    u3.NameResolutionError,
    socket.gaierror,
    u3.LocationParseError,
    requests.exceptions.InvalidURL,
    UnicodeError,
)


def translated(exc: BaseException, where: str, host: str) -> TransportError:
    """Return the error for a request to `where` that ended with `exc`."""
    causes = tuple(_causes(exc))
    tls = _first(causes, (ssl.SSLError, u3.SSLError, requests.exceptions.SSLError))
    if _first(causes, _NAME_ERRORS):
        return NameUnresolved(f"the name {host} has no address; check its spelling")
    if tls is not None:
        return TlsFailed(f"{where}: TLS failed: {_tls_words(causes)}")
    if _first(causes, (u3.NewConnectionError, u3.ConnectTimeoutError)):
        return Unreachable(f"{where}: no connection: {_system_words(causes)}")
    if _first(causes, (u3.ReadTimeoutError, requests.ReadTimeout, TimeoutError)):
        return TimedOut(f"{where}: no whole answer in time; the outcome is unknown")
    words = _system_words(causes)
    return ConnectionLost(f"{where}: connection lost ({words}); the outcome is unknown")


def not_connected(exc: BaseException, where: str, host: str) -> TransportError:
    """Return the error for a connection that did not come about; nothing was sent over it."""
    error = translated(exc, where, host)
    if isinstance(error, TimedOut):
        return TimedOut(f"{where}: no TLS handshake in time; nothing was sent")
    if isinstance(error, ConnectionLost):
        words = _system_words(tuple(_causes(exc)))
        return Unreachable(f"{where}: connection lost in the TLS handshake ({words})")
    return error


def _causes(exc: BaseException, depth: int = 8) -> Iterator[BaseException]:
    """Yield an exception and what it wraps, as `requests` and `urllib3` nest them."""
    yield exc
    inner = (*exc.args, getattr(exc, "reason", None), exc.__cause__)
    for each in inner if depth else ():
        if isinstance(each, BaseException):
            yield from _causes(each, depth - 1)


def _first(
    causes: tuple[BaseException, ...], kinds: tuple[type[BaseException], ...]
) -> BaseException | None:
    return next((cause for cause in causes if isinstance(cause, kinds)), None)


def _tls_words(causes: tuple[BaseException, ...]) -> str:
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return one_line(cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            return one_line(cause.reason or type(cause).__name__)
        if "Fingerprints did not match" in (text := str(cause)) and isinstance(cause, u3.SSLError):
            return one_line(text)
    return "handshake refused"


def _system_words(causes: tuple[BaseException, ...]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return one_line(cause.strerror)
        if isinstance(cause, u3.ConnectTimeoutError) and not isinstance(
            cause, u3.NewConnectionError
        ):
            return "timed out"
    return type(causes[-1]).__name__
