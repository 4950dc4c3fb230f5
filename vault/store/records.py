"""The ledger of each run, each host's accepted identity, and our files on its flash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vault.store.durable import (
    JSON,
    dump,
    load,
    make_folder,
    remove_if_empty,
    replace_file,
    sync,
)
from vault.store.errors import VaultError, VaultFailed, translated
from vault.store.names import Layout, is_run

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a host was accepted to be (hostname, serial, mac), when (UTC), by whom and why."""

    host: str
    accepted: Mapping[str, str]
    reason: str
    by: str
    at: str


def write_ledger(layout: Layout, run_id: str, content: Mapping[str, JSON]) -> None:
    """Replace the ledger of the run in one step."""
    replace_file(layout, layout.ledger(run_id), dump(content))


def read_ledger(layout: Layout, run_id: str) -> Mapping[str, JSON]:
    """Return the ledger of the run; raise `VaultFailed` when it is missing or broken."""
    path = layout.ledger(run_id)
    try:
        return load(path)
    except FileNotFoundError:
        raise VaultFailed(f"{path}: there is no ledger of that run") from None


def list_ledgers(layout: Layout) -> tuple[str, ...]:
    """Return the runs that have a ledger, newest first; none where their folder is missing."""
    stems: list[str] = []
    with translated(f"list {layout.runs}"), suppress(FileNotFoundError):
        stems = [path.stem for path in layout.runs.iterdir() if path.suffix == ".json"]
    return tuple(sorted(filter(is_run, stems), reverse=True))


def write_identity(layout: Layout, identity: Identity) -> None:
    """Replace the accepted identity of a host in one step."""
    content: dict[str, JSON] = {
        "schema": SCHEMA,
        "accepted": dict(identity.accepted),
        "reason": identity.reason,
        "by": identity.by,
        "at": identity.at,
    }
    make_folder(layout.host(identity.host))
    replace_file(layout, layout.identity(identity.host), dump(content))


def read_identity(layout: Layout, host: str) -> Identity | None:
    """Return the accepted identity, None when there is none; raise `VaultFailed` for a broken one.

    A broken one must not pass for none: that would accept any box.
    """
    path = layout.identity(host)
    try:
        content = load(path)
    except FileNotFoundError:
        return None
    try:
        return _identity(host, content)
    except (KeyError, TypeError, ValueError) as error:
        raise VaultFailed(f"{path}: broken identity: {error}; accept it again") from None


def read_identities(layout: Layout, hosts: Iterable[str]) -> dict[str, Identity]:
    """Return the accepted identity of each of `hosts` that has one which can be read."""
    found: dict[str, Identity] = {}
    for host in hosts:
        with suppress(VaultError):
            if identity := read_identity(layout, host):
                found[host] = identity
    return found


def remove_identity(layout: Layout, host: str) -> None:
    """Forget who a host was accepted to be, if anybody was."""
    _remove(layout.identity(host))


def write_on_device(layout: Layout, host: str, names: Sequence[str]) -> None:
    """Replace the record of our files on the flash of `host`; no names remove it."""
    path = layout.on_device(host)
    if names:
        make_folder(layout.host(host))
        replace_file(layout, path, dump({"schema": SCHEMA, "files": list(names)}))
    else:
        _remove(path)


def read_on_device(layout: Layout, host: str) -> tuple[str, ...]:
    """Return the recorded names; raise `VaultFailed` for a record that cannot be read.

    A broken record must not be guessed at: what it names is deleted from a device.
    """
    path = layout.on_device(host)
    try:
        content = load(path)
    except FileNotFoundError:
        return ()
    files = content.get("files")
    if content.get("schema") != SCHEMA or not isinstance(files, list):
        raise VaultFailed(f"{path}: broken record; look at the conductor's flash, then remove it")
    return tuple(str(name) for name in files)


def _remove(path: Path) -> None:
    """Remove a record, if it is there, and the host's folder with it when nothing else is in it."""
    if path.exists():
        path.unlink()
        folder = path.parent
        sync(folder.parent if remove_if_empty(folder) else folder)


def _identity(host: str, content: Mapping[str, JSON]) -> Identity:
    accepted = content["accepted"]
    if content["schema"] != SCHEMA or not isinstance(accepted, dict):
        raise ValueError("unknown schema or no accepted identity")
    facts = {str(key): str(value) for key, value in accepted.items()}
    return Identity(host, facts, *(str(content[key]) for key in ("reason", "by", "at")))
