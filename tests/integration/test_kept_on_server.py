"""Archives that stay on OpenSSH's sshd: proven there, verified there, removed there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator import ConductorSpec
from emulator.faults import Fault
from tests.support.archives import flip
from tests.support.server_sites import Site, server_site
from vault.store import Generation, Vault, VaultReader

SPECS = [ConductorSpec("mm-1"), ConductorSpec("mm-2")]
WAYS = ["landing", "read_back"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with server_site(tmp_path, SPECS, monkeypatch) as running:
        yield running


def kept(site: Site, way: str, **server: Any) -> dict[str, Any]:
    found: dict[str, Any] = getattr(site, way)
    return {"keep": "server"} | found | server


def reader(site: Site) -> VaultReader:
    return VaultReader(site.project.project.vault)


def newest(site: Site, host: str = "mm-1") -> Generation:
    found = reader(site).latest(host)
    assert found is not None
    return found


def on_server(site: Site, generation: Generation) -> Path:
    (location,) = generation.locations
    return site.account.home / location.name


def keep_one(site: Site) -> None:
    """Let retention keep one generation of each conductor."""
    path = site.project.project.defaults
    rules: dict[str, Any] = {"keep_last": 1, "keep_weekly": 0, "keep_monthly": 0, "keep_yearly": 0}
    rules |= {"keep_floor": 1, "keep_within": "0d"}
    path.write_text(path.read_text() + "".join(f"  {key}: {n}\n" for key, n in rules.items()))


def coreutils_agree(folder: Path, sums: str) -> bool:
    words = ["sha256sum", "--check", "--strict", sums]
    return subprocess.run(words, cwd=folder, check=False, capture_output=True).returncode == 0


@contextmanager
def watched(vault: Path) -> Iterator[set[str]]:
    """Gather the names of all files that show up below the vault meanwhile."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            seen.update(name for _, _, files in os.walk(vault) for name in files)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("way", WAYS)
def test_backup_archive_stays_on_the_server_and_is_never_copied(site: Site, way: str) -> None:
    with watched(site.project.project.vault) as seen:
        outcomes = site.back_up(**kept(site, way))
    assert {str(outcome.verdict) for outcome in outcomes.values()} == {"PASS"}
    assert any(name.endswith("-running.cfg") for name in seen), "the watcher sees what is staged"
    assert [name for name in seen if name.endswith(("flash.tar.gz", ".part"))] == [
        name for name in seen if name.endswith(".part") and "running" in name
    ]
    assert len(site.landed) == len(SPECS)
    for device in site.project.fleet:
        made = newest(site, device.spec.name)
        pushed = [transfer.content for transfer in device.pushed]
        content = on_server(site, made).read_bytes()
        assert content in pushed
        assert made.file("flash") is None
        assert made.size > len(content)
        artefact = next(a for a in outcomes[device.spec.name].artefacts if a.kind == "flash")
        entry = made.entry("flash")
        assert entry is not None
        assert (artefact.sha256, artefact.size) == (entry.sha256, len(content))
        assert coreutils_agree(made.path, "SHA256SUMS")
        assert coreutils_agree(site.account.home, str(made.path / "REMOTE-SHA256SUMS"))
    site.project.nothing_is_left()


def test_show_says_where_the_archive_lies_and_how_to_check_it(site: Site) -> None:
    site.back_up(**kept(site, "read_back"))
    (location,) = newest(site).locations
    flat = site.project.runbook("show", "mm-1").out.replace("\n", "")
    assert location.name in flat
    assert location.server.startswith("sftp://")
    assert f"cd {site.account.home} && sha256sum -c REMOTE-SHA256SUMS" in flat


@pytest.mark.parametrize("way", WAYS)
def test_verify_kept_archive_is_good_until_one_byte_is_flipped(site: Site, way: str) -> None:
    site.back_up(**kept(site, way))
    assert site.project.runbook("verify", "--all").code == 0
    made = newest(site)
    path = on_server(site, made)
    path.write_bytes(flip(path.read_bytes(), -100))
    ended = site.project.runbook("verify", "--all")
    assert ended.code == 1
    bad = [row for row in ended.report["checked"] if not row["ok"]]
    assert [(row["host"], row["code"]) for row in bad] == [("mm-1", "archive-damaged")]
    assert path.exists(), "what is rotten stays for a look"
    assert bad[0]["outside"] == [str(made.locations[0])]
    assert path.name in "".join(ended.out.split())
    reason = json.loads((Path(bad[0]["quarantined"]) / "reason.json").read_text())
    assert reason["remote"][0]["name"] == path.name
    assert reader(site).latest("mm-1") is None


