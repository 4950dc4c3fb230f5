"""Bring the proven files of one run into the vault, in an order that no crash can spoil.

1. The files are moved into `staging/RUN/HOST/generation/`, 0600, each brought to the disk.
2. `manifest.json` and `SHA256SUMS` are written beside them, the folder is brought to the disk.
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

from vault.store.durable import FILE_MODE, JSON, create_file, dump, make_folder, sync
from vault.store.errors import VaultFailed
from vault.store.latest import repoint
from vault.store.manifest import FileEntry, Manifest
from vault.store.names import FILE_NAMES, MANIFEST, SUMS, Layout

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


def publish_generation(layout: Layout, manifest: Manifest, files: Sequence[StagedFile]) -> None:
    """Publish `files` under `manifest`.

    On an `OSError` up to the rename the files lie where they were before; on a later one the
    generation is there, whole, and `latest` may lag until the next `reconcile`.
    """
    host, run_id = manifest.host, manifest.run
    staged, target = layout.staged(run_id, host), layout.generation(host, run_id)
    _check(staged, target, files)
    content = dump(manifest.to_json())
    assembly = staged / ASSEMBLY
    try:
        _assemble(assembly, files, content)
        make_folder(target.parent)
        assembly.rename(target)
    except OSError:
        _give_back(assembly, files)
        raise
    sync(target.parent)
    repoint(layout, host)


def _check(staged: Path, target: Path, files: Sequence[StagedFile]) -> None:
    if target.exists():
        raise VaultFailed(f"{target}: is already published; a run publishes a host once")
    kinds = [file.kind for file in files]
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


def _assemble(assembly: Path, files: Sequence[StagedFile], manifest: bytes) -> None:
    make_folder(assembly)
    for file in files:
        moved = file.path.rename(assembly / FILE_NAMES[file.kind])
        moved.chmod(FILE_MODE)
        sync(moved)
    create_file(assembly / MANIFEST, manifest)
    create_file(assembly / SUMS, _sums(files, manifest))
    sync(assembly)


def _sums(files: Sequence[StagedFile], manifest: bytes) -> bytes:
    lines = {FILE_NAMES[file.kind]: file.sha256 for file in files}
    lines[MANIFEST] = hashlib.sha256(manifest).hexdigest()
    return "".join(f"{lines[name]}  {name}\n" for name in sorted(lines)).encode("ascii")


def _give_back(assembly: Path, files: Sequence[StagedFile]) -> None:
    with suppress(OSError):
        for file in files:
            with suppress(FileNotFoundError):
                (assembly / FILE_NAMES[file.kind]).rename(file.path)
        for name in (MANIFEST, SUMS):
            (assembly / name).unlink(missing_ok=True)
        assembly.rmdir()
