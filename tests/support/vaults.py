"""Vaults with something in them, for the tests."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vault.store import JSON, Generation, StagedFile, Vault, run_id_at
from vault.store.names import FILE_NAMES

HOST = "mm-berlin-1"
START = datetime(2026, 1, 5, 2, tzinfo=UTC)
FACTS: dict[str, JSON] = {"hostname": HOST, "serial": "CX0000001", "role": "standalone"}
PROOF: dict[str, JSON] = {"flash": {"members": 3, "files": 2}}


def run(number: int) -> str:
    """Name the weekly run `number` after START."""
    return run_id_at(START + timedelta(weeks=number))


def new_vault(root: Path, when: datetime = START) -> Vault:
    """Return a prepared vault whose clock stands still at `when`."""
    vault = Vault(root, program="test 1", clock=lambda: when)
    vault.prepare()
    return vault


def stage(vault: Vault, host: str, run_id: str, kind: str = "flash", text: str = "") -> StagedFile:
    """Put a whole file of `kind` into staging as a receiver would."""
    content = (text or f"{kind} of {host} at {run_id}").encode()
    path = vault.staging(run_id, host) / f"bk-3f9c-{FILE_NAMES[kind]}"
    path.write_bytes(content)
    return StagedFile(kind, path, len(content), hashlib.sha256(content).hexdigest())


def publish(
    vault: Vault,
    host: str,
    run_id: str,
    kinds: Sequence[str] = ("flash", "running-config"),
) -> Generation:
    """Publish one generation with a small file of each kind and clear its staging."""
    files = [stage(vault, host, run_id, kind) for kind in kinds]
    generation = vault.publish(host, run_id, files, FACTS, PROOF)
    vault.drop_staging(run_id, host)
    return generation


def sums_hold(folder: Path) -> bool:
    """Say whether coreutils alone find the generation in `folder` whole."""
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def tree(root: Path) -> set[str]:
    """Return every path below `root`, relative, folders with a slash at the end."""
    return {
        f"{path.relative_to(root)}{'/' if path.is_dir() and not path.is_symlink() else ''}"
        for path in root.rglob("*")
    }


def faults(vault: Vault) -> list[str]:
    """Return what is wrong with any published generation or `latest`, without any repair."""
    found = []
    for host in vault.hosts():
        runs = {generation.run_id for generation in vault.generations(host)}
        for run_id in runs:
            found += _mismatches(vault.layout.generation(host, run_id))
        link = vault.layout.latest(host)
        if link.is_symlink() and str(link.readlink()) not in runs:
            found.append(f"{link} points at {link.readlink()}")
    return found


def _mismatches(folder: Path) -> list[str]:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    wanted = {name: digest for digest, name in (line.split("  ") for line in lines)}
    names = {path.name for path in folder.iterdir()} - {"SHA256SUMS", "state.json"}
    if names != set(wanted):
        return [f"{folder} holds {names}, not {set(wanted)}"]
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    return [f"{folder / name} does not match" for name in names if digests[name] != wanted[name]]


def failing_at(number: int, error: Callable[[], BaseException]) -> Callable[[], None]:
    """Return a call that raises `error()` the `number`-th time, counting from 1."""
    count = 0

    def call() -> None:
        nonlocal count
        count += 1
        if count == number:
            raise error()

    return call


class Crash(BaseException):
    """The power is gone; nothing may catch this to tidy up."""


def dying_at(number: int) -> Callable[[], None]:
    """Return a call that raises `Crash` the `number`-th time and ever after, counting from 1."""
    count = 0

    def call() -> None:
        nonlocal count
        count += 1
        if count >= number:
            raise Crash

    return call


CHANGES = ("mkdir", "rename", "replace", "symlink", "link", "unlink", "rmdir", "fsync", "chmod")


def interpose(before: Callable[[], None], patch: Callable[[object, str, object], None]) -> None:
    """Call `before()` ahead of every change that this process makes to a file system."""
    for name in CHANGES:
        real = getattr(os, name)

        def wrapped(*args: object, _real: object = real, **kwargs: object) -> object:
            before()
            assert callable(_real)
            return _real(*args, **kwargs)

        patch(os, name, wrapped)


def publish_like(
    vault: Vault,
    host: str,
    run_id: str,
    *,
    flash_size: int,
    config_details: Mapping[str, JSON] | None = None,
) -> Generation:
    """Publish a generation of plain bytes whose flash archive has this size."""
    flash = stage(vault, host, run_id, "flash", "x" * flash_size)
    config = replace(
        stage(vault, host, run_id, "running-config"), details=dict(config_details or {})
    )
    files = [flash, config] if config_details else [flash]
    generation = vault.publish(host, run_id, files, {"hostname": host}, PROOF)
    vault.drop_staging(run_id, host)
    return generation
