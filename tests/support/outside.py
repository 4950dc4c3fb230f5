"""Generations whose archive lies in a landing folder, outside of the vault."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.support.vaults import FACTS, HOST, PROOF, run, stage
from vault.place import Place
from vault.store import Generation, RemoteFile, Vault


def remote_file(
    vault: Vault, landed: Path, place: Place, run_id: str, kind: str = "flash"
) -> RemoteFile:
    """Note, and let land, an archive of `HOST`, as a backup does."""
    content = f"{kind} of {run_id}".encode()
    location = place.locate(f"{HOST}-{kind}-{run_id}.tar.gz")
    vault.note_on_server(HOST, run_id, location)
    (landed / location.name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return RemoteFile(kind, location, len(content), digest)


def publish_outside(
    vault: Vault, landed: Path, place: Place, number: int, kinds: tuple[str, ...] = ("flash",)
) -> Generation:
    """Publish the generation of a weekly run with a local configuration and archives outside."""
    run_id = run(number)
    remote = [remote_file(vault, landed, place, run_id, kind) for kind in kinds]
    local = stage(vault, HOST, run_id, "running-config")
    generation = vault.publish(HOST, run_id, [*remote, local], FACTS, PROOF)
    vault.drop_staging(run_id, HOST)
    return generation
