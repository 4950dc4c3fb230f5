"""What the retention settings of a conductor mean, and how they are carried out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nornir.core import Nornir

from commands.words import counted
from fleet import settings_of
from outcome import GOOD, HostOutcome
from reporting.words import conductors, listed, size_text
from settings import HostPolicy, Settings, policy_of
from vault.on_demand import OnDemand
from vault.place import Place
from vault.retention import Policy, Pruned, parse_duration, prune
from vault.store import Vault, VaultError

logger = logging.getLogger(__name__)

FEW = 3


@dataclass(slots=True)
class Forgotten:
    """What retention did in one go, by conductor; `stayed` says what it could not remove."""

    removed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    stayed: dict[str, str] = field(default_factory=dict)
    freed: int = 0

    def note(self, host: str, pruned: Pruned) -> None:
        """Take over what happened to one conductor."""
        if pruned.plan.refused:
            self.refused[host] = pruned.plan.refused
        if pruned.removed:
            self.removed[host] = pruned.removed
            logger.info("%s: removed by retention: %s", host, ", ".join(pruned.removed))
        if words := (*pruned.stayed.values(), *pruned.left):
            self.stayed[host] = "; ".join(words)
        self.freed += pruned.freed

    def notices(self) -> list[str]:
        """Return what a report says of it, in few lines whatever the number of conductors."""
        lines = []
        if count := sum(map(len, self.removed.values())):
            whose = conductors(len(self.removed))
            lines.append(
                f"retention removed {counted(count, 'generation')} of {whose}, "
                f"{size_text(self.freed)}; the ledger names them"
            )
        for why in dict.fromkeys(self.refused.values()):
            hosts = [host for host, said in self.refused.items() if said == why]
            lines.append(f"retention removed nothing of {listed(hosts, FEW)}: {why}")
        lines += [f"retention: {host}: {why}" for host, why in self.stayed.items()][:FEW]
        if len(self.stayed) > FEW:
            rest = counted(len(self.stayed) - FEW, "more conductor")
            lines.append(f"retention: the like of {rest}")
        return lines


def retention_of(policy: HostPolicy) -> Policy:
    """Return the retention part of a conductor's settings."""
    return Policy(
        keep_last=policy.keep_last,
        keep_daily=policy.keep_daily,
        keep_weekly=policy.keep_weekly,
        keep_monthly=policy.keep_monthly,
        keep_yearly=policy.keep_yearly,
        keep_within=parse_duration(policy.keep_within),
        floor=policy.keep_floor,
    )


def forget(
    vault: Vault, nr: Nornir, outcomes: Mapping[str, HostOutcome | BaseException | None]
) -> Forgotten:
    """Prune every conductor that has a new backup of this run; the vault's lock is held.

    One whose backup failed keeps all it has. A vault that refuses costs no verdict.
    """
    forgotten = Forgotten()
    with OnDemand(lambda: _place(settings_of(nr))) as place:
        for host in _backed_up(outcomes):
            policy = retention_of(policy_of(nr.inventory.hosts[host]))
            try:
                forgotten.note(host, prune(vault, host, policy, place=place))
            except VaultError as error:
                forgotten.refused[host] = str(error)
    return forgotten


def _place(settings: Settings) -> Place:
    from tasks.server import place_of

    return place_of(settings)


def _backed_up(outcomes: Mapping[str, HostOutcome | BaseException | None]) -> Sequence[str]:
    return [
        host
        for host, found in outcomes.items()
        if isinstance(found, HostOutcome) and found.verdict in GOOD and found.generation
    ]
