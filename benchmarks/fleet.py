"""A fleet run beside the same work one conductor after the other, and beside what is possible.

`python -m benchmarks.fleet`. Everything is real but the conductors: HTTPS, SSH and SCP against
emulated devices on this machine, which shares its cores between them and the program.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.child import Measured, beside, cpu_seconds_of, measure
from benchmarks.site import PASSWORD, USERNAME, Plan, Site, make_site
from vault.provers import Provers

ACCOUNT = {"AOS8_USERNAME": USERNAME, "AOS8_PASSWORD": PASSWORD}


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured; `plain_hosts` of the conductors were done one after the other."""

    plain_seconds: float
    plain_hosts: int
    alone: Measured
    bytes_seconds: float
    proof_seconds: float
    ours: Measured
    emulator_cpu: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one table."""
    options = _parser().parse_args(arguments)
    plan = Plan(
        options.conductors,
        options.device_seconds,
        options.archive_mb,
        options.workers,
        options.scp,
    )
    hosts = min(options.sample or plan.conductors, plan.conductors)
    with tempfile.TemporaryDirectory(prefix="fleet-benchmark-", dir=options.folder) as folder:
        site = make_site(Path(folder), plan)
        print("\n".join(_table(plan, _measure(site, hosts))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=main.__doc__)
    parser.add_argument("--conductors", type=int, default=100, metavar="N")
    parser.add_argument("--device-seconds", type=float, default=2.0, metavar="S")
    parser.add_argument("--archive-mb", type=float, default=5.0, metavar="MB")
    parser.add_argument("--workers", type=int, default=100, metavar="N")
    parser.add_argument(
        "--scp",
        choices=("modern", "old"),
        default="modern",
        help="what the conductors' SCP clients offer: AES-GCM first, or AES-CTR with HMAC-SHA1",
    )
    parser.add_argument(
        "--sample",
        type=int,
        default=0,
        metavar="K",
        help="do only K conductors one after the other, and extrapolate",
    )
    parser.add_argument(
        "--folder", type=Path, help="where vaults and archives lie for as long as it takes"
    )
    return parser


def _measure(site: Site, plain_hosts: int) -> Findings:
    emulator = ["-m", "emulator", str(site.fleet), "--ca-file", str(site.ca_file)]
    with beside(emulator, site.folder / "emulator.ready") as pid:
        plain = _plain(site, plain_hosts)  # also makes the host key: only the first run ever does
        alone = _runbook(site, "alone", ["--host", site.plan.names[0]])
        before = cpu_seconds_of(pid)
        ours = _runbook(site, "ours", [])
        emulator_cpu = cpu_seconds_of(pid) - before
    sent, proven = _bytes_alone(site), _proofs_alone(site, "ours")
    return Findings(plain, plain_hosts, alone, sent, proven, ours, emulator_cpu)


def _runbook(site: Site, name: str, arguments: Sequence[str]) -> Measured:
    settings = site.write_settings(name)
    report = settings.with_name("report.json")
    options = ["--config", str(settings), "--workers", str(site.plan.workers)]
    measured = measure(
        ["runbook.py", *options, "--json", str(report), *arguments],
        settings.with_name("output.log"),
        ACCOUNT,
    )
    verdicts = [host["verdict"] for host in json.loads(report.read_bytes())["hosts"]]
    if set(verdicts) != {"PASS"}:
        raise SystemExit(f"not every conductor passed: {verdicts}")
    return measured


def _plain(site: Site, hosts: int) -> float:
    """Return seconds for the whole fleet; the start of the script is not extrapolated."""
    jobs, accounts = site.folder / "plain.jobs", site.folder / "plain.accounts"
    result = site.folder / "plain.seconds"
    site.write_jobs(jobs, hosts)
    script = ["-m", "benchmarks.one_by_one", str(accounts), str(site.ca_file), str(result)]
    with beside(["-m", "benchmarks.receiving", str(jobs)], accounts):
        whole = measure(script, site.folder / "plain.log").seconds
    hosts_only = float(result.read_text(encoding="utf-8"))
    return whole - hosts_only + hosts_only * site.plan.conductors / hosts


def _bytes_alone(site: Site) -> float:
    jobs, accounts = site.folder / "bytes.jobs", site.folder / "bytes.accounts"
    result = site.folder / "bytes.seconds"
    site.write_jobs(jobs, site.plan.conductors)
    pushing = ["-m", "benchmarks.pushing", str(site.fleet), str(accounts)]
    with beside(["-m", "benchmarks.receiving", str(jobs)], accounts):
        measure([*pushing, str(site.plan.workers), str(result)], site.folder / "bytes.log")
    return float(result.read_text(encoding="utf-8"))


def _proofs_alone(site: Site, vault: str) -> float:
    """Prove once more what a run has stored, with processes that are ready."""
    archives = sorted((site.folder / vault / "vault").glob("conductors/*/*Z/flash.tar.gz"))
    members = site.folder / "members"
    members.mkdir()

    def prove(archive: Path) -> None:
        provers.prove_file(archive, members_to=members / archive.parent.parent.name)

    cores = os.cpu_count() or 1
    with Provers(cores) as provers, ThreadPoolExecutor(cores) as pool:
        list(pool.map(provers.prove_file, archives[:1] * cores * 2))
        started = time.monotonic()
        list(pool.map(prove, archives))
        return time.monotonic() - started


def _table(plan: Plan, found: Findings) -> list[str]:
    count, ours = plan.conductors, found.ours
    plain = found.plain_seconds
    bound = max(found.alone.seconds, found.bytes_seconds)
    in_a_row = plan.device_seconds + found.bytes_seconds + found.proof_seconds
    sampled = found.plain_hosts < count
    done = (
        f"EXTRAPOLATED from {found.plain_hosts}: requests, one conductor at a time"
        if sampled
        else "requests, one conductor at a time, same receiver"
    )
    total = count * plan.archive_mb
    lines = (
        ("one after the other", f"{plain:.1f} s", done),
        ("this program", f"{ours.seconds:.1f} s", "runbook.py from start to exit, every host PASS"),
        ("times faster", f"{plain / ours.seconds:.1f}", "the first line by the second"),
        (
            "one conductor alone",
            f"{found.alone.seconds:.1f} s",
            "runbook.py --host: no fleet is faster than one of it",
        ),
        (
            "all bytes alone",
            f"{found.bytes_seconds:.1f} s",
            f"{2 * count} pushes, {total:.0f} MB into the receiver, nothing else",
        ),
        (
            "all proofs alone",
            f"{found.proof_seconds:.1f} s",
            "the stored archives once more, on all cores, nothing else",
        ),
        ("lower bound", f"{bound:.1f} s", "the longer of one conductor and all bytes"),
        ("program / bound", f"{ours.seconds / bound:.2f}", "1.00 would be perfect"),
        (
            "work in a row",
            f"{in_a_row:.1f} s",
            "device work, then all bytes, then all proofs: no call, no start of a program",
        ),
        ("program / row", f"{ours.seconds / in_a_row:.2f}", "what all the rest costs"),
        ("CPU of the program", f"{ours.cpu_seconds:.1f} s", "user and system, all threads"),
        ("CPU of the emulator", f"{found.emulator_cpu:.1f} s", "while the program ran"),
        ("memory of the program", f"{ours.peak_mb:.0f} MB", "peak resident set (ru_maxrss)"),
    )
    return [
        f"{count} conductors, {plan.device_seconds:g} s of device work and "
        f"{plan.archive_mb:g} MB each, {plan.workers} workers, {os.cpu_count()} cores, "
        f"{plan.scp} SCP",
        "",
        *(f"{name:<22} {value:>9}   {meaning}" for name, value, meaning in lines),
    ]


if __name__ == "__main__":
    main()
