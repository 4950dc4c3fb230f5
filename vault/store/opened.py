"""A vault that can be changed: it is there, it is the one that was opened, one change at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from vault.store import presence
from vault.store.errors import VaultUnwritable, translated
from vault.store.names import MARKER
from vault.store.reader import VaultReader
from vault.store.reconcile import Reconciled, reconcile


def utc_now() -> datetime:
    """Return the wall clock's time, UTC."""
    return datetime.now(UTC)


def iso(when: datetime) -> str:
    """Return a moment as the vault's files have it: UTC, in whole seconds, with a Z."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class OpenedVault(VaultReader):
    """The vault below `root`, looked after; what is kept in it is for `Vault`."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(root)
        self._clock = clock
        self._uuid: str | None = None
        self._mark = presence.Mark(self.layout)
        self._guard = threading.Lock()
        self._of_host: dict[str, threading.Lock] = {}

    def now(self) -> datetime:
        """Return the time by the vault's clock, UTC."""
        return self._clock().astimezone(UTC)

    def prepare(
        self, *, min_free_bytes: int = 0, must_exist: bool = False, require_mount: bool = False
    ) -> None:
        """Check that the vault is there and can take files; make it when the folder is new.

        `must_exist` refuses to make one: set it once the vault is in use. `require_mount` wants
        the folder to be a mount point. Raise `VaultUnwritable`, `VaultFull` or `VaultFailed`.
        """
        with translated(f"prepare the vault {self.root}"):
            if require_mount:
                presence.check_mount(self.root)
            mark = presence.read_mark(self.layout)
            if mark is None and must_exist:
                raise VaultUnwritable(self._gone())
            self._uuid = mark or presence.initialise(self.layout, self.now())
            presence.check_space(self.root, min_free_bytes)
            presence.complete(self.layout)

    def rehearse(self, *, require_mount: bool = False) -> int:
        """Check what `prepare` checks and return the free bytes; make no vault that is not there.

        One that is there proves by a file that it can be written.
        """
        root = self.root
        with translated(f"look at the vault {root}"):
            if presence.read_mark(self.layout) is not None:
                self.prepare(require_mount=require_mount)
                return self.free_bytes()
            if require_mount:
                presence.check_mount(root)
            presence.check_beginning(self.layout)
            return presence.check_space(root if root.exists() else root.parent, 0)

    def free_bytes(self) -> int:
        """Return how many bytes the vault's file system has left for us."""
        with self._changing("look at the free space"):
            return presence.check_space(self.root, 0)

    def reconcile(self, active_run: str | None = None) -> Reconciled:
        """Put right what a killed run left behind; see `vault.store.reconcile`."""
        with self._changing("reconcile the vault"):
            return reconcile(self.layout, active_run)

    @contextmanager
    def _changing(self, what: str) -> Iterator[None]:
        with translated(what):
            mark = self._mark.uuid()
            if mark is None:
                raise VaultUnwritable(f"{what}: {self._gone()}")
            if self._uuid not in (None, mark):
                raise VaultUnwritable(f"{what}: another vault is mounted at {self.root} now")
            yield

    def _alone(self, host: str) -> threading.Lock:
        """Return what keeps other changes of `host` away; a slow disk holds up no other host.

        Whoever needs `_guard` as well, which is for what hosts have in common, takes it second.
        """
        return self._of_host.setdefault(host, threading.Lock())

    def _gone(self) -> str:
        return f"{self.root}: no {MARKER} there; mount the vault, or configure the right folder"

    def _stamp(self) -> str:
        return iso(self.now())
