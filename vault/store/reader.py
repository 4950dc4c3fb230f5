"""Look into a vault; needs no lock and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vault.place import Location, Place
from vault.store import generations as reading
from vault.store import on_server, quarantine, records, remote
from vault.store.durable import JSON
from vault.store.errors import translated
from vault.store.generations import Generation
from vault.store.names import Layout
from vault.store.quarantine import Quarantined
from vault.store.records import Identity


class VaultReader:
    """A vault that is only looked at, as the commands do that report."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root.absolute())

    @property
    def root(self) -> Path:
        """The vault's folder, absolute."""
        return self.layout.root

    def hosts(self) -> tuple[str, ...]:
        """Return the hosts that the vault knows, sorted."""
        return reading.list_hosts(self.layout)

    def generations(self, host: str) -> tuple[Generation, ...]:
        """Return the generations of `host`, newest first; a broken one carries its `error`."""
        return tuple(reading.iterate_generations(self.layout, host))

    def generation(self, host: str, run_id: str) -> Generation:
        """Return one generation; raise `UnknownGeneration` when there is none."""
        return reading.read_generation(self.layout, host, run_id)

    def latest(self, host: str) -> Generation | None:
        """Return the newest proven generation of `host` by the manifests, not by the link."""
        return reading.newest_proven(self.layout, host)

    def newest(self, host: str) -> tuple[Generation, ...]:
        """Return the newest generations of `host` down to the newest proven one, newest first."""
        found: list[Generation] = []
        for each in reading.iterate_generations(self.layout, host):
            found.append(each)
            if each.proven:
                break
        return tuple(found)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return everything in quarantine, oldest first."""
        with translated("list the quarantine"):
            return quarantine.list_quarantined(self.layout)

    def ledgers(self) -> tuple[str, ...]:
        """Return the runs that have a ledger, newest first."""
        return records.list_ledgers(self.layout)

    def read_ledger(self, run_id: str) -> Mapping[str, JSON]:
        """Return the ledger of a run; raise `VaultFailed` when it is missing or broken."""
        return records.read_ledger(self.layout, run_id)

    def read_on_device(self, host: str) -> tuple[str, ...]:
        """Return the names of our files that may still be on the flash of `host`."""
        return records.read_on_device(self.layout, host)

    def unused_on_server(self, host: str) -> tuple[Location, ...]:
        """Return the files on the server that no generation of `host` refers to any more."""
        return on_server.unused(self.layout, host)

    def any_there(self, place: Place) -> bool:
        """Say whether `place` holds at least one of the files that the manifests name there."""
        generations = (each for host in self.hosts() for each in self.generations(host))
        return remote.any_there((at for each in generations for at in each.locations), place)

    def read_identity(self, host: str) -> Identity | None:
        """Return who `host` was accepted to be, None when nobody accepted it yet."""
        return records.read_identity(self.layout, host)

    def identities(self) -> Mapping[str, Identity]:
        """Return who each host was accepted to be, but for those whose record cannot be read."""
        return records.read_identities(self.layout, self.hosts())
