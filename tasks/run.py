"""One run: its name, where its files go, and the word to stop."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from nornir.core import Nornir

from fleet import settings_of
from settings import ReceiverSettings, Settings
from tasks.errors import Cancelled
from tasks.names import run_token
from vault.lock import VaultLock
from vault.receiver import Receiver, ReceiverOptions
from vault.store import Vault, run_id_at
from version import VERSION

logger = logging.getLogger(__name__)

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """What the tasks of one run share. `stop` is set when no new step may begin."""

    run_id: str
    token: str
    settings: Settings
    vault: Vault
    receiver: Receiver
    stop: Event = field(default_factory=Event, repr=False)

    def staging(self, host: str) -> Path:
        """Return the folder in which this run's files of `host` land."""
        return self.vault.staging(self.run_id, host)

    def raise_if_stopped(self) -> None:
        """Raise `Cancelled` when the run was told to stop."""
        raise_if_set(self.stop)


def raise_if_set(stop: Event) -> None:
    """Raise `Cancelled` when `stop` is set."""
    if stop.is_set():
        raise Cancelled("the run was stopped before this conductor was done")


def vault_of(settings: Settings) -> Vault:
    """Return the vault that the settings name; nothing is touched yet."""
    return Vault(settings.vault.path, program=f"conductor-backup {VERSION}")


@contextmanager
def open_run(nr: Nornir, *, stop: Event | None = None) -> Iterator[Run]:
    """Lock the vault, put it in order, and receive until the block ends.

    Raises `vault`'s errors when the vault is locked, full or unusable, or when the receiver cannot
    listen; no conductor has been contacted then.
    """
    settings = settings_of(nr)
    vault = vault_of(settings)
    vault.prepare(
        min_free_bytes=settings.vault.min_free_mb * MB,
        require_mount=settings.vault.require_mount,
    )
    with VaultLock(vault.root, command="runbook.py"):
        for line in vault.reconcile().lines:
            logger.warning("left by an earlier run: %s", line)
        with Receiver(receiver_options(settings)) as receiver:
            yield Run(
                run_id_at(vault.now()), run_token(), settings, vault, receiver, stop or Event()
            )


def receiver_options(settings: Settings) -> ReceiverOptions:
    """Return the receiver's part of the settings in its own terms."""
    receiver: ReceiverSettings = settings.receiver
    if receiver.host_key is None:
        raise ValueError("load_configuration gives every settings a host key")
    return ReceiverOptions(
        address=str(receiver.address),
        listen=tuple(str(address) for address in receiver.listen),
        port=receiver.port,
        host_key=receiver.host_key,
        legacy_algorithms=receiver.legacy_algorithms,
        max_file_bytes=receiver.max_file_mb * MB,
        min_free_bytes=settings.vault.min_free_mb * MB,
        idle_seconds=receiver.idle_seconds,
    )
