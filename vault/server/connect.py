"""Log in to the server by SSH, and only to the server that is meant."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any, Final

import asyncssh

from vault.receiver.algorithms import offered_algorithms
from vault.server.errors import HostKeyRefused, ReadBackRefused, ServerDown
from vault.server.options import ReadBack

_KEEPALIVE_SECONDS: Final = 15
_CIPHERS: Final = offered_algorithms(legacy=False).encryption
"""AES-GCM first: 300 MB cost 1.7 s of CPU with it, 2.7 s with the ChaCha20 of asyncssh."""
_HOST_KEYS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""OpenSSH's own order, so that the key compared is the one which its client shows."""


async def connect(options: ReadBack) -> asyncssh.SSHClientConnection:
    """Return a connection that is logged in; raise `ServerDown` or what is below it.

    The host key is checked against the configured one before any credential is sent.
    """
    where = f"{options.host} port {options.port}"
    client = _Client(options.fingerprint)
    try:
        return await asyncssh.connect(
            options.host,
            options.port,
            username=options.username,
            client_factory=lambda: client,
            known_hosts=_known_hosts(options),
            **({} if options.known_hosts else {"server_host_key_algs": _HOST_KEYS}),
            config=None,
            agent_path=None,
            client_host_keys=None,
            gss_host=None,
            connect_timeout=options.connect_timeout,
            login_timeout=options.connect_timeout,
            encryption_algs=_CIPHERS,
            keepalive_interval=_KEEPALIVE_SECONDS,
            **_credentials(options),
        )
    except asyncssh.HostKeyNotVerifiable:
        wanted = options.fingerprint or f"in {options.known_hosts}"
        raise HostKeyRefused(
            f"{where} shows the host key {client.seen or 'of an unknown kind'}, not the one "
            f"{'configured: ' if options.fingerprint else ''}{wanted}; nothing was sent to it"
        ) from None
    except asyncssh.PermissionDenied:
        raise ReadBackRefused(f"{where} refuses the account {options.username!r}") from None
    except asyncssh.Error as error:
        raise ServerDown(f"{where}: SSH failed: {error.reason}") from None
    except (TimeoutError, OSError) as error:
        raise ServerDown(f"{where}: {error.strerror or 'no answer'}") from None


class _Client(asyncssh.SSHClient):
    """Accepts the one host key whose fingerprint was given, and none otherwise."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self.seen = ""

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002 - the signature is asyncssh's
        addr: str,  # noqa: ARG002
        port: int,  # noqa: ARG002
        key: asyncssh.SSHKey,
    ) -> bool:
        """Compare the fingerprint of a key that `known_hosts` does not hold."""
        fingerprint = key.get_fingerprint()
        self.seen = f"{key.get_algorithm()} {fingerprint}"
        return fingerprint == self._fingerprint


def _known_hosts(options: ReadBack) -> Any:
    if options.known_hosts is None:
        return [], [], []
    try:
        return asyncssh.read_known_hosts(str(options.known_hosts))
    except (OSError, ValueError) as error:
        raise ServerDown(f"{options.known_hosts}: not usable as known hosts: {error}") from None


def _credentials(options: ReadBack) -> dict[str, Any]:
    if options.private_key is None:
        return {
            "password": options.password,
            "client_keys": None,
            "preferred_auth": "password,keyboard-interactive",
        }
    return {"client_keys": [_private_key(options.private_key)], "preferred_auth": "publickey"}


def _private_key(path: Path) -> asyncssh.SSHKey:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ServerDown(f"{path}: mode is {mode:04o}, a private key must have 0600")
        return asyncssh.read_private_key(path)
    except OSError as error:
        raise ServerDown(f"{path}: {error.strerror}") from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise ServerDown(f"{path}: no private key that can be used without a passphrase") from None
