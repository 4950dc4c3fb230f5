"""The manifest of a generation: what it holds, whose it is, and what was proven.

`docs/vault.md` describes every key. A manifest is written once and never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from outcome import GOOD, Verdict
from vault.place import Location
from vault.store.durable import JSON, load
from vault.store.errors import VaultFailed
from vault.store.location import location_from_json, location_to_json
from vault.store.names import FILE_NAMES, MANIFEST, REMOTE_KINDS

SCHEMA: Final = 1
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a generation; `size` in bytes, `details` as its prover gave them.

    `location` says where it lies when that is not the generation's folder.
    """

    kind: str
    name: str
    size: int
    sha256: str
    details: Mapping[str, JSON] = field(default_factory=dict)
    location: Location | None = None

    def to_json(self) -> dict[str, JSON]:
        """Return the entry as it is written."""
        content: dict[str, JSON] = {
            "kind": self.kind,
            "name": self.name,
            "size": self.size,
            "sha256": self.sha256,
            "details": self.details,
        }
        where = {"location": location_to_json(self.location)} if self.location else {}
        return content | where


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `manifest.json` says; `created` is UTC in ISO format, `conductor` its identity."""

    host: str
    run: str
    created: str
    program: str
    verdict: Verdict
    conductor: Mapping[str, JSON]
    files: tuple[FileEntry, ...]
    proof: Mapping[str, JSON]

    @property
    def proven(self) -> bool:
        """Say whether the files were proven when they were published."""
        return self.verdict in GOOD

    def to_json(self) -> dict[str, JSON]:
        """Return the manifest as it is written."""
        return {
            "schema": SCHEMA,
            "host": self.host,
            "run": self.run,
            "created": self.created,
            "program": self.program,
            "verdict": self.verdict.value,
            "conductor": self.conductor,
            "files": [entry.to_json() for entry in self.files],
            "proof": self.proof,
        }


def read_manifest(folder: Path, host: str, run_id: str) -> Manifest:
    """Read the manifest in `folder`; raise `VaultFailed` when it is broken or of another folder."""
    path = folder / MANIFEST
    try:
        content = load(path)
    except FileNotFoundError:
        raise VaultFailed(f"{path}: missing") from None
    try:
        manifest = _from_json(content)
    except (KeyError, TypeError, ValueError) as error:
        raise VaultFailed(f"{path}: broken manifest: {error}") from None
    if (manifest.host, manifest.run) != (host, run_id):
        raise VaultFailed(
            f"{path}: belongs to {manifest.host[:80]!r}, run {manifest.run[:80]!r}, not here"
        )
    return manifest


def _from_json(content: Mapping[str, JSON]) -> Manifest:
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']!r}, this program reads {SCHEMA}")
    files = content["files"]
    if not isinstance(files, list) or not files:
        raise ValueError("'files' is no list of files")
    return Manifest(
        host=_text(content, "host"),
        run=_text(content, "run"),
        created=_text(content, "created"),
        program=_text(content, "program"),
        verdict=Verdict(_text(content, "verdict")),
        conductor=_mapping(content, "conductor"),
        files=tuple(_entry(entry) for entry in files),
        proof=_mapping(content, "proof"),
    )


def _entry(content: JSON) -> FileEntry:
    if not isinstance(content, dict):
        raise TypeError("an entry of 'files' is no object")
    kind, name, size, sha256 = (content[key] for key in ("kind", "name", "size", "sha256"))
    if not isinstance(kind, str) or FILE_NAMES.get(kind) != name:
        raise ValueError(f"no file of kind {kind!r} is named {name!r}")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ValueError(f"size of {name} is no number of bytes")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise ValueError(f"sha256 of {name} is no SHA-256")
    location = location_from_json(content["location"]) if "location" in content else None
    if location is not None and kind not in REMOTE_KINDS:
        raise ValueError(f"{name} lies outside of the vault, which only an archive may")
    details = _mapping(content, "details")
    return FileEntry(kind, FILE_NAMES[kind], size, sha256, details, location)


def _text(content: Mapping[str, JSON], key: str) -> str:
    value = content[key]
    if not isinstance(value, str):
        raise TypeError(f"{key!r} is no text")
    return value


def _mapping(content: Mapping[str, JSON], key: str) -> Mapping[str, JSON]:
    value = content[key]
    if not isinstance(value, dict):
        raise TypeError(f"{key!r} is no object")
    return cast("Mapping[str, JSON]", value)
