"""Many runs with faults drawn at random, and runs that are ended at random moments.

`python -m benchmarks.soak [--seeds N] [--conductors N] [--kill N]`. Verdicts are compared with
those of `benchmarks.deserved`; an interrupted run has to close its sessions, to clean up and to
report every conductor, and after a killed one the next run has to.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.arena import PATIENCE, Arena, Ended, arena, ours_on
from benchmarks.cells import CONTENT, LATE_SECONDS, Cell, cells
from benchmarks.judge import healthy_broken, judge, secrets_told, sums_broken
from emulator import ConductorSpec

NEEDS_HISTORY: Final = frozenset({"takeover", "shrunk", "bloated"})
SHARE: Final = 3
"""Every third conductor has a fault."""

SIGNALS: Final = (signal.SIGTERM, signal.SIGKILL)
SECONDS_TO_STOP: Final = 60.0


def soak(folder: Path, seed: int, conductors: int) -> list[str]:
    """Run one fleet with a third of it at fault, chosen by `seed`; return what did not hold."""
    chosen, healthy = _drawn(seed, conductors)
    specs = [*(ConductorSpec(name, content=CONTENT) for name in healthy)]
    specs += [cell.spec for cell in chosen]
    with arena(folder, specs) as ground:
        for cell in chosen:
            ground.fleet.conductor(cell.host).inject(cell.fault)
        ended = ground.run()
        judged = [judge(ground, ended, cell) for cell in chosen]
        broken = [f"{j.cell.place} {j.cell.kind}: {t}" for j in judged for t in j.broken]
        broken += [*healthy_broken(ground, ended, healthy), *secrets_told(ground, ended)]
        longest = max(row["seconds"] for row in ended.rows.values())
        if longest > PATIENCE["host_deadline"] + SECONDS_TO_STOP:
            broken.append(f"one conductor took {longest:.0f} s")
        broken += _put_right(ground, ended)
    return broken


def interrupt(folder: Path, seed: int, conductors: int, number: signal.Signals) -> list[str]:
    """End a run at a random moment by a signal; return what did not hold then and afterwards."""
    rng = random.Random(seed)  # noqa: S311 - the same draw for the same seed
    specs = [ConductorSpec(f"mm-{n:02d}", content=CONTENT) for n in range(conductors)]
    slow = replace(specs[0].delays, login=0.1, flash_backup=0.5, copy_running_flash=0.2)
    names = tuple(spec.name for spec in specs)
    with arena(folder, [replace(spec, delays=slow) for spec in specs], workers=8) as ground:
        since = time.monotonic()
        process = ground.start()
        _wait_for_a_login(ground, process)
        ground.fleet.conductor(names[0]).stop.wait(rng.uniform(0.0, 4.0))
        process.send_signal(number)
        ended = ground.finish(process, since)
        broken = list(_after_signal(ground, ended, names, number))
        for device in ground.fleet:
            device.sessions.drop_all()
        broken += _next_run(ground, names)
    return broken


def _wait_for_a_login(ground: Arena, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and not any(device.connections for device in ground.fleet):
        next(iter(ground.fleet)).stop.wait(0.05)


def _drawn(seed: int, conductors: int) -> tuple[list[Cell], tuple[str, ...]]:
    rng = random.Random(seed)  # noqa: S311 - the same draw for the same seed
    every = [cell for cell in cells() if cell.fault.kind not in NEEDS_HISTORY]
    chosen = rng.sample(every, conductors // SHARE)
    return chosen, tuple(f"good-{n:02d}" for n in range(conductors - len(chosen)))


def _put_right(ground: Arena, first: Ended) -> Iterator[str]:
    """Run again without faults, once every late file has come: then no flash holds one of ours."""
    device = next(iter(ground.fleet))
    device.stop.wait(max(0.0, LATE_SECONDS + 2 - first.seconds))
    ground.calm()
    hosts = [device.spec.name for device in ground.fleet if ours_on(device)]
    if hosts:
        ground.run("--host", ",".join(hosts))
    for host in hosts:
        if rest := ours_on(ground.fleet.conductor(host)):
            yield f"{host}: still on its flash: {', '.join(sorted(rest))}"


def _after_signal(
    ground: Arena, ended: Ended, names: Sequence[str], number: signal.Signals
) -> Iterator[str]:
    for name in names:
        yield from sums_broken(ground, name)
    if number is signal.SIGKILL:
        return
    finished = ended.code == 0 and set(ended.rows) == set(names)
    if ended.code != 128 + number and not finished:
        yield f"exit code {ended.code}:\n{ended.output}"
    if set(ended.rows) != set(names):
        yield f"{len(ended.rows)} of {len(names)} conductors in the report"
    for device in ground.fleet:
        if device.sessions_open or device.logins != device.logouts:
            yield f"{device.spec.name}: {device.logins} logins, {device.logouts} logouts"
        if rest := ours_on(device):
            yield f"{device.spec.name}: left on its flash: {', '.join(sorted(rest))}"


def _next_run(ground: Arena, names: Sequence[str]) -> Iterator[str]:
    before = {device.spec.name: set(device.flash) - ours_on(device) for device in ground.fleet}
    ended = ground.run()
    if ended.code != 0:
        yield f"the next run ended with {ended.code}:\n{ended.output}"
    for name in names:
        device = ground.fleet.conductor(name)
        if set(device.flash) != before[name]:
            yield f"{name}: its flash holds {sorted(set(device.flash) ^ before[name])} too much"
        yield from sums_broken(ground, name)
    if any((ground.vault / "staging").iterdir()):
        yield "staging is not empty"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what is asked for, one line each; exit 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=main.__doc__)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="runs with faults")
    parser.add_argument("--conductors", type=int, default=50, metavar="N")
    parser.add_argument(
        "--kill", type=int, default=0, metavar="N", help="runs ended by a signal, each way"
    )
    options = parser.parse_args(arguments)
    failed = 0
    for seed in range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            failed += _told(f"seed {seed}", soak(Path(folder), seed, options.conductors))
    for seed in range(1, options.kill + 1):
        for number in SIGNALS:
            with tempfile.TemporaryDirectory(prefix="soak-") as folder:
                name = f"{number.name} {seed}"
                failed += _told(name, interrupt(Path(folder), seed, 24, number))
    raise SystemExit(1 if failed else 0)


def _told(name: str, broken: Sequence[str]) -> int:
    print(f"{name}: {'; '.join(broken) or 'all held'}", flush=True)
    return len(broken)


if __name__ == "__main__":
    main()
