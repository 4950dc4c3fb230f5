"""A fleet, OpenSSH's sshd that it pushes to, and the project that backs it up through that."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator import ConductorSpec
from fleet import build_nornir
from outcome import HostOutcome
from tasks import backup_conductor, open_run
from tests.support.fleets import PASSWORD, USERNAME, FleetProject, fleet_project
from tests.support.sshd import Account, Sshd, drop_account, missing, no_passwords, running_sshd
from vault.store import VaultReader


@dataclass(frozen=True, slots=True)
class Site:
    """A fleet, the sshd that it pushes to, and the project that backs it up."""

    project: FleetProject
    sshd: Sshd
    account: Account

    def back_up(self, **server: Any) -> Mapping[str, HostOutcome]:
        """Run a backup of every conductor through the server."""
        self.configure(**server)
        nr = build_nornir(self.project.project.config)
        with open_run(nr) as run:
            results = nr.run(task=backup_conductor, run=run)
        return {name: result[0].result for name, result in results.items()}

    def configure(self, **server: Any) -> None:
        """Write the settings of the project."""
        push = {"address": "127.0.0.1", "username": self.account.name}
        self.project.project.settings(
            receiver={"mode": "server"},
            vault={"min_free_mb": 1},
            server=push | {"appears_within_seconds": 1} | server,
        )

    @property
    def landing(self) -> dict[str, str]:
        return {"landing_folder": str(self.account.home)}

    @property
    def read_back(self) -> dict[str, Any]:
        account = {
            "username": self.sshd.username,
            "port": self.sshd.port,
            "private_key": str(self.sshd.private_key),
            "host_key_fingerprint": self.sshd.fingerprint,
            "folder": str(self.account.home),
        }
        return {"read_back": account}

    @property
    def landed(self) -> list[str]:
        return sorted(path.name for path in self.account.home.iterdir())

    def content(self, name: str, kind: str) -> bytes:
        """Return a file of a conductor's newest proven generation."""
        found = VaultReader(self.project.project.vault).latest(name)
        assert found is not None
        path = found.file(kind)
        assert path is not None
        return path.read_bytes()


@contextmanager
def server_site(
    folder: Path, specs: Sequence[ConductorSpec], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Run it all below `folder`; skip the test where no sshd or no account can be had."""
    if reason := missing() or no_passwords():
        pytest.skip(reason)
    keys = folder / "sshd"
    keys.mkdir()
    open_to_all = Path(tempfile.mkdtemp(prefix="drop-"))
    open_to_all.chmod(0o755)
    try:
        with (
            drop_account(open_to_all / "home") as account,
            fleet_project(folder, specs) as project,
            running_sshd(keys, port=project.port) as sshd,
        ):
            monkeypatch.setenv("AOS8_USERNAME", USERNAME)
            monkeypatch.setenv("AOS8_PASSWORD", PASSWORD)
            monkeypatch.setenv("AOS8_SCP_PASSWORD", account.password)
            yield Site(project, sshd, account)
    finally:
        shutil.rmtree(open_to_all)