def test_verify_kept_archive_that_is_missing_is_found(site: Site) -> None:
    site.back_up(**kept(site, "read_back"))
    on_server(site, newest(site)).unlink()
    ended = site.project.runbook("verify", "--all")
    assert ended.code == 1
    assert "missing" in ended.out
    assert reader(site).latest("mm-1") is None
    assert reader(site).latest("mm-2") is not None


def test_verify_all_archives_missing_is_taken_for_a_mount_that_is_gone(site: Site) -> None:
    site.back_up(**kept(site, "landing"))
    for path in site.account.home.iterdir():
        path.rename(site.account.home.parent / path.name)
    ended = site.project.runbook("verify", "--all")
    assert ended.code == 1
    assert "is it mounted?" in ended.out.replace("\n         ", " ")
    assert newest(site).proven


def test_verify_server_down_says_so_and_moves_nothing(site: Site) -> None:
    site.back_up(**kept(site, "read_back"))
    account = site.read_back["read_back"] | {"port": 1}
    site.configure(keep="server", read_back=account)
    ended = site.project.runbook("verify", "--all")
    assert ended.code == 1
    assert newest(site).proven


def test_diff_lists_members_of_kept_archives(site: Site) -> None:
    for _ in range(2):
        site.back_up(**kept(site, "landing"))
    ended = site.project.runbook("diff", "mm-1")
    assert ended.code == 0
    assert "flash archive" in ended.out


@pytest.mark.parametrize("way", WAYS)
def test_prune_removes_on_the_server_what_it_removes_here(site: Site, way: str) -> None:
    keep_one(site)
    for _ in range(2):
        site.back_up(**kept(site, way))
    assert len(site.landed) == 4
    ended = site.project.runbook("prune")
    assert ended.code == 0
    assert site.landed == sorted(on_server(site, newest(site, s.name)).name for s in SPECS)
    assert all(len(reader(site).generations(spec.name)) == 1 for spec in SPECS)
    assert site.project.runbook("verify", "--all").code == 0


def test_prune_where_the_server_refuses_keeps_the_generation_and_says_why(site: Site) -> None:
    keep_one(site)
    for _ in range(2):
        site.back_up(**kept(site, "landing"))
    site.configure(**kept(site, "landing", remove=False))
    ended = site.project.runbook("prune")
    assert "server.remove is false" in ended.out.replace("\n", " ")
    assert len(site.landed) == 4
    assert all(each.proven for each in reader(site).generations("mm-1"))
    assert len(reader(site).generations("mm-1")) == 2
    site.configure(landing_folder=str(site.project.project.folder))
    assert "another place" in site.project.runbook("prune").out.replace("\n", " ")
    assert len(reader(site).generations("mm-1")) == 2


def test_run_removes_by_retention_on_the_server_too(site: Site) -> None:
    keep_one(site)
    site.configure(**kept(site, "read_back"))
    environment = site.project.environment() | {"AOS8_SCP_PASSWORD": site.account.password}
    for _ in range(2):
        assert site.project.runbook(environment=environment).code == 0
    assert len(site.landed) == len(SPECS)


def test_backup_kept_archive_that_fails_its_proof_is_named_and_removed_in_time(site: Site) -> None:
    site.project.fleet.conductor("mm-1").faults.add(Fault("flash_backup", "truncated"))
    outcomes = site.back_up(**kept(site, "landing"))
    (failed,) = [name for name in site.landed if name.startswith("mm-1-")]
    assert outcomes["mm-1"].generation == ""
    assert outcomes["mm-1"].reasons[0].code == "archive-damaged"
    assert f"left on the server: {site.account.home / failed}" in outcomes["mm-1"].reasons[0].text
    site.project.runbook("prune")
    assert failed in site.landed, "it belongs to what is in quarantine"
    vault = Vault(site.project.project.vault)
    for entry in vault.quarantined():
        shutil.rmtree(entry.path)
    site.project.runbook("prune")
    assert [name for name in site.landed if name.startswith("mm-1-")] == []
    assert len(site.landed) == 1
