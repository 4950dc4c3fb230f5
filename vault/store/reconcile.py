"""Put right what a killed run left behind; the caller holds the vault's lock.

Whatever lies in staging belongs to a run that is gone: nothing there was published, the
conductor is backed up anew, so it is removed, whole files too. The quarantine is for evidence
against a device, not for what a reboot cut off.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vault.store.generations import iterate_generations, list_hosts
from vault.store.latest import pointed, repoint
from vault.store.names import PART, Layout, is_run
from vault.store.presence import remove_unfinished_marks

MOST_NAMED: Final = 4
"""Files of one run that was cut off that are named; more are counted."""


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
        cut_off = f"run {entry.name} was cut off: removed"
        files = sorted(path for path in entry.rglob("*") if not path.is_dir())
        if len(files) > MOST_NAMED:
            yield f"{cut_off} {_counted(entry, files)}"
            return
        for path in files:
            what = "part file" if path.suffix == PART else "unpublished file"
            yield f"{cut_off} {what} {path.relative_to(entry)}, {_size(path)} bytes"
        if not files:
            yield f"{cut_off} its empty staging folder"


def _counted(entry: Path, files: Sequence[Path]) -> str:
    parts = sum(path.suffix == PART for path in files)
    hosts = len({path.relative_to(entry).parts[0] for path in files})
    mega = sum(map(_size, files)) / 1_000_000
    whose = f"{hosts} conductor{'s' if hosts != 1 else ''}"
    return f"{len(files) - parts} unpublished and {parts} part files of {whose}, {mega:.1f} MB"


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
