"""A project whose vault holds real, proven generations, for the verbs."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tasks.stanzas import stanza_kinds
from tests.support.archives import file, gz, tar
from tests.support.fleets import call_main
from tests.support.projects import Project
from vault.proof import ConfigLimits, prove_archive, prove_running_config
from vault.store import JSON, Generation, StagedFile, Vault, run_id_at

HOST = "mm-hq-1"
NOW = datetime.now(UTC)
MEMBERS = {"config/one": "1\n", "db/two": "2\n"}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a verb ended."""

    code: int
    out: str
    err: str
    json: dict[str, Any]

    def __post_init__(self) -> None:
        told = self.json.get("exit_code", self.code)
        assert told == self.code, f"the answer says {told}, the program ended with {self.code}"


class VerbProject:
    """A project folder, its vault, and the command line."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder)
        self.vault = Vault(self.project.vault)

    def run(self, *words: str) -> Answer:
        """Run a verb without any secret in the environment."""
        target = self.project.folder / "answer.json"
        target.unlink(missing_ok=True)
        options = ["--config", str(self.project.config), "--json", str(target)]
        code, out, err = call_main([*words, *options], {"PATH": "/usr/bin:/bin", "USER": "tester"})
        return Answer(code, out, err, json.loads(target.read_text()) if target.exists() else {})

    def publish(
        self,
        age: timedelta = timedelta(0),
        *,
        host: str = HOST,
        members: Mapping[str, str] = MEMBERS,
        config: str = "",
        serial: str = "S1",
    ) -> Generation:
        """Publish a proven generation that was made so long ago."""
        self.vault.prepare()
        run_id = run_id_at(NOW - age)
        staging = self.vault.staging(run_id, host)
        files = [_config(staging, config or config_of(host)), *_archive(staging, members)]
        facts: dict[str, JSON] = {"hostname": host, "serial": serial, "version": "8.10.0.7"}
        generation = self.vault.publish(host, run_id, files, facts, {"flash": {}})
        self.vault.drop_staging(run_id, host)
        return generation

    def weekly(self, count: int, *, host: str = HOST) -> list[Generation]:
        """Publish one generation a week, the newest first."""
        return [self.publish(timedelta(weeks=n), host=host) for n in range(count)]

    def snapshot(self) -> dict[str, bytes | None]:
        """Return every path below the vault with what is in it."""
        root = self.project.vault
        return {
            str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
            for path in sorted(root.rglob("*"))
        }


def config_of(host: str, *lines: str) -> str:
    """Return a running configuration with these lines in its middle."""
    body = lines or tuple(f"vlan {number}" for number in range(2, 30))
    return "\n".join(["version 8.10", f'hostname "{host}"', *body, "end", ""])


def _config(staging: Path, text: str) -> StagedFile:
    path = staging / "bk-running.cfg"
    path.write_text(text)
    proof = prove_running_config(path, limits=ConfigLimits(min_lines=1))
    details = asdict(proof) | {"stanzas": stanza_kinds(text)}
    return StagedFile("running-config", path, proof.size, proof.sha256, details)


def _archive(staging: Path, members: Mapping[str, str]) -> list[StagedFile]:
    path, listing = staging / "bk-flash.tar.gz", staging / "bk-members"
    path.write_bytes(gz(tar(*(file(n.encode(), d.encode()) for n, d in members.items()))))
    told = io.BytesIO()
    proof = prove_archive(path, members_to=told)
    listing.write_bytes(told.getvalue())
    digest = hashlib.sha256(told.getvalue()).hexdigest()
    return [
        StagedFile("flash", path, proof.size, proof.sha256, asdict(proof)),
        StagedFile("members", listing, len(told.getvalue()), digest),
    ]
