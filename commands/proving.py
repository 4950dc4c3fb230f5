"""Prove one stored generation again: every file against its manifest and to its last byte."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vault.place import Place
from vault.proof import (
    ArchiveProof,
    ConfigLimits,
    Limits,
    ProofError,
    ProverDied,
    SourceUnreadable,
    prove_archive,
    prove_file,
    prove_running_config,
    read_members,
)
from vault.provers import Provers
from vault.store import FileEntry, Generation, RemoteChanged, RemoteUnreachable
from vault.store.names import FILE_NAMES, MANIFEST, REMOTE_SUMS, SUMS

ARCHIVES = {"flash": "members", "config": "config-members"}
_CODES = {name: "archive-damaged" for kind, name in FILE_NAMES.items() if kind in ARCHIVES} | {
    FILE_NAMES["running-config"]: "wrong-content"
}
_LIMITS = Limits(allow_links_out=True)
"""Where links may point was judged when the generation was made; here it must only be the same."""


class RotError(Exception):
    """A file of the vault is not what its manifest says; `code` is a key of `reasons.REMEDIES`.

    `missing_outside` tells of a file that is not found where it lies outside of the vault.
    """

    def __init__(self, code: str, text: str, *, missing_outside: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.missing_outside = missing_outside


class UnreadableError(Exception):
    """A file could not be read, which says nothing about what is in it."""


@dataclass(frozen=True, slots=True)
class Reproof:
    """A generation that held; `size` in bytes, `members` of all its archives."""

    size: int
    members: int


def prove_generation(
    generation: Generation, place: Place | None = None, provers: Provers | None = None
) -> Reproof:
    """Read every file of `generation` to its end, those outside of the vault from `place`.

    Archives in the vault are proven by `provers`, without them in this process.
    Raises `RotError` or `UnreadableError`.
    """
    if generation.unreadable:
        raise UnreadableError(generation.error)
    manifest = generation.manifest
    if manifest is None:
        raise RotError("vault-failed", generation.error.replace(f"{generation.path}/", ""))
    _check_sums(generation.path, manifest.files)
    members = 0
    for entry in manifest.files:
        members += (
            _prove_outside(generation, entry, place)
            if entry.location
            else _prove(generation, entry, provers)
        )
    return Reproof(generation.size, members)


def _check_sums(folder: Path, entries: tuple[FileEntry, ...]) -> None:
    """Compare the sums with the manifest, which SHA256SUMS covers as well."""
    here = {entry.name: entry.sha256 for entry in entries if not entry.location}
    there = {entry.location.name: entry.sha256 for entry in entries if entry.location}
    covered = [MANIFEST, REMOTE_SUMS] if there else [MANIFEST]
    try:
        for name in covered:
            here[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        _compare_sums(folder, SUMS, here)
        if there:
            _compare_sums(folder, REMOTE_SUMS, there)
    except FileNotFoundError as error:
        raise _missing(Path(error.filename).name) from None
    except OSError as error:
        raise UnreadableError(f"{error.filename}: {error.strerror}") from None


def _compare_sums(folder: Path, sums: str, wanted: Mapping[str, str]) -> None:
    text = (folder / sums).read_text(encoding="ascii", errors="replace")
    found = {name: digest for digest, _, name in (row.partition("  ") for row in text.splitlines())}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise RotError("vault-failed", f"{sums} and {MANIFEST} disagree about {name}")


def _prove_outside(generation: Generation, entry: FileEntry, place: Place | None) -> int:
    """Prove an archive where it lies and return how many members it has."""
    try:
        proof = prove_archive(generation.chunks(entry.kind, place), limits=_LIMITS)
        return _members_of(proof, entry)
    except RemoteChanged as error:
        raise RotError(error.code, str(error), missing_outside=error.missing) from None
    except RemoteUnreachable as error:
        raise UnreadableError(f"{entry.name}: {error}") from None
    except ProofError as error:
        raise RotError(error.code, f"{entry.name}: {error}") from None


def _prove(generation: Generation, entry: FileEntry, provers: Provers | None) -> int:
    """Prove one file and return how many members it has."""
    path = generation.path / entry.name
    _check_size(path, entry)
    try:
        if entry.kind in ARCHIVES:
            prove_one = provers.prove_file if provers else prove_file
            return _members_of(prove_one(path, limits=_LIMITS), entry)
        if entry.kind in ARCHIVES.values():
            _compare(entry, *_sha256(path))
            members = sum(1 for _ in read_members(path))
            _compare_members(entry, members, generation)
        else:
            proof = prove_running_config(path, require_end=False, limits=ConfigLimits(min_lines=1))
            _compare(entry, proof.size, proof.sha256)
    except (SourceUnreadable, ProverDied) as error:
        raise UnreadableError(f"{entry.name}: {error}") from None
    except ProofError as error:
        raise RotError(error.code, f"{entry.name}: {error}") from None
    return 0


def _members_of(proof: ArchiveProof, entry: FileEntry) -> int:
    """Return how many members an archive has that is what the manifest says."""
    _compare(entry, proof.size, proof.sha256)
    return proof.members


def _check_size(path: Path, entry: FileEntry) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise _missing(entry.name) from None
    except OSError as error:
        raise UnreadableError(f"{entry.name}: {error.strerror}") from None
    if path.is_symlink() or not path.is_file():
        raise RotError(_code(entry.name), f"{entry.name} is no plain file")
    if found.st_size != entry.size:
        cut = entry.kind == "running-config" and found.st_size < entry.size
        code = "config-incomplete" if cut else _code(entry.name)
        raise RotError(code, f"{entry.name}: {found.st_size} bytes, {entry.size} were proven")


def _compare(entry: FileEntry, size: int, sha256: str) -> None:
    if (size, sha256) != (entry.size, entry.sha256):
        raise RotError(
            _code(entry.name), f"{entry.name} was changed: its SHA-256 is not that of the manifest"
        )


def _compare_members(entry: FileEntry, count: int, generation: Generation) -> None:
    archive = next(kind for kind, members in ARCHIVES.items() if members == entry.kind)
    files = generation.manifest.files if generation.manifest else ()
    told = next((file.details.get("members") for file in files if file.kind == archive), None)
    if told is not None and told != count:
        raise RotError(_code(entry.name), f"{entry.name}: {count} members, the archive had {told}")


def _missing(name: str) -> RotError:
    cut = name == FILE_NAMES["running-config"]
    return RotError("config-incomplete" if cut else _code(name), f"{name} is missing")


def _code(name: str) -> str:
    """Return what it is called when a file of this name is not what it was."""
    return _CODES.get(name, "vault-failed")


def _sha256(path: Path) -> tuple[int, str]:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return os.fstat(file.fileno()).st_size, digest
    except OSError as error:
        raise UnreadableError(f"{path.name}: {error.strerror}") from None
