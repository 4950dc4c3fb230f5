"""A throw-away authority and the one server certificate of a fleet."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME: Final = timedelta(days=365)
CA_NAME: Final = "Emulated conductors CA"


class Tls:
    """A server context with its authority in PEM and its certificate's SHA-256 in hex.

    Key files pass through `folder`. `other_ca` and `expired` are contexts with bad certificates,
    made when they are first asked for.
    """

    def __init__(self, addresses: Iterable[str], folder: Path) -> None:
        self._addresses = sorted(set(addresses))
        self._folder = folder
        self._lock = threading.Lock()
        self._bad: dict[str, ssl.SSLContext] = {}
        self._authority = _Authority(CA_NAME)
        self.ca_pem = self._authority.pem
        self.context, self.fingerprint = self._authority.issue(self._addresses, folder)

    @property
    def other_ca(self) -> ssl.SSLContext:
        """A certificate of another authority with the same name."""
        return self._made("other-ca", lambda: _Authority(CA_NAME), LIFETIME)

    @property
    def expired(self) -> ssl.SSLContext:
        """A certificate of the right authority that is no longer valid."""
        return self._made("expired", lambda: self._authority, timedelta(hours=-1))

    def _made(
        self, name: str, authority: Callable[[], _Authority], lifetime: timedelta
    ) -> ssl.SSLContext:
        with self._lock:
            if name not in self._bad:
                issued = authority().issue(self._addresses, self._folder, lifetime)
                self._bad[name] = issued[0]
            return self._bad[name]


class _Authority:
    """A key that signs, and its own certificate in PEM."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        builder = _builder(self._name, self._name, self._key, self._key, is_ca=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)

    def issue(
        self, addresses: Iterable[str], folder: Path, lifetime: timedelta = LIFETIME
    ) -> tuple[ssl.SSLContext, str]:
        """Return a context with a new certificate for these addresses, and its fingerprint."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(address)) for address in addresses
        ]
        builder = _builder(
            _name("emulated-conductor"), self._name, key, self._key, lifetime, is_ca=False
        )
        certificate = (
            builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        return _context(certificate, key, folder / "server.pem"), fingerprint


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    lifetime: timedelta = LIFETIME,
    *,
    is_ca: bool,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + lifetime)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(_usage(is_ca=is_ca), critical=True)
        .add_extension(own, critical=False)
        .add_extension(authority, critical=False)
    )


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _context(
    certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, file: Path
) -> ssl.SSLContext:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.touch(mode=0o600)
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(file)
    file.unlink()
    return context
