"""A run that compares with what the vault remembers: identity, role, sizes, retention."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator import Conductor, ConductorSpec, ContentSpec, Fault
from tests.support.fleets import Ended, FleetProject, fleet_project
from tests.support.vaults import publish_like
from vault.store import Vault, run_id_at

HOST = "mm-1"
SPEC = ConductorSpec(HOST, content=ContentSpec(archive_bytes=60_000, lines=120))
NOW = datetime.now(UTC)


@contextmanager
def conductor(folder: Path, **data: Any) -> Iterator[FleetProject]:
    with fleet_project(folder, [SPEC], data={HOST: data}) as project:
        yield project


def weeks_ago(number: int) -> str:
    return run_id_at(NOW - timedelta(weeks=number))


def with_history(project: FleetProject, *sizes: int, **details: Any) -> Vault:
    """Fill the vault with one proven generation a week, the newest first, and return it."""
    vault = Vault(project.project.vault)
    vault.prepare()
    for number, size in enumerate(sizes, start=1):
        publish_like(vault, HOST, weeks_ago(number), flash_size=size, **details)
    return vault


def device(project: FleetProject) -> Conductor:
    return project.fleet.conductor(HOST)


def swap(project: FleetProject, **identity: str) -> None:
    """Put another box at the conductor's address."""
    box = device(project)
    box.identity = replace(box.identity, **identity)


def reason(ended: Ended, code: str) -> str:
    found: str = next(r["text"] for r in ended.row(HOST)["reasons"] if r["code"] == code)
    return found


