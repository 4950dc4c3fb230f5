"""The matrix: every fault at every place, each on a conductor of its own, beside healthy ones.

`python -m benchmarks.faults [--write]`. Verdicts are compared with those in `benchmarks.cells`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.arena import Arena, Ended, arena, ours_on
from benchmarks.cells import CONTENT, LATE_SECONDS, STEPS, Cell, cells
from benchmarks.child import ROOT
from benchmarks.judge import Judged, healthy_broken, judge, secrets_told
from emulator import ConductorSpec

DOCUMENT: Final = ROOT / "docs" / "faults.md"
HEALTHY: Final = tuple(f"good-{number:02d}" for number in range(1, 9))
WITH_HISTORY: Final = frozenset({"takeover", "shrunk", "bloated", "stale", "foreign"})
"""What can be noticed only by comparison with an earlier backup."""

INTRODUCTION: Final = """\
# What a run makes of every fault

`python -m benchmarks.faults --write` wrote this page: {cells} pretend conductors, each with one
fault of [the emulator](emulator.md) at one place, and {good} healthy ones, all in one run. Timeouts
were cut to a few seconds; `seconds` is what the conductor with the fault took. The command fails
when one of these does not hold:

- the verdict and its first reason are those that `benchmarks/deserved.py` names;
- every healthy conductor passed;
- what logged in also logged out. A device that loses its answer to a login keeps a session that
  nobody can close, and one that fails the logout keeps it too, until it ends by itself;
- nothing of ours is on a flash, or it is named in the report, or it is on record for the next run;
  and after a second run without faults nothing is there at all;
- every generation in the vault holds what its `SHA256SUMS` says, a failed conductor has none of
  this run, and `latest` leads to the newest;
- no password, token or ticket is in output, report, log or ledger.

What no look at a file can tell is a PASS here: an archive that is another conductor's (`foreign`)
holds no name that could be relied on, a file of last week (`stale`) with the bytes of today is
today's, and a flipped bit in a running configuration that leaves it readable shows nowhere. In an
archive a flipped bit is always found.

The places are named as the emulator names them. `show` and `get` are the questions of the check,
`list_sorted_dir` the looks at the flash, `scp` the push itself. A fault strikes each time, except
those that happen once: `refuse`, `reload`, `role-change`, `takeover`, `clock-jump`, and `once`,
`twice` as they say.
"""


@dataclass(frozen=True, slots=True)
class Matrix:
    """How every cell went, and what else did not hold."""

    judged: tuple[Judged, ...]
    broken: tuple[str, ...]
    seconds: float


def run_matrix(folder: Path, chosen: Sequence[Cell], *, workers: int = 64) -> Matrix:
    """Run one fleet with all cells, and after it another with every fault gone.

    The second run finds what the first could not remove, so that no flash keeps a file of ours.
    """
    healthy = [ConductorSpec(name, content=CONTENT) for name in HEALTHY]
    specs = [*healthy, *(cell.spec for cell in chosen)]
    with arena(folder, specs, workers=workers) as ground:
        _give_history(ground, chosen)
        for cell in chosen:
            ground.fleet.conductor(cell.host).inject(cell.fault)
        ended = ground.run()
        if not ended.rows:
            raise SystemExit(f"no report:\n{ended.output}")
        judged = tuple(judge(ground, ended, cell) for cell in chosen)
        broken = [*healthy_broken(ground, ended, HEALTHY), *secrets_told(ground, ended)]
        broken += _second_run(ground, judged, ended)
    return Matrix(judged, tuple(broken), ended.seconds)


def _give_history(ground: Arena, chosen: Sequence[Cell]) -> None:
    hosts = [cell.host for cell in chosen if cell.fault.kind in WITH_HISTORY]
    if hosts:
        ended = ground.run("--host", ",".join(hosts))
        if ended.code != 0:
            raise SystemExit(f"the backups before the faults went wrong:\n{ended.output}")


def _second_run(ground: Arena, judged: Sequence[Judged], first: Ended) -> Iterator[str]:
    """Back up again what went wrong, once every late file is there."""
    ground.fleet.conductor(HEALTHY[0]).stop.wait(max(0.0, LATE_SECONDS + 2 - first.seconds))
    ground.calm()
    hosts = [one.cell.host for one in judged if ours_on(ground.fleet.conductor(one.cell.host))]
    if not hosts:
        return
    ended = ground.run("--host", ",".join(hosts))
    for host, row in ended.rows.items():
        if row["verdict"] not in ("PASS", "WARN"):
            yield f"{host}: not well again: {row['reasons']}"
        if rest := ours_on(ground.fleet.conductor(host)):
            yield f"{host}: still on its flash after the next run: {', '.join(sorted(rest))}"


def document(matrix: Matrix) -> str:
    """Return docs/faults.md."""
    lines = [INTRODUCTION.format(cells=len(matrix.judged), good=len(HEALTHY))]
    for place in dict.fromkeys(one.cell.place for one in _sorted(matrix)):
        lines += [f"## {_title(place)}", "", "| fault | verdict | reason | seconds |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += [_row(one) for one in _sorted(matrix) if one.cell.place == place]
        lines.append("")
    return "\n".join(lines)


def _title(place: str) -> str:
    step, _, skipped = place.partition(" +")
    return f"`{step}`, the call after the first" if skipped else f"`{step}`"


def _sorted(matrix: Matrix) -> list[Judged]:
    places = list(dict.fromkeys(cell.place for cell in sorted(cells(), key=_order)))
    return sorted(matrix.judged, key=lambda one: (places.index(one.cell.place), one.cell.kind))


def _order(cell: Cell) -> tuple[bool, int]:
    step = cell.fault.step
    return bool(cell.fault.skip), STEPS.index(step) if step in STEPS else len(STEPS)


def _row(one: Judged) -> str:
    return f"| {one.cell.kind} | {one.verdict} | {one.code} | {one.seconds:.0f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the matrix, print it, and with --write put it into docs/faults.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/faults.md anew")
    parser.add_argument("--only", default="", metavar="TEXT", help="cells whose name holds TEXT")
    parser.add_argument("--workers", type=int, default=64, metavar="N")
    options = parser.parse_args(arguments)
    chosen = [c for c in cells() if options.only in f"{c.place} {c.kind}"]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fault-matrix-") as folder:
        matrix = run_matrix(Path(folder), chosen, workers=options.workers)
    for one in _sorted(matrix):
        mark = "  <- " + "; ".join(one.broken) if one.broken else ""
        line = f"{one.cell.place:24} {one.cell.kind:18} {one.verdict:5} {one.code:18}"
        print(f"{line} {one.seconds:5.1f} s{mark}")
    seconds = time.monotonic() - started
    print(*matrix.broken, sep="\n")
    print(f"{len(chosen)} cells, {matrix.seconds:.1f} s, {seconds:.1f} s with the second run")
    if any(one.broken for one in matrix.judged) or matrix.broken:
        raise SystemExit(1)
    if options.write:
        DOCUMENT.write_text(document(matrix), encoding="utf-8")


if __name__ == "__main__":
    main()
