"""What a run needs of the backup host: vault, room, lock, and the way in for conductors."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from finding import Finding, fail, ok, warn
from settings import Settings
from tasks.addresses import SCP_PORT
from tasks.inbox import MB, inbox_of, receiver_options
from tasks.run import CHECKING, vault_of
from vault.lock import VaultLock
from vault.receiver import ReceiverError, ReceiverOptions
from vault.receiver.sockets import NAME
from vault.store import Vault, VaultError

GREETING: Final = f"SSH-2.0-{NAME}"
CONNECT_SECONDS: Final = 5.0


def look_at_vault(settings: Settings, sizes: Mapping[str, int]) -> list[Finding]:
    """Look at vault, room and lock; `sizes` are the bytes of each host's last backup, 0 if none.

    Nothing is made where no vault is yet.
    """
    vault = vault_of(settings)
    try:
        free = vault.rehearse(require_mount=settings.vault.require_mount)
    except VaultError as error:
        return [fail("vault", error.code, str(error))]
    return [_presence(vault), _room(settings, free, sizes), _lock(vault)]


def look_at_receiver(settings: Settings, addresses: Iterable[str]) -> list[Finding]:
    """Receive for a moment as a run would, and see whether that answers at `addresses`."""
    try:
        if settings.receiver.mode == "server":
            with inbox_of(settings):
                return [*_server(settings)]
        from vault.receiver.receiver import Receiver  # loads the SSH library

        with _kept_or_passing_key(receiver_options(settings)) as options, Receiver(options):
            return look_at_open_receiver(settings, addresses)
    except ReceiverError as error:
        return [receiver_failed(settings, error)]


def look_at_open_receiver(settings: Settings, addresses: Iterable[str]) -> list[Finding]:
    """See whether the inbox that is open answers where conductors are told to push."""
    if settings.receiver.mode == "server":
        return [*_server(settings)]
    port = settings.receiver.port
    listening = ", ".join(str(address) for address in settings.receiver.listen)
    note = "" if port == SCP_PORT else f"; something has to forward port {SCP_PORT} to it"
    found = [ok("receiver", f"listens on {listening} port {port}{note}")]
    return found + [_answers(address, port) for address in sorted(set(addresses))]


def receiver_failed(settings: Settings, error: ReceiverError) -> Finding:
    """Return the finding for an inbox that does not open."""
    check = "server" if settings.receiver.mode == "server" else "receiver"
    return fail(check, error.code, str(error))


def _presence(vault: Vault) -> Finding:
    if vault.layout.marker.exists():
        return ok("vault", f"{vault.root} can be written")
    return ok("vault", f"{vault.root} is made by the first run")


def _room(settings: Settings, free: int, sizes: Mapping[str, int]) -> Finding:
    expected, least = sum(sizes.values()) // MB, settings.vault.min_free_mb
    new = sum(not size for size in sizes.values())
    unknown = f", and {new} of unknown size" if new else ""
    text = f"{free // MB} MB free; expected are {expected} MB{unknown}, {least} MB must stay free"
    missing = expected + least - free // MB
    if missing > 0:
        return fail("room", "vault-full", f"{text}: {missing} MB are missing")
    return ok("room", text)


def _lock(vault: Vault) -> Finding:
    if not vault.layout.marker.exists():
        return ok("lock", "no run can be under way")
    try:
        with VaultLock(vault.root, command=CHECKING):
            return ok("lock", "no run is under way")
    except VaultError as error:
        return fail("lock", error.code, str(error))


@contextmanager
def _kept_or_passing_key(options: ReceiverOptions) -> Iterator[ReceiverOptions]:
    """Yield options that make no host key where the first run has yet to make it."""
    if _may_be_there(options.host_key):
        yield options
        return
    with tempfile.TemporaryDirectory(prefix="conductor-backup-") as folder:
        yield replace(options, host_key=Path(folder) / options.host_key.name)


def _may_be_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True


def _answers(address: str, port: int) -> Finding:
    where = f"{address} port {port}"
    try:
        greeting = greeting_of(address, port)
    except OSError as error:
        text = f"{where} does not answer from here: {error.strerror or 'timed out'}"
        if _is_ours(address):
            return fail("receiver", "receiver-down", text)
        return warn("receiver", "receiver-down", f"{text}; the address is not of this host")
    if greeting != GREETING:
        text = f"{where} is not the receiver: it greets with {greeting[:60]!r}"
        return fail("receiver", "receiver-down", text)
    return ok("receiver", f"{where} answers")


def _server(settings: Settings) -> Iterator[Finding]:
    if settings.server is None:
        return
    if settings.server.landing_folder or settings.server.read_back:
        yield ok("server", "what arrives can be looked at")
    else:
        text = "nobody can look at what arrives; no backup will be better than WARN"
        yield warn("server", "unverified", text)
    where = f"{settings.server.address} port {SCP_PORT}"
    try:
        greeting = greeting_of(str(settings.server.address), SCP_PORT)
    except OSError as error:
        text = f"{where} does not answer from here: {error.strerror or 'timed out'}"
        yield warn("server", "server-down", text)
        return
    if greeting.startswith("SSH-2.0-"):
        yield ok("server", f"{where} answers: {greeting[:60]}")
    else:
        yield fail("server", "server-down", f"{where} is no SSH server: {greeting[:60]!r}")


def greeting_of(address: str, port: int) -> str:
    """Return the first line that a server says, at most 255 bytes; raises `OSError`."""
    with socket.create_connection((address, port), CONNECT_SECONDS) as peer:
        with peer.makefile("rb") as stream:
            line = stream.readline(255)
        return line.decode("ascii", errors="replace").strip()


def _is_ours(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
