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
from tasks.stanzas import stanza_kinds
from tasks.step import step
from tasks.transfer import Received
from vault.proof import ConfigLimits, Limits, ProofError, prove_archive, prove_running_config

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
def prove(task: Task, *, kind: ArtefactKind, received: Received, hostname: str) -> Result:
    """Prove one received file: an archive by a strict walk, a configuration by its content.

    `hostname` is what the conductor calls itself; a running configuration must name it.
    """
    try:
        proven = _proven(policy_of(task.host), kind, received, hostname)
    except ProofError as error:
        raise NotProven(VAULT_NAMES[kind], error) from error
    return Result(task.host, result=proven)


def _proven(policy: HostPolicy, kind: ArtefactKind, received: Received, hostname: str) -> Proven:
    if kind is ArtefactKind.RUNNING_CONFIG:
        proof = prove_running_config(
            received.path,
            hostname=hostname or None,
            require_end=policy.config_needs_end,
            limits=ConfigLimits(min_lines=policy.min_config_lines),
        )
        stanzas = stanza_kinds(received.path.read_text(encoding="utf-8", errors="replace"))
        return Proven(kind, received, asdict(proof) | {"stanzas": stanzas})
    limits = Limits(allow_links_out=policy.allow_links_out)
    members = received.path.with_name(received.path.name + MEMBERS_SUFFIX)
    source = received.remaining.chunks() if received.remaining else received.path
    with members.open("xb") as stream:
        archive = prove_archive(source, limits=limits, members_to=stream)
    read = replace(received, sha256=archive.sha256)
    return Proven(kind, read, asdict(archive), members)
