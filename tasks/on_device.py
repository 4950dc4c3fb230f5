"""Our files on one conductor's flash, known to the vault before the device makes them."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.names import PREFIX
from vault.store import Vault


class OnDevice:
    """The names of this run's files on a conductor, and of those that earlier runs left there.

    The vault keeps the record, so that a run that is killed leaves nothing unknown. Only names
    with our own prefix are ever taken over from an earlier run.
    """

    def __init__(self, vault: Vault, host: str) -> None:
        self._vault = vault
        self._host = host
        self._names: list[str] = []
        self._planned: list[str] = []
        self._may_come: set[str] = set()

    @property
    def names(self) -> tuple[str, ...]:
        """What is, or may be, on the flash."""
        return tuple(self._names)

    def recall(self) -> tuple[str, ...]:
        """Return what earlier runs left; raises `VaultFailed` for a record that cannot be read."""
        recorded = self._vault.read_on_device(self._host)
        self._names = [name for name in recorded if name.startswith(f"{PREFIX}-")]
        return self.names

    def plan(self, names: Sequence[str]) -> None:
        """Record all that is to be made in one write, before the device is asked for the first."""
        self._planned = list(names)
        self._keep()

    def about_to_make(self, name: str) -> None:
        """Count the file that the device is asked for next; one not planned is recorded now."""
        self._names.append(name)
        if name in self._planned:
            self._planned.remove(name)
        else:
            self._keep()

    def is_called(self, wanted: str, name: str) -> None:
        """Record that the device gave the file another name."""
        self._names[self._names.index(wanted)] = name
        self._keep()

    def may_come(self, names: Sequence[str]) -> None:
        """Let the record keep `names` for the next run, even when a look does not find them now."""
        self._may_come.update(names)

    def gone_but(self, left: Sequence[str]) -> tuple[str, ...]:
        """Record that only `left` are still there; return what the next run looks for besides."""
        self._names = [n for n in self._names if n in left or n in self._may_come]
        self._planned = []
        self._keep()
        return tuple(name for name in self._names if name not in left)

    def _keep(self) -> None:
        self._vault.note_on_device(self._host, [*self._names, *self._planned])
