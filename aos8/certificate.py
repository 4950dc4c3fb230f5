"""Look at the certificate that a conductor shows, before anything is trusted or sent."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import datetime

from aos8.errors import NameUnresolved, TlsFailed, Unreachable
from aos8.redact import one_line

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who a certificate is of and by, its SHA-256 in hex, and between which instants it is valid.

    `subject` and `issuer` are foreign words on one line.
    """

    subject: str
    issuer: str
    fingerprint: str
    begins: datetime
    ends: datetime


def fetch_certificate(host: str, port: int, *, timeout: float) -> Certificate:
    """Return the certificate of the server, whatever it is worth; nothing is sent but a handshake.

    `timeout` is in seconds. Raises `NameUnresolved`, `Unreachable` or `TlsFailed`.
    """
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        with socket.create_connection((host, port), timeout) as plain:
            return read_certificate(_shown(plain))
    except ssl.SSLError as error:
        words = one_line(error.reason or type(error).__name__)
        raise TlsFailed(f"{where}: TLS failed: {words}") from None
    except (socket.gaierror, UnicodeError):
        raise NameUnresolved(f"the name {one_line(host, 80)} has no address") from None
    except ValueError:
        raise TlsFailed(f"{where}: shows a certificate that cannot be read") from None
    except OSError as error:
        words = error.strerror or "timed out"
        raise Unreachable(f"{where}: no connection: {words}") from None


def read_certificate(encoded: bytes) -> Certificate:
    """Read a certificate in DER; raises `ValueError` for anything else."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    found = x509.load_der_x509_certificate(encoded)
    return Certificate(
        subject=one_line(found.subject.rfc4514_string(), _LONGEST),
        issuer=one_line(found.issuer.rfc4514_string(), _LONGEST),
        fingerprint=found.fingerprint(hashes.SHA256()).hex(),
        begins=found.not_valid_before_utc,
        ends=found.not_valid_after_utc,
    )


def _shown(plain: socket.socket) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with context.wrap_socket(plain) as secured:
        return secured.getpeercert(binary_form=True) or b""
