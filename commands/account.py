"""What a report says of the run as a whole."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nornir.core import Nornir

from commands.desk import whoami
from commands.options import config_typed, selection_of
from commands.signals import StopRequest
from fleet import settings_of
from outcome import GOOD, HostOutcome
from reporting import LastProven, Pairs, Past, Report, RunInfo, SelectedHost, build_report
from reporting.words import listed
from settings import policy_of
from vault.store import VaultError, VaultReader, run_id_at
from version import VERSION

Outcomes = Mapping[str, HostOutcome | BaseException | None]


class Account:
    """What a report says of the run as a whole."""

    def __init__(
        self, fleet: Nornir, selected: Nornir, options: argparse.Namespace, stop: StopRequest
    ) -> None:
        self.run_id = run_id_at(datetime.now(UTC))
        self.pairs = pairs_of(fleet)
        self._selected = selected
        self._options = options
        self._stop = stop
        self._started = datetime.now(UTC)
        self._since = time.monotonic()

    def report(self, outcomes: Outcomes, notices: Sequence[str] = ()) -> Report:
        """Return the report at this moment."""
        hosts = [
            SelectedHost(name, host.hostname or "", policy.site, policy.pair)
            for name, host in self._selected.inventory.hosts.items()
            for policy in [policy_of(host)]
        ]
        lines = [*_unverified_tls(self._selected), *notices]
        left_with = last_proven(self._vault, self._without_backup(outcomes))
        return build_report(self._info(), hosts, outcomes, lines, self.pairs, left_with)

    def _info(self) -> RunInfo:
        return RunInfo(
            run_id=self.run_id,
            started=self._started,
            ended=datetime.now(UTC),
            seconds=time.monotonic() - self._since,
            program_version=VERSION,
            vault=str(self._vault),
            dry_run=self._options.dry_run,
            interrupted=self._stop.signal.name if self._stop.signal else None,
            selection=selection_of(self._options),
            invoked_by=whoami(),
            config=config_typed(self._options),
        )

    @property
    def _vault(self) -> Path:
        return settings_of(self._selected).vault.path

    def _without_backup(self, outcomes: Outcomes) -> Iterator[str]:
        """Yield the selected conductors that this run brought no proven backup of."""
        for name in self._selected.inventory.hosts:
            found = outcomes.get(name)
            if not (isinstance(found, HostOutcome) and self._is_good(found)):
                yield name

    def _is_good(self, found: HostOutcome) -> bool:
        return found.verdict in GOOD and bool(found.generation or self._options.dry_run)

    def remember(self, vault: VaultReader) -> None:
        """Look up what the vault knows of every member of a pair, before this run changes it."""
        past = {
            name: _past(vault, name) for members in self.pairs.members.values() for name in members
        }
        self.pairs = replace(self.pairs, past=past)


def pairs_of(fleet: Nornir) -> Pairs:
    """Return the pairs of the whole inventory, whatever part of it is selected."""
    members: dict[str, list[str]] = {}
    for name, host in fleet.inventory.hosts.items():
        if pair := policy_of(host).pair:
            members.setdefault(pair, []).append(name)
    return Pairs(members)


def last_proven(root: Path, names: Iterable[str]) -> dict[str, LastProven]:
    """Return what the vault holds of `names`; nobody knows of those that are not in the result."""
    vault = VaultReader(root)
    try:
        vault.layout.marker.lstat()
    except OSError:
        return {}
    return {name: _left_with(vault, name) for name in names}


def _left_with(vault: VaultReader, name: str) -> LastProven:
    """Return the newest proven backup of `name`; one that cannot be read may be it, or not."""
    try:
        newest = vault.newest(name)
    except (VaultError, OSError):
        return LastProven()
    if newest and newest[-1].proven:
        return LastProven(newest[-1].time, known=True)
    return LastProven(known=not any(each.unreadable for each in newest))


def _past(vault: VaultReader, name: str) -> Past:
    newest = vault.latest(name)
    if newest is None or newest.manifest is None:
        return Past()
    return Past(str(newest.manifest.conductor.get("role", "")), newest.time)


def _unverified_tls(selected: Nornir) -> Iterator[str]:
    names = [
        name for name, host in selected.inventory.hosts.items() if not policy_of(host).tls_verify
    ]
    if names:
        yield (
            f"tls_verify is off for {listed(names)}: anybody on the path could read the "
            f"password; use tls_ca or tls_fingerprint"
        )
