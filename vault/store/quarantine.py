"""Keep what arrived but did not hold, for a look, within bounds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vault.place import Location
from vault.store.durable import (
    FILE_MODE,
    JSON,
    create_file,
    discard,
    dump,
    make_folder,
    replace_file,
    sync,
)
from vault.store.errors import VaultFailed
from vault.store.location import location_to_json
from vault.store.names import REASON, Layout, is_host, is_run, safe_file
from vault.store.owner import give_path_to_owner

SCHEMA: Final = 1
ASSEMBLY: Final = "quarantine"
_NAME: Final = re.compile(r"(?P<run>[^-]+-\d\d-[^-]+)(?:-(?P<number>[1-9][0-9]{0,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuarantineLimits:
    """What the quarantine may hold; the newest entry stays even when it alone is larger."""

    per_host: int = 3
    total_bytes: int = 10 * 1024**3


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One folder of the quarantine; `number` counts those of one run, `size` is in bytes."""

    host: str
    run_id: str
    number: int
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is in quarantine: a code of `reasons.py`, the text, and when (UTC).

    `remote` is what belongs to it and stays outside of the vault.
    """

    code: str
    text: str
    at: str
    remote: tuple[Location, ...] = ()


def put_files(layout: Layout, host: str, run_id: str, files: Sequence[Path], cause: Cause) -> Path:
    """Move staged `files` into a new folder of the quarantine, with `reason.json` beside them.

    The reason is written first: it is what needs room, and without room no file has moved yet.
    """
    staged = layout.staged(run_id, host)
    for path in files:
        if path.parent != staged or path.is_symlink() or not path.is_file():
            raise VaultFailed(f"{path}: only files in {staged} can be put in quarantine")
    make_folder(staged.parent)
    make_folder(staged)
    assembly = staged / ASSEMBLY
    make_folder(assembly)
    create_file(assembly / REASON, _reason(host, run_id, cause))
    for number, path in enumerate(files, start=1):
        moved = path.rename(assembly / safe_file(path.name, number))
        moved.chmod(FILE_MODE)
        give_path_to_owner(moved)
    return _move_in(layout, assembly, host, run_id)


def put_generation(layout: Layout, host: str, run_id: str, cause: Cause) -> Path:
    """Move a published generation into the quarantine, then write `reason.json` beside it."""
    folder = layout.generation(host, run_id)
    path = _move_in(layout, folder, host, run_id)
    replace_file(layout, path / REASON, _reason(host, run_id, cause))
    return path


def list_quarantined(layout: Layout) -> tuple[Quarantined, ...]:
    """Return everything in quarantine, oldest first."""
    found = [
        entry
        for folder in layout.quarantine.iterdir()
        if is_host(folder.name)
        for entry in _of_host(folder)
    ]
    return tuple(sorted(found, key=_age))


def bound(layout: Layout, limits: QuarantineLimits) -> tuple[Quarantined, ...]:
    """Delete the oldest entries beyond `limits` and return them."""
    entries = list_quarantined(layout)
    surplus = _surplus(entries, limits)
    for entry in surplus:
        discard(layout, entry.path)
    return surplus


def _surplus(entries: tuple[Quarantined, ...], limits: QuarantineLimits) -> tuple[Quarantined, ...]:
    kept: Counter[str] = Counter()
    total = 0
    surplus = []
    for entry in reversed(entries):
        total += entry.size
        too_large = total > limits.total_bytes and kept.total() > 0
        if too_large or kept[entry.host] >= limits.per_host:
            surplus.append(entry)
        else:
            kept[entry.host] += 1
    return tuple(reversed(surplus))


def _move_in(layout: Layout, folder: Path, host: str, run_id: str) -> Path:
    number = 1
    while (target := layout.quarantined(host, run_id, number)).exists():
        number += 1
    make_folder(target.parent)
    sync(folder)
    folder.rename(target)
    sync(target.parent)
    sync(folder.parent)
    return target


def _of_host(folder: Path) -> Iterable[Quarantined]:
    for path in folder.iterdir():
        match = _NAME.fullmatch(path.name)
        if match and is_run(match["run"]):
            size = sum(file.lstat().st_size for file in path.iterdir())
            yield Quarantined(folder.name, match["run"], int(match["number"] or 1), path, size)


def _age(entry: Quarantined) -> tuple[str, int, str]:
    return entry.run_id, entry.number, entry.host


def _reason(host: str, run_id: str, cause: Cause) -> bytes:
    content: dict[str, JSON] = {
        "schema": SCHEMA,
        "host": host,
        "run": run_id,
        "code": cause.code,
        "text": cause.text,
        "at": cause.at,
    }
    if cause.remote:
        content["remote"] = [location_to_json(location) for location in cause.remote]
    return dump(content)
