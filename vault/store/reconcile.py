"""Put right what a killed run left behind; the caller holds the vault's lock.

Whatever lies in staging belongs to a run that is gone: nothing there was published, the
conductor is backed up anew, so it is removed, whole files too. The quarantine is for evidence
against a device, not for what a reboot cut off.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vault.store.generations import iterate_generations, list_hosts
from vault.store.latest import pointed, repoint
from vault.store.names import PART, Layout, is_run
from vault.store.presence import remove_unfinished_marks


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found and done, one line each for people; empty after a clean end."""

    lines: tuple[str, ...] = ()


def reconcile(layout: Layout, active_run: str | None = None) -> Reconciled:
    """Clear staging of all but `active_run`, put every `latest` right, name what is broken."""
    lines = [*_clear_staging(layout, active_run)]
    if count := remove_unfinished_marks(layout):
        lines.append(f"removed {count} unfinished mark(s) of the vault")
    for host in list_hosts(layout):
        lines += _check_host(layout, host)
    return Reconciled(tuple(lines))


def _clear_staging(layout: Layout, active_run: str | None) -> Iterator[str]:
    for entry in sorted(layout.staging.iterdir()):
        if entry.name == active_run:
            continue
        yield from _describe(entry)
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)


def _describe(entry: Path) -> Iterator[str]:
    if entry.name.startswith("trash-"):
        yield "finished removing a pruned generation or quarantine entry"
    elif not is_run(entry.name) or not entry.is_dir():
        yield f"removed the unfinished file {entry.name} from staging"
    else:
        files = sorted(path for path in entry.rglob("*") if not path.is_dir())
        for path in files:
            what = "part file" if path.suffix == PART else "unpublished file"
            place = path.relative_to(entry)
            yield f"run {entry.name} was cut off: removed {what} {place}, {_size(path)} bytes"
        if not files:
            yield f"run {entry.name} was cut off: removed its empty staging folder"


def _check_host(layout: Layout, host: str) -> Iterator[str]:
    for generation in iterate_generations(layout, host):
        if generation.error:
            yield f"{host}: generation {generation.run_id} is not usable: {generation.error}"
    before = pointed(layout, host)
    newest = repoint(layout, host)
    after = newest.run_id if newest else None
    if before != after:
        yield f"{host}: latest pointed at {before or 'nothing'}, now at {after or 'nothing'}"


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.lstat().st_size
    return 0
