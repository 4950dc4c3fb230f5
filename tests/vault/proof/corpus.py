"""The corpus of damaged, hostile and odd archives, and what other readers say of each.

`python -m tests.vault.proof.corpus` prints the table that docs/proof.md shows.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.vault.proof.damaged import damaged
from tests.vault.proof.hostile import hostile
from tests.vault.proof.legal import legal
from vault.proof import ArchiveRejected, prove_archive

_READS = 1024  # of 1 MiB


@dataclass(frozen=True, slots=True)
class Case:
    """One archive; `reason` is the slug it must be refused with, "" when it must pass."""

    kind: str
    name: str
    data: bytes
    reason: str


@cache
def cases() -> tuple[Case, ...]:
    """Return the whole corpus."""
    return tuple(
        Case(kind, *row)
        for kind, rows in (("damaged", damaged()), ("hostile", hostile()), ("legal", legal()))
        for row in rows
    )


def our_verdict(data: bytes) -> str:
    """Return "accepts" or the slug of the refusal."""
    try:
        prove_archive(io.BytesIO(data))
    except ArchiveRejected as error:
        return error.reason
    return "accepts"


def tarfile_verdict(data: bytes) -> str:
    """Say whether Python's tarfile (stream mode, every member read) takes the archive."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r|gz") as archive:
            for member in archive:
                contents = archive.extractfile(member) if member.isreg() else None
                for _ in range(_READS):
                    if not contents or not contents.read(1 << 20):
                        break
                else:
                    return "reads on for GiBs"
    except Exception:  # noqa: BLE001 - whatever it raises is a refusal
        return "rejects"
    return "accepts"


def tools_verdict(path: Path) -> str:
    """Say whether `gzip -t` and `tar -tz` both end with 0."""
    commands = (["gzip", "-t"], ["tar", "-tzf", "-"])
    for command in commands:
        with path.open("rb") as file:
            if subprocess.run(command, stdin=file, capture_output=True, check=False).returncode:
                return "rejects"
    return "accepts"


def table() -> Iterator[str]:
    """Yield the lines of a Markdown table with every verdict on every case."""
    yield "| kind | archive | this project | `tarfile` r\\|gz | `gzip -t && tar -t` |"
    yield "| --- | --- | --- | --- | --- |"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "archive.tar.gz")
        for case in cases():
            path.write_bytes(case.data)
            ours, python, tools = (
                our_verdict(case.data),
                tarfile_verdict(case.data),
                tools_verdict(path),
            )
            yield f"| {case.kind} | {case.name} | {ours} | {python} | {tools} |"


if __name__ == "__main__":
    sys.stdout.writelines(line + "\n" for line in table())
