"""Find the generations of a host by their manifests; needs no lock and raises for no broken one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vault.place import Location, Place
from vault.store import remote
from vault.store.errors import (
    UnknownGeneration,
    VaultError,
    VaultFailed,
    VaultUnwritable,
    translated,
)
from vault.store.manifest import FileEntry, Manifest, read_manifest
from vault.store.names import Layout, is_host, is_run, run_time
from vault.store.state import Check, Hold, State, read_state


@dataclass(frozen=True, slots=True)
class Generation:
    """One published backup of one conductor.

    `error` says why the manifest or the state cannot be read, "" when both can. What cannot be
    read is not proven, and a state that cannot be read counts as held. `unreadable` says that this
    account may not read one of them, which tells nothing of the backup itself.
    """

    host: str
    run_id: str
    path: Path
    manifest: Manifest | None
    state: State | None
    error: str = ""
    unreadable: bool = False

    @property
    def time(self) -> datetime:
        """The start of the run that made it, UTC."""
        return run_time(self.run_id)

    @property
    def hold(self) -> Hold | None:
        """The hold as far as it can be read."""
        return self.state.hold if self.state else None

    @property
    def check(self) -> Check | None:
        """The last check after publishing, if there was one."""
        return self.state.check if self.state else None

    @property
    def held(self) -> bool:
        """Say whether it must not be removed."""
        return self.state is None or self.state.hold is not None

    @property
    def proven(self) -> bool:
        """Say whether it was proven when published and no later check failed."""
        if self.error or self.manifest is None or not self.manifest.proven:
            return False
        return self.check is None or self.check.ok

    @property
    def proven_at(self) -> str:
        """When it was last proven (UTC, ISO format), or ""."""
        if not self.proven or self.manifest is None:
            return ""
        return self.check.at if self.check else self.manifest.created

    @property
    def size(self) -> int:
        """The bytes of its files by the manifest; 0 when that cannot be read."""
        return sum(entry.size for entry in self.manifest.files) if self.manifest else 0

    @property
    def locations(self) -> tuple[Location, ...]:
        """Where those of its files lie that are not in its folder."""
        entries = self.manifest.files if self.manifest else ()
        return tuple(entry.location for entry in entries if entry.location)

    def entry(self, kind: str) -> FileEntry | None:
        """Return what the manifest says of the file of `kind`."""
        entries = self.manifest.files if self.manifest else ()
        return next((entry for entry in entries if entry.kind == kind), None)

    def file(self, kind: str) -> Path | None:
        """Return the path of the file of `kind`; None when its folder holds no such file."""
        entry = self.entry(kind)
        return self.path / entry.name if entry and not entry.location else None

    def chunks(self, kind: str, place: Place | None) -> Iterator[bytes]:
        """Yield the file of `kind`, which lies at `place`, in pieces.

        Raises `RemoteChanged` when it is not there or has another size, `RemoteUnreachable` when
        it lies elsewhere or cannot be read, `VaultFailed` when the generation has none there.
        """
        entry = self.entry(kind)
        if entry is None or entry.location is None:
            raise VaultFailed(f"{self.host}: {self.run_id} has no {kind} outside of the vault")
        return remote.read(entry, entry.location, remote.known(place, entry.location))


def read_generation(layout: Layout, host: str, run_id: str) -> Generation:
    """Read one generation; raise `UnknownGeneration` when there is no such folder."""
    path = layout.generation(host, run_id)
    manifest: Manifest | None = None
    state: State | None = None
    errors: list[VaultError] = []
    try:
        manifest = read_manifest(path, host, run_id)
    except VaultError as error:
        errors.append(error)
    try:
        state = read_state(path)
    except VaultError as error:
        errors.append(error)
    if path.is_symlink() or not path.is_dir():
        raise UnknownGeneration(f"{host} has no generation {run_id}")
    unreadable = any(isinstance(error, VaultUnwritable) for error in errors)
    said = "; ".join(dict.fromkeys(map(str, errors)))
    return Generation(host, run_id, path, manifest, state, said, unreadable)


def iterate_generations(layout: Layout, host: str) -> Iterator[Generation]:
    """Read the generations of `host`, newest first; one pruned meanwhile is left out."""
    for name in sorted(filter(is_run, _entries(layout.host(host))), reverse=True):
        with suppress(UnknownGeneration):
            yield read_generation(layout, host, name)


def list_hosts(layout: Layout) -> tuple[str, ...]:
    """Return the hosts that the vault knows, sorted; some may have no generation yet."""
    return tuple(sorted(filter(is_host, _entries(layout.conductors))))


def newest_proven(layout: Layout, host: str, *, without: str = "") -> Generation | None:
    """Return the newest proven generation of `host` other than `without`, reading no older ones."""
    found = iterate_generations(layout, host)
    return next((one for one in found if one.proven and one.run_id != without), None)


def _entries(folder: Path) -> list[str]:
    with translated(f"list {folder}"):
        try:
            return [entry.name for entry in folder.iterdir()]
        except FileNotFoundError:
            return []
