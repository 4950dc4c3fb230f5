"""The certificate that a server shows, whatever it is worth."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from aos8 import NameUnresolved, TlsFailed, Unreachable, fetch_certificate
from aos8.certificate import read_certificate
from tests.support.certificates import ServerCertificate, make_certificate


@contextmanager
def served(certificate: ServerCertificate | None, answer: bytes = b"") -> Iterator[int]:
    """Shake hands with one client, or only answer with bytes, and yield the port."""

    def serve() -> None:
        with suppress(OSError):
            peer, _ = listener.accept()
            with peer:
                if certificate is None:
                    peer.sendall(answer)
                    return
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(certificate.chain)
                context.wrap_socket(peer, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_fetch_untrusted_certificate_is_read(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "elsewhere.example")
    with served(certificate) as port:
        found = fetch_certificate("127.0.0.1", port, timeout=10)
    assert found.fingerprint == certificate.fingerprint
    assert (found.subject, found.issuer) == ("CN=test server", "CN=Test CA")
    assert found.begins < datetime.now(UTC) < found.ends


def test_fetch_no_tls_fails() -> None:
    with served(None, b"HTTP/1.1 400 Bad Request\r\n\r\n") as port, pytest.raises(TlsFailed):
        fetch_certificate("127.0.0.1", port, timeout=10)


def test_fetch_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable, match="no connection"):
        fetch_certificate("127.0.0.1", port, timeout=10)


def test_fetch_silent_server_ends_with_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable):
        fetch_certificate("127.0.0.1", silent.getsockname()[1], timeout=0.1)


def test_fetch_unknown_name_is_unresolved() -> None:
    with pytest.raises(NameUnresolved):
        fetch_certificate("no-such-name.invalid", 4343, timeout=10)


def test_read_certificate_of_rubbish_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_certificate(b"rubbish")
