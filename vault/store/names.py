"""Every name and path in the vault, built here and nowhere else.

All names are legal on Windows too, so that a vault can be copied there as it is.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from vault.store.errors import UnsafeName

FILE_NAMES: Final[dict[str, str]] = {
    "flash": "flash.tar.gz",
    "config": "config.tar.gz",
    "running-config": "running-config.cfg",
    "members": "members.jsonl.gz",
    "config-members": "config-members.jsonl.gz",
}
REMOTE_KINDS: Final = frozenset({"flash", "config"})
"""What may lie outside of the vault; the rest is small and always wanted here."""

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
REMOTE_SUMS: Final = "REMOTE-SHA256SUMS"
STATE: Final = "state.json"
IDENTITY: Final = "identity.json"
ON_DEVICE: Final = "on-device.json"
ON_SERVER: Final = "on-server.json"
REASON: Final = "reason.json"
LATEST: Final = "latest"
MARKER: Final = ".vault"
PART: Final = ".part"

_RUN_FORMAT: Final = "%Y-%m-%dT%H%M%SZ"
_RUN: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{6}Z", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,126}", re.ASCII)
_RESERVED: Final = re.compile(r"(latest|con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.I)


def check_host(name: str) -> str:
    """Return `name` when it may name a host's folder; raise `UnsafeName` otherwise."""
    if not _HOST.fullmatch(name) or name.endswith(".") or _RESERVED.fullmatch(name):
        raise UnsafeName(
            f"host name {name[:80]!r} cannot name a folder: use 1 to 63 letters, digits, "
            "'.', '_' or '-', begin with a letter or digit, and avoid reserved names"
        )
    return name


def check_run(run_id: str) -> str:
    """Return `run_id` when it reads like 2026-11-23T020000Z; raise `UnsafeName` otherwise."""
    run_time(run_id)
    return run_id


def run_id_at(when: datetime) -> str:
    """Name the run that starts at `when` (an aware time)."""
    return when.astimezone(UTC).strftime(_RUN_FORMAT)


def run_time(run_id: str) -> datetime:
    """Return the UTC time that `run_id` names."""
    if _RUN.fullmatch(run_id):
        with suppress(ValueError):
            return datetime.fromisoformat(run_id)
    raise UnsafeName(f"run {run_id[:80]!r} does not read like 2026-11-23T020000Z")


def is_host(name: str) -> bool:
    """Say whether `check_host` would accept `name`."""
    try:
        check_host(name)
    except UnsafeName:
        return False
    return True


def is_run(name: str) -> bool:
    """Say whether `check_run` would accept `name`."""
    try:
        run_time(name)
    except UnsafeName:
        return False
    return True


def safe_file(name: str, number: int) -> str:
    """Return `name`, or `file-NUMBER` when it is not safe to keep."""
    unsafe = not _FILE.fullmatch(name) or name.endswith(".") or _RESERVED.fullmatch(name)
    return f"file-{number}" if unsafe or name == REASON else name


@dataclass(frozen=True)
class Layout:
    """The paths of a vault below `root`; names are checked on the way in."""

    root: Path

    @cached_property
    def marker(self) -> Path:
        return self.root / MARKER

    @cached_property
    def staging(self) -> Path:
        return self.root / "staging"

    @cached_property
    def conductors(self) -> Path:
        return self.root / "conductors"

    @cached_property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @cached_property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def folders(self) -> tuple[Path, ...]:
        return self.staging, self.conductors, self.quarantine, self.runs

    def host(self, host: str) -> Path:
        return self.conductors / check_host(host)

    def generation(self, host: str, run_id: str) -> Path:
        return self.host(host) / check_run(run_id)

    def latest(self, host: str) -> Path:
        return self.host(host) / LATEST

    def identity(self, host: str) -> Path:
        return self.host(host) / IDENTITY

    def on_device(self, host: str) -> Path:
        return self.host(host) / ON_DEVICE

    def on_server(self, host: str) -> Path:
        return self.host(host) / ON_SERVER

    def staged_run(self, run_id: str) -> Path:
        return self.staging / check_run(run_id)

    def staged(self, run_id: str, host: str) -> Path:
        return self.staged_run(run_id) / check_host(host)

    def quarantined(self, host: str, run_id: str, number: int) -> Path:
        suffix = "" if number == 1 else f"-{number}"
        return self.quarantine / check_host(host) / f"{check_run(run_id)}{suffix}"

    def ledger(self, run_id: str) -> Path:
        return self.runs / f"{check_run(run_id)}.json"

    def temporary(self, token: str) -> Path:
        return self.staging / f"tmp-{token}"

    def trash(self, token: str) -> Path:
        return self.staging / f"trash-{token}"
