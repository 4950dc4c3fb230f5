"""What must hold after a run whatever went wrong: looked at from outside of the program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.arena import Arena, Ended, ours_on
from benchmarks.cells import Cell
from benchmarks.site import PASSWORD
from emulator import Conductor

UNANSWERED: Final = frozenset({"hang", "late", "slow", "lost-answer", "half-body"})
"""At `login` the device opens a session of which nobody learns; it ends by itself."""

ENDED_BY_DEVICE: Final = frozenset({"expired", "reload", "takeover"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One cell as it went; `broken` says what does not hold that must."""

    cell: Cell
    verdict: str
    code: str
    text: str
    seconds: float
    left: tuple[str, ...]
    broken: tuple[str, ...]


def judge(arena: Arena, ended: Ended, cell: Cell) -> Judged:
    """Compare a cell's verdict, device and vault with what must be."""
    row = ended.rows.get(cell.host)
    if row is None:
        return Judged(cell, "", "", "", 0.0, (), ("no row in the report",))
    device = arena.fleet.conductor(cell.host)
    first = row["reasons"][0] if row["reasons"] else {"code": "", "text": ""}
    broken = [*_sessions(cell, device), *_flash(arena, row["left_over"], device)]
    broken += _vault(arena, cell.host, row["verdict"], row["generation"])
    if not cell.deserves(row["verdict"], first["code"]):
        broken.append(f"{row['verdict']} {first['code']} instead of {cell.deserved}")
    left = tuple(sorted(ours_on(device)))
    return Judged(
        cell, row["verdict"], first["code"], first["text"], row["seconds"], left, tuple(broken)
    )


def healthy_broken(arena: Arena, ended: Ended, hosts: tuple[str, ...]) -> Iterator[str]:
    """Yield what is not right with conductors that nothing happened to."""
    for host in hosts:
        row, device = ended.rows[host], arena.fleet.conductor(host)
        if row["verdict"] != "PASS":
            yield f"{host}: {row['verdict']} {row['reasons']}"
        if device.sessions_open or device.logins != device.logouts or ours_on(device):
            yield f"{host}: {device.logins} logins, {device.logouts} logouts, {ours_on(device)}"
        yield from _vault(arena, host, row["verdict"], row["generation"])


def secrets_told(arena: Arena, ended: Ended) -> Iterator[str]:
    """Yield the places where a password or a token stands that must not."""
    tokens = {t for device in arena.fleet for t in device.sessions.tokens}
    tickets = {pushed.password for device in arena.fleet for pushed in device.pushed}
    ledgers = "".join(p.read_text() for p in sorted((arena.vault / "runs").iterdir()))
    texts = {
        "output": ended.output,
        "report": json.dumps(ended.report),
        "log": (arena.folder / "run.log").read_text(encoding="utf-8"),
        "ledgers": ledgers,
    }
    for place, text in texts.items():
        if any(secret in text for secret in {PASSWORD, *tokens, *tickets}):
            yield f"a secret in the {place}"


def _sessions(cell: Cell, device: Conductor) -> Iterator[str]:
    kind, step = cell.fault.kind, cell.fault.step
    unknown = (step == "login" and kind in UNANSWERED) or step == "logout"
    if device.sessions_open > int(unknown):
        yield f"{device.sessions_open} sessions left open"
    if not (unknown or kind in ENDED_BY_DEVICE) and device.logins != device.logouts:
        yield f"{device.logins} logins, {device.logouts} logouts"


def _flash(arena: Arena, left_over: list[str], device: Conductor) -> Iterator[str]:
    if forgotten := ours_on(device) - set(left_over) - recorded(arena, device.spec.name):
        yield f"forgotten on the flash: {', '.join(sorted(forgotten))}"


def recorded(arena: Arena, host: str) -> set[str]:
    """Return the names that the vault keeps for the next clean-up."""
    path = arena.vault / "conductors" / host / "on-device.json"
    return set(json.loads(path.read_bytes())["files"]) if path.exists() else set()


def sums_broken(arena: Arena, host: str) -> Iterator[str]:
    """Yield the generations of a host that do not hold what their SHA256SUMS says."""
    for path in _generations(arena, host):
        if not _sums_hold(path):
            yield f"{path.name}: not what its SHA256SUMS says"


def _generations(arena: Arena, host: str) -> list[Path]:
    folder = arena.vault / "conductors" / host
    return [p for p in folder.glob("2*Z") if p.is_dir()] if folder.exists() else []


def _vault(arena: Arena, host: str, verdict: str, generation: str) -> Iterator[str]:
    folder, there = arena.vault / "conductors" / host, _generations(arena, host)
    yield from sums_broken(arena, host)
    good = verdict in ("PASS", "WARN")
    if good != bool(generation):
        yield f"{verdict} with generation {generation!r}"
    if generation and (arena.vault / "conductors" / generation) not in there:
        yield f"{generation} is not in the vault"
    latest = folder / "latest"
    if there and latest.resolve() != max(there):
        yield f"latest leads to {latest.resolve().name}"


def _sums_hold(folder: Path) -> bool:
    lines = (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    pairs = [line.split(maxsplit=1) for line in lines]
    names = {name.removeprefix("*") for _, name in pairs}
    whole = {"flash.tar.gz", "running-config.cfg"} <= names
    return whole and all(
        hashlib.sha256((folder / name.removeprefix("*")).read_bytes()).hexdigest() == digest
        for digest, name in pairs
    )
