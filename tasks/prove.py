"""Task `prove`: open a received file to its last byte."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nornir.core.task import Result, Task

from settings import HostPolicy, policy_of
from settings.policy import ArtefactKind
from tasks.errors import TaskError
from tasks.names import VAULT_NAMES
from tasks.run import Run
from tasks.stanzas import stanza_kinds
from tasks.step import step
from tasks.transfer import Received
from vault.proof import (
    ConfigLimits,
    Limits,
    ProofError,
    SourceChanged,
    prove_archive,
    prove_file,
    prove_running_config,
)

MEMBERS_SUFFIX = ".members.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Proven:
    """A file that holds what it should; `details` is what its manifest says of the proof."""

    kind: ArtefactKind
    received: Received
    details: dict[str, Any]
    members: Path | None = None


class NotProven(TaskError):
    """A received file does not hold what it should; its code is the prover's."""

    def __init__(self, file_name: str, error: ProofError) -> None:
        super().__init__(f"{file_name}: {error}")
        self.code = error.code


@step
def prove(
    task: Task, *, kind: ArtefactKind, received: Received, hostname: str, run: Run | None = None
) -> Result:
    """Prove one received file: an archive by a strict walk, a configuration by its content.

    `hostname` is what the conductor calls itself; a running configuration must name it. Archives
    are proven by the processes of `run`, without one in this process.
    """
    policy = policy_of(task.host)
    try:
        if kind is ArtefactKind.RUNNING_CONFIG:
            proven = _proven_config(policy, received, hostname)
        else:
            proven = _proven_archive(policy, kind, received, run)
    except ProofError as error:
        raise NotProven(VAULT_NAMES[kind], error) from error
    return Result(task.host, result=proven)


def _proven_config(policy: HostPolicy, received: Received, hostname: str) -> Proven:
    proof = prove_running_config(
        received.path,
        hostname=hostname or None,
        require_end=policy.config_needs_end,
        limits=ConfigLimits(min_lines=policy.min_config_lines),
    )
    _demand_same(received, proof.sha256)
    stanzas = stanza_kinds(received.path.read_text(encoding="utf-8", errors="replace"))
    details = asdict(proof) | {"stanzas": stanzas}
    return Proven(ArtefactKind.RUNNING_CONFIG, received, details)


def _proven_archive(
    policy: HostPolicy, kind: ArtefactKind, received: Received, run: Run | None
) -> Proven:
    limits = Limits(allow_links_out=policy.allow_links_out)
    members = received.path.with_name(received.path.name + MEMBERS_SUFFIX)
    if received.remaining:
        with members.open("xb") as stream:
            chunks = received.remaining.chunks()
            archive = prove_archive(chunks, limits=limits, members_to=stream)
    else:
        prove_one = run.provers.prove_file if run else prove_file
        archive = prove_one(received.path, limits=limits, members_to=members)
    _demand_same(received, archive.sha256)
    read = replace(received, sha256=archive.sha256)
    return Proven(kind, read, asdict(archive), members)


def _demand_same(received: Received, sha256: str) -> None:
    """Raise SourceChanged when the proof read other bytes than the receiver wrote."""
    if received.sha256 not in ("", sha256):
        raise SourceChanged(
            f"its SHA-256 is {sha256}, but {received.sha256} was received: the vault's file system "
            f"gives back other bytes than were written; check the disk"
        )
