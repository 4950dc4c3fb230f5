"""One run: its name, where its files go, and the word to stop."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

from nornir.core import Nornir

from fleet import settings_of, shared_of
from plugins.deadline import Deadline
from settings import Settings
from tasks.errors import Cancelled
from tasks.inbox import MB, inbox_of
from tasks.names import run_token
from tasks.roster import Roster
from vault.inbox import Inbox
from vault.lock import VaultLock, VaultLocked
from vault.provers import Provers
from vault.store import Vault, VaultError, VaultFull, VaultReader, run_id_at
from version import VERSION

logger = logging.getLogger(__name__)

NOTING = "runbook.py verify"
CHECKING = "runbook.py check"
MOMENTARY = (NOTING, CHECKING)
"""Who holds the lock for moments only."""
LOCK_TRIES = 25


@dataclass(frozen=True, slots=True)
class Run:
    """What the tasks of one run share. `stop` is set when no new step may begin.

    `roster` knows which box is whose. `deadline` is the moment by which the whole run must be over,
    `found` what an earlier run that was cut off had left in the vault.
    """

    run_id: str
    token: str
    settings: Settings
    vault: Vault
    inbox: Inbox
    provers: Provers
    roster: Roster
    stop: Event = field(default_factory=Event, repr=False)
    deadline: Deadline = field(default_factory=Deadline)
    found: tuple[str, ...] = ()

    def staging(self, host: str) -> Path:
        """Return the folder in which this run's files of `host` land."""
        return self.vault.staging(self.run_id, host)

    def raise_if_stopped(self) -> None:
        """Raise `Cancelled` when the run was told to stop."""
        raise_if_set(self.stop)

    def raise_if_full(self) -> None:
        """Raise `VaultFull` when nothing more may be received, before a device is asked for it."""
        free, least = self.vault.free_bytes(), self.settings.vault.min_free_mb * MB
        if free < least:
            raise VaultFull(
                f"the vault has {free // MB} MB free, {least // MB} MB must stay free; "
                f"nothing was asked of this conductor"
            )


def raise_if_set(stop: Event) -> None:
    """Raise `Cancelled` when `stop` is set."""
    if stop.is_set():
        raise Cancelled("the run was stopped before this conductor was done")


def vault_of(settings: Settings) -> Vault:
    """Return the vault that the settings name; nothing is touched yet."""
    return Vault(settings.vault.path, program=f"conductor-backup {VERSION}")


def roster_of(nr: Nornir, vault: VaultReader) -> Roster:
    """Return who answers to the names of the whole inventory, whatever part of it is selected."""
    return Roster(shared_of(nr).names, vault.identities())


def _locked(vault: Vault, stop: Event) -> VaultLock:
    """Return the vault's lock, taken; waited for only where `verify` or `check` has it just now.

    Any other holder keeps it for long: `VaultLocked` is raised at once.
    """
    lock = VaultLock(vault.root, command="runbook.py")
    for _ in range(LOCK_TRIES):
        try:
            lock.acquire()
        except VaultLocked as error:
            long = error.holder is not None and error.holder.command not in MOMENTARY
            if long or stop.wait(0.2):
                raise
        else:
            return lock
    lock.acquire()
    return lock


@contextmanager
def open_run(nr: Nornir, *, stop: Event | None = None) -> Iterator[Run]:
    """Lock the vault, put it in order, and receive until the block ends.

    What arrived and was not published by then is removed: nobody looks at it any more.
    Raises `vault`'s errors when the vault is locked, full or unusable, or when the receiver cannot
    listen or the server not be looked at; no conductor has been contacted then.
    """
    settings = settings_of(nr)
    vault = vault_of(settings)
    vault.prepare(
        min_free_bytes=settings.vault.min_free_mb * MB,
        require_mount=settings.vault.require_mount,
    )
    with _locked(vault, stop or Event()):
        found = tuple(f"left by an earlier run: {line}" for line in vault.reconcile().lines)
        for line in found:
            logger.info("%s", line)
        roster = roster_of(nr, vault)
        with inbox_of(settings) as inbox, Provers() as provers:
            deadline = Deadline.after(settings.run.deadline_minutes * 60)
            run = Run(
                _unused_id(vault),
                run_token(),
                settings,
                vault,
                inbox,
                provers,
                roster,
                stop or shared_of(nr).stop,
                deadline,
                found,
            )
            try:
                yield run
            finally:
                _clear_staging(run, nr.inventory.hosts)


def _clear_staging(run: Run, hosts: Iterable[str]) -> None:
    """Remove what steps that were run alone left in staging; a backup clears its own."""
    if not run.vault.layout.staged_run(run.run_id).exists():
        return
    for host in hosts:
        try:
            run.vault.drop_staging(run.run_id, host)
        except VaultError as error:
            logger.warning("%s: staging not cleared: %s", host, error)


def _unused_id(vault: Vault) -> str:
    """Return the id of a run that starts now; a second later where one started this second."""
    moment, used = vault.now(), set(vault.ledgers())
    while run_id_at(moment) in used:
        moment += timedelta(seconds=1)
    return run_id_at(moment)