def test_first_backup_remembers_who_answered(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        assert project.runbook().code == 0
        identity = Vault(project.project.vault).read_identity(HOST)
        known = device(project).identity
    assert identity is not None
    assert dict(identity.accepted) == {
        "hostname": known.hostname,
        "serial": known.serial,
        "mac": known.mac,
    }


def test_another_box_is_refused_before_anything_is_written_to_it(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        vault = with_history(project, 60_000)
        vault.accept_identity(HOST, {"serial": "OLD-BOX"}, "test", "test")
        ended = project.runbook()
        steps = {request["path"] for request in project.requests()}
        latest = vault.latest(HOST)
        project.nothing_is_left()
    assert ended.code == 1
    assert ended.codes(HOST) == ["identity-changed"]
    assert "instead of OLD-BOX" in reason(ended, "identity-changed")
    assert not any("backup" in step or "copy" in step for step in steps)
    assert latest is not None
    assert latest.run_id == weeks_ago(1)


def test_accept_lets_a_replaced_box_be_backed_up(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        vault = with_history(project, 900_000)
        vault.accept_identity(HOST, {"serial": "OLD-BOX", "hostname": HOST}, "test", "test")
        assert project.runbook().code == 1
        accepted = project.runbook("accept", HOST, "--reason", "replaced after a fault")
        ended = project.runbook()
        identity = vault.read_identity(HOST)
        serial = device(project).identity.serial
    assert accepted.code == 0
    assert f"serial    {serial} (was OLD-BOX)" in accepted.out
    assert identity is not None
    assert identity.reason == "replaced after a fault"
    assert ended.verdicts == {HOST: "PASS"}, "sizes of the old box must not count any more"


def test_accept_before_any_answer_is_refused(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        with_history(project, 60_000)
        ended = project.runbook("accept", HOST, "--reason", "x")
    assert ended.code == 2
    assert "has answered in no run yet" in ended.err


def test_renamed_box_is_backed_up_with_a_warning(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        vault = with_history(project, 60_000)
        serial = device(project).identity.serial
        vault.accept_identity(HOST, {"serial": serial, "hostname": "old-name"}, "test", "test")
        ended = project.runbook()
    assert ended.code == 0
    assert ended.codes(HOST) == ["identity-changed"]
    assert 'it was "old-name"' in reason(ended, "identity-changed")


def test_broken_identity_is_no_free_pass(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        vault = with_history(project, 60_000)
        vault.layout.identity(HOST).write_text("{}")
        ended = project.runbook()
    assert ended.code == 1
    assert ended.codes(HOST) == ["vault-failed"]


def test_other_box_after_the_transfers_is_quarantined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with conductor(tmp_path) as project:
        _after_archive(device(project), monkeypatch, lambda: swap(project, serial="OTHER"))
        ended = project.runbook()
        vault = Vault(project.project.vault)
        assert vault.latest(HOST) is None
        assert len(vault.quarantined()) == 1
        project.nothing_is_left()
    assert ended.code == 1
    assert ended.codes(HOST)[0] == "wrong-conductor"


def test_role_that_changed_meanwhile_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with conductor(tmp_path) as project:
        box = device(project)
        box.knobs = replace(box.knobs, standby_writes="accepted")
        _after_archive(box, monkeypatch, lambda: setattr(box, "role", "standby"))
        ended = project.runbook()
    assert ended.verdicts == {HOST: "WARN"}
    assert "role-changed" in ended.codes(HOST)


def test_box_that_says_no_more_who_it_is_after_the_transfers_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with conductor(tmp_path) as project:
        box = device(project)
        silence = [Fault("show", "http", http=503), Fault("get", "http", http=503)]
        _after_archive(box, monkeypatch, lambda: box.faults.replace(silence))
        ended = project.runbook()
    assert ended.verdicts == {HOST: "WARN"}
    assert "wrong-conductor" in ended.codes(HOST)


def test_box_that_answers_no_more_after_the_transfers_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with conductor(tmp_path) as project:
        box = device(project)
        _after_archive(box, monkeypatch, lambda: box.inject(Fault("show", "reset")))
        ended = project.runbook()
        assert len(project.generations(HOST)) == 1
    assert ended.verdicts == {HOST: "WARN"}
    assert "not asked again after the transfers who it is" in str(ended.row(HOST)["reasons"])


def test_shrunk_archive_is_quarantined_and_the_one_before_stays_latest(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        vault = with_history(project, 900_000, 910_000, 890_000)
        ended = project.runbook()
        latest = vault.latest(HOST)
        quarantined = vault.quarantined()
        reason_file = json.loads((quarantined[0].path / "reason.json").read_text())
    assert ended.code == 1
    assert "94 % smaller than usual (900.0 kB, the median of the last 3)" in reason(
        ended, "size-changed"
    )
    assert latest is not None
    assert latest.run_id == weeks_ago(1)
    assert reason_file["code"] == "size-changed"


def test_grown_archive_is_published_with_a_warning(tmp_path: Path) -> None:
    with conductor(tmp_path) as project:
        with_history(project, 10_000)
        ended = project.runbook()
        assert len(project.generations(HOST)) == 2
    assert ended.verdicts == {HOST: "WARN"}
    assert "larger than last time (10.0 kB)" in reason(ended, "size-changed")


def test_lost_kind_of_stanza_is_a_warning_with_its_name(tmp_path: Path) -> None:
    stanzas = {"wlan ssid-profile": 3, "wlan anyspot-profile": 1}
    with conductor(tmp_path) as project:
        with_history(project, 60_000, config_details={"lines": 120, "stanzas": stanzas})
        ended = project.runbook()
    assert ended.verdicts == {HOST: "WARN"}
    assert reason(ended, "stanzas-missing").endswith("stanzas: wlan anyspot-profile")


def test_run_prunes_what_it_backed_up_and_says_so(tmp_path: Path) -> None:
    rules = {"keep_last": 2, "keep_weekly": 0, "keep_monthly": 0, "keep_yearly": 0}
    with conductor(tmp_path, **rules) as project:
        vault = with_history(project, *[60_000] * 5)
        ended = project.runbook()
        kept = project.generations(HOST)
        ledger = vault.read_ledger(vault.ledgers()[0])
    assert ended.code == 0
    assert kept == [weeks_ago(1), ended.report["run"]["id"]]
    assert ledger["removed"] == {HOST: [weeks_ago(5), weeks_ago(4), weeks_ago(3), weeks_ago(2)]}
    assert any("retention removed 4 generations" in line for line in ended.report["notices"])


def test_failed_conductor_keeps_everything(tmp_path: Path) -> None:
    with conductor(tmp_path, keep_last=2) as project:
        with_history(project, *[60_000] * 20)
        device(project).inject(Fault("flash_backup", "truncated"))
        ended = project.runbook()
        assert len(project.generations(HOST)) == 20
    assert ended.code == 1


def test_implausible_clock_removes_nothing_and_says_so(tmp_path: Path) -> None:
    with conductor(tmp_path, keep_last=2) as project:
        vault = with_history(project, *[60_000] * 4)
        publish_like(vault, HOST, run_id_at(NOW + timedelta(days=30)), flash_size=60_000)
        ended = project.runbook()
        assert len(project.generations(HOST)) == 6
    assert any("retention removed nothing of mm-1" in line for line in ended.report["notices"])


def _after_archive(box: Conductor, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Let `act` happen when the conductor packs its archive, before it is pushed."""
    real = box.archive

    def archive(*arguments: Any, **options: Any) -> Any:
        act()
        return real(*arguments, **options)

    monkeypatch.setattr(box, "archive", archive)
