"""Carry out a retention plan on one host, one generation after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from vault.retention.policy import Candidate, Plan, Policy, plan
from vault.store import Generation, Vault

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What the plan was, and what was removed by it; `freed` in bytes, both 0 in a dry run."""

    plan: Plan
    removed: tuple[str, ...] = ()
    freed: int = 0


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
) -> Pruned:
    """Remove what `policy` lets go; the caller holds the vault's lock.

    Each generation leaves by one rename before it is deleted, so a crash leaves no half of one
    and whoever reads its files goes on reading them. Raise `VaultError` when the vault refuses.
    """
    found = vault.generations(host)
    decided = plan(candidates(found), policy, vault.now(), trust_clock=trust_clock)
    if decided.refused:
        logger.warning("%s: no generation is removed: %s", host, decided.refused)
    if dry_run:
        return Pruned(decided)
    freed = sum(vault.remove(host, run_id) for run_id in decided.remove)
    return Pruned(decided, decided.remove, freed)
