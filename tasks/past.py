"""What the vault remembers of one conductor: who it is, and how its backups look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from aos8 import Identity
from outcome import Reason
from settings import HostPolicy
from tasks.identity import HISTORY_SINCE, check_accepted, learnt
from tasks.prove import Proven
from tasks.sanity import compare_with_history, history_of, measure
from vault.store import Identity as Accepted
from vault.store import Vault

FIRST = "answered at its first backup"
OURSELVES = "runbook.py"


class Past:
    """One conductor's past in the vault."""

    def __init__(self, vault: Vault, host: str) -> None:
        self._vault = vault
        self._host = host

    def check_identity(self, identity: Identity) -> tuple[Reason, ...]:
        """Return warnings about who answers; raise `IdentityChanged` when it is another box.

        Raises `VaultFailed` when the accepted identity cannot be read: it must not pass for none.
        """
        return check_accepted(self._accepted, identity)

    def check_files(self, proven: Sequence[Proven], policy: HostPolicy) -> tuple[Reason, ...]:
        """Return warnings about files unlike those before; raise `SizeChanged` for shrunk ones."""
        found = [measure(item.kind, item.received.size, item.details) for item in proven]
        since = self._accepted.get(HISTORY_SINCE, "")
        history = history_of(self._vault.generations(self._host), since)
        return compare_with_history(found, history, policy)

    def learn(self, identity: Identity) -> None:
        """Accept who answered, where nothing or less is known of this conductor yet."""
        facts = learnt(self._accepted, identity)
        if facts == dict(self._accepted):
            return
        known = self._known
        reason, by = (known.reason, known.by) if known else (FIRST, OURSELVES)
        self._vault.accept_identity(self._host, facts, reason, by)

    @cached_property
    def _known(self) -> Accepted | None:
        """Read once: nobody else changes the vault while the run holds its lock."""
        return self._vault.read_identity(self._host)

    @property
    def _accepted(self) -> Mapping[str, str]:
        return self._known.accepted if self._known else {}
