"""Task `publish`: the proven files of one conductor become a generation of the vault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from nornir.core.task import Result, Task

from aos8 import Identity
from outcome import Verdict
from settings.policy import ArtefactKind
from tasks.prove import Proven
from tasks.run import Run
from tasks.step import step
from vault.store import Generation, RemoteFile, StagedFile

MEMBERS_KINDS = {ArtefactKind.FLASH: "members", ArtefactKind.CONFIG: "config-members"}


@step
def publish(
    task: Task,
    *,
    run: Run,
    proven: Sequence[Proven],
    identity: Identity,
    verdict: Verdict = Verdict.PASS,
) -> Result:
    """Publish `proven` as this run's generation of the conductor; the result is the generation."""
    generation: Generation = run.vault.publish(
        task.host.name,
        run.run_id,
        [file for item in proven for file in _files(item)],
        facts={key: value for key, value in asdict(identity).items() if value},
        proof={item.kind.value: item.details for item in proven},
        verdict=verdict,
    )
    return Result(task.host, result=generation, changed=True)


def _files(item: Proven) -> Iterator[StagedFile | RemoteFile]:
    received = item.received
    facts = (received.size, received.sha256, item.details)
    if received.remaining:
        yield RemoteFile(item.kind, received.remaining.location, *facts)
    else:
        yield StagedFile(item.kind, received.path, *facts)
    if item.members is not None:
        yield _members(MEMBERS_KINDS[item.kind], item.members)


def _members(kind: str, path: Path) -> StagedFile:
    content = path.read_bytes()
    return StagedFile(kind, path, len(content), hashlib.sha256(content).hexdigest())
