"""Carry out a retention plan on one host, one generation after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vault.place import Place
from vault.retention.policy import Candidate, Plan, Policy, plan
from vault.store import Generation, RemoteStays, RemoteUnreachable, Vault

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What the plan was, and what was removed by it; `freed` in bytes, both 0 in a dry run.

    `stayed` says why a generation that may go is still there, because of its files outside of the
    vault; `left` why files stay there that belong to no generation any more.
    """

    plan: Plan
    removed: tuple[str, ...] = ()
    freed: int = 0
    stayed: Mapping[str, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()


def candidates(generations: Iterable[Generation]) -> tuple[Candidate, ...]:
    """Return what the policy needs to know of `generations`."""
    return tuple(
        Candidate(found.run_id, found.time, found.proven, found.held) for found in generations
    )


def prune(
    vault: Vault,
    host: str,
    policy: Policy,
    *,
    dry_run: bool = False,
    trust_clock: bool = False,
    place: Place | None = None,
) -> Pruned:
    """Remove what `policy` lets go, from `place` too; the caller holds the vault's lock.

    Each generation leaves by one rename before it is deleted, so a crash leaves no half of one
    and whoever reads its files goes on reading them. Raise `VaultError` when the vault refuses.
    """
    found = vault.generations(host)
    decided = plan(candidates(found), policy, vault.now(), trust_clock=trust_clock)
    if decided.refused:
        logger.warning("%s: no generation is removed: %s", host, decided.refused)
    if dry_run or decided.refused:
        return Pruned(decided)
    freed: dict[str, int] = {}
    stayed: dict[str, str] = {}
    for run_id in decided.remove:
        try:
            freed[run_id] = vault.remove(host, run_id, place)
        except (RemoteStays, RemoteUnreachable) as error:
            stayed[run_id] = str(error)
    left = vault.sweep(host, place) if place and vault.unused_on_server(host) else ()
    return Pruned(decided, tuple(freed), sum(freed.values()), stayed, left)
