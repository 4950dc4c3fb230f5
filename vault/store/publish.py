"""Bring the proven files of one run into the vault, in an order that no crash can spoil.

1. The files are moved into `staging/RUN/HOST/generation/`, 0600; `manifest.json` and the sums are
   written beside them.
2. Each file is brought to the disk, then the folder.
3. One rename makes the folder `conductors/HOST/RUN`; the host's folder is brought to the disk.
4. One rename points `latest` at it; the host's folder is brought to the disk again.

Before step 3 nothing of the run counts; after it the generation is whole, and a crash before
step 4 only leaves `latest` at the one before, which `reconcile` puts right.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vault.place import Location
from vault.store.durable import (
    FILE_MODE,
    JSON,
    add_folder,
    create_file,
    dump,
    make_folder,
    sync,
)
from vault.store.errors import VaultFailed
from vault.store.generations import Generation, read_generation
from vault.store.latest import repoint
from vault.store.manifest import FileEntry, Manifest
from vault.store.names import FILE_NAMES, MANIFEST, REMOTE_KINDS, REMOTE_SUMS, SUMS, Layout
from vault.store.owner import give_path_to_owner

ASSEMBLY: Final = "generation"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One whole file in staging and what its proof found; `size` in bytes, `sha256` in hex."""

    kind: str
    path: Path
    size: int
    sha256: str
    details: Mapping[str, JSON] = field(default_factory=dict)

    def entry(self) -> FileEntry:
        """Return its entry in the manifest; raise `VaultFailed` for an unknown kind."""
        name = FILE_NAMES.get(self.kind)
        if name is None:
            raise VaultFailed(f"{self.path.name}: the vault keeps no files of kind {self.kind!r}")
        return FileEntry(self.kind, name, self.size, self.sha256, self.details)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One whole file that was proven where it lies and stays there; as `StagedFile` otherwise."""

    kind: str
    location: Location
    size: int
    sha256: str
    details: Mapping[str, JSON] = field(default_factory=dict)

    def entry(self) -> FileEntry:
        """Return its entry in the manifest; raise `VaultFailed` unless it is an archive."""
        if self.kind not in REMOTE_KINDS:
            raise VaultFailed(f"{self.location}: a file of kind {self.kind!r} belongs in the vault")
        name = FILE_NAMES[self.kind]
        return FileEntry(self.kind, name, self.size, self.sha256, self.details, self.location)


def publish_generation(
    layout: Layout, manifest: Manifest, files: Sequence[StagedFile]
) -> Generation:
    """Publish the staged `files` under `manifest`, which may list others that lie elsewhere.

    Return the generation as it is read from the vault.

    On an `OSError` up to the rename the files lie where they were before; on a later one the
    generation is there, whole, and `latest` may lag until the next `reconcile`.
    """
    host, run_id = manifest.host, manifest.run
    staged, target = layout.staged(run_id, host), layout.generation(host, run_id)
    _check(staged, target, manifest, files)
    content = dump(manifest.to_json())
    assembly = staged / ASSEMBLY
    try:
        _assemble(assembly, files, {MANIFEST: content} | _sums(manifest, content))
        make_folder(target.parent)
        assembly.rename(target)
    except OSError:
        _give_back(assembly, files)
        raise
    sync(target.parent)
    newest = repoint(layout, host)
    if newest is not None and newest.run_id == run_id:
        return newest
    return read_generation(layout, host, run_id)


def _check(staged: Path, target: Path, manifest: Manifest, files: Sequence[StagedFile]) -> None:
    if target.exists():
        raise VaultFailed(f"{target}: is already published; a run publishes a host once")
    kinds = [entry.kind for entry in manifest.files]
    if not kinds or len(set(kinds)) != len(kinds):
        raise VaultFailed(f"{staged}: a generation needs one file of each kind, got {kinds}")
    for file in files:
        if file.path.parent != staged:
            raise VaultFailed(f"{file.path}: only files in {staged} can be published")
        found = file.path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != file.size:
            raise VaultFailed(
                f"{file.path}: not the file that was proven: {found.st_size} bytes in staging, "
                f"{file.size} proven"
            )


def _assemble(assembly: Path, files: Sequence[StagedFile], texts: Mapping[str, bytes]) -> None:
    """Bring all to the disk behind the last change: one commit of a journal then covers most."""
    add_folder(assembly)
    for name, content in texts.items():
        create_file(assembly / name, content, synced=False)
    moved = [file.path.rename(assembly / FILE_NAMES[file.kind]) for file in files]
    for path in moved:
        path.chmod(FILE_MODE)
        give_path_to_owner(path)
    for path in (*(assembly / name for name in texts), *moved, assembly):
        sync(path)


def _sums(manifest: Manifest, content: bytes) -> dict[str, bytes]:
    """Return the files of sums, one for each folder in which coreutils are to check."""
    here = {entry.name: entry.sha256 for entry in manifest.files if not entry.location}
    there = {entry.location.name: entry.sha256 for entry in manifest.files if entry.location}
    here[MANIFEST] = hashlib.sha256(content).hexdigest()
    if not there:
        return {SUMS: _lines(here)}
    remote = _lines(there)
    here[REMOTE_SUMS] = hashlib.sha256(remote).hexdigest()
    return {SUMS: _lines(here), REMOTE_SUMS: remote}


def _lines(sums: Mapping[str, str]) -> bytes:
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode("ascii")


def _give_back(assembly: Path, files: Sequence[StagedFile]) -> None:
    with suppress(OSError):
        for file in files:
            with suppress(FileNotFoundError):
                (assembly / FILE_NAMES[file.kind]).rename(file.path)
        for name in (MANIFEST, SUMS, REMOTE_SUMS):
            (assembly / name).unlink(missing_ok=True)
        assembly.rmdir()
