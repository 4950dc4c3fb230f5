"""Measure the proof of an archive beside the tools that a team would use instead.

    python -m benchmarks.proof --sizes 50 500 2000

Makes archives of about so many MB in a temporary folder (half noise, half text; many small files
and a few large ones) and reads each in a child process of its own. Python's own start is not
counted; peak memory is VmHWM of the child.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isal import igzip, isal_zlib

from vault.proof import prove_archive

FILE_SIZES = (300, 2_000, 20_000, 400_000, 8_000_000)
FILE_WEIGHTS = (600, 300, 80, 15, 5)
OURS, ALONE, SEQUENCE = "this project", "isal decompress alone", "sha256sum + gzip -t + tar -t"


@dataclass(frozen=True, slots=True)
class Measure:
    """Wall and CPU seconds of one reader, and its peak memory in MB where it is known."""

    seconds: float
    cpu: float
    peak: float = 0.0


def make_archive(path: Path, size: int) -> int:
    """Write an archive of about `size` bytes and return the number of its files."""
    pick = random.Random(1)  # noqa: S311 - contents, not secrets
    words = [b"%x" % pick.getrandbits(40) for _ in range(4000)]
    text = b" ".join(pick.choice(words) for _ in range(1_000_000))
    count = 0
    with (
        path.open("wb") as file,
        igzip.open(file, "wb", compresslevel=1) as packed,  # type: ignore[no-untyped-call]
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        while file.tell() < size:
            length = pick.choices(FILE_SIZES, FILE_WEIGHTS)[0]
            start = pick.randrange(100_000)
            noise = pick.random() < 0.5
            data = pick.randbytes(length) if noise else text[start : start + length]
            member = tarfile.TarInfo(f"flash/folder{count % 50}/file{count}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
            count += 1
    return count


def read_ours(path: Path) -> None:
    """Prove the archive and write its manifest, as a run does."""
    with tempfile.TemporaryFile() as members:
        prove_archive(path, members_to=members)


def read_alone(path: Path) -> None:
    """Decompress and do nothing else."""
    unpack = isal_zlib.decompressobj(wbits=31)
    with path.open("rb", buffering=0) as file:
        left = b""
        while not unpack.eof:
            unpack.decompress(left or file.read(1 << 18), 1 << 18)
            left = unpack.unconsumed_tail


def read_tarfile(path: Path) -> None:
    """Read every member with Python's tarfile."""
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            contents = archive.extractfile(member)
            while contents and contents.read(1 << 20):
                pass


READERS: dict[str, Callable[[Path], None]] = {
    OURS: read_ours,
    ALONE: read_alone,
    "Python tarfile": read_tarfile,
}


def child(name: str, path: Path) -> None:
    """Run one Python reader and print its measure as JSON."""
    wall, cpu = time.monotonic(), time.process_time()
    READERS[name](path)
    seconds, used = time.monotonic() - wall, time.process_time() - cpu
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(json.dumps([seconds, used, int(peak.split()[1]) / 1000]))


def measure_python(name: str, path: Path) -> Measure:
    """Run a reader in a child process."""
    command = [sys.executable, "-m", "benchmarks.proof", "--child", name, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measure(*json.loads(done.stdout))


def measure_tool(*command: str) -> Measure:
    """Run a tool to its end."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {process.returncode}")
    return Measure(time.monotonic() - start, usage.ru_utime + usage.ru_stime)


def measure_all(path: Path) -> Iterator[tuple[str, Measure]]:
    """Yield every reader with its measure; the file is in the page cache."""
    name = str(path)
    measure_tool("sha256sum", name)
    yield OURS, measure_python(OURS, path)
    parts = [
        measure_tool("sha256sum", name),
        measure_tool("gzip", "-t", name),
        measure_tool("tar", "-tzf", name),
    ]
    yield SEQUENCE, Measure(sum(p.seconds for p in parts), sum(p.cpu for p in parts))
    if shutil.which("pigz"):
        yield "pigz -t", measure_tool("pigz", "-t", name)
    else:
        print("pigz is not installed: left out")
    yield ALONE, measure_python(ALONE, path)
    yield "Python tarfile", measure_python("Python tarfile", path)


def report(path: Path, files: int) -> None:
    """Print the table for one archive."""
    size = path.stat().st_size
    print(f"\n{size / 1e6:.0f} MB packed, {files} files", flush=True)
    print("| reader | s | CPU s | MB/s | CPU s per GB | times ours (CPU) | peak MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    ours = None
    for name, got in measure_all(path):
        ours = ours or got
        peak = f"{got.peak:.0f}" if got.peak else "-"
        times = f"{got.seconds / ours.seconds:.2f} ({got.cpu / ours.cpu:.2f})"
        print(
            f"| {name} | {got.seconds:.2f} | {got.cpu:.2f} | {size / got.seconds / 1e6:.0f} "
            f"| {got.cpu / size * 1e9:.2f} | {times} | {peak} |",
            flush=True,
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 500], help="MB, packed")
    parser.add_argument("--child", nargs=2, metavar=("READER", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], Path(options.child[1]))
        return
    for megabytes in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "flash.tar.gz")
            report(path, make_archive(path, megabytes * 1_000_000))


if __name__ == "__main__":
    main()
