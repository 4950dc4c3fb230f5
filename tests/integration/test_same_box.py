"""Two names of the inventory that reach one box, and a box that has had another name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from emulator import Conductor, ConductorSpec, ContentSpec
from tests.support.fleets import Ended, FleetProject, fleet_project
from vault.store import Vault, VaultFailed

CONTENT = ContentSpec(archive_bytes=30_000, lines=80)
SAME = ("mm-a", "mm-b")
SERIAL, MAC = "MM0000007", "00:0b:86:00:00:07"
WRITING = ("flash_backup", "copy_running_flash", "copy_flash_scp")


@contextmanager
def one_box_two_names(folder: Path) -> Iterator[FleetProject]:
    """Run mm-a and mm-b, which are the same box, and mm-c."""
    same = [ConductorSpec(name, serial=SERIAL, mac=MAC, content=CONTENT) for name in SAME]
    with fleet_project(folder, [*same, ConductorSpec("mm-c", content=CONTENT)]) as project:
        yield project


def vault_of(project: FleetProject) -> Vault:
    return Vault(project.project.vault)


def asked_to_write(project: FleetProject, host: str) -> list[str]:
    mine = [r["path"] for r in project.requests() if r["conductor"] == host]
    return [path for path in mine if path.endswith(WRITING)]


def text(ended: Ended, host: str) -> str:
    return str(ended.row(host)["reasons"][0]["text"])


def both_failed(project: FleetProject, ended: Ended) -> None:
    """Assert that mm-a and mm-b failed as one box, and that no history began."""
    assert ended.code == 1
    assert ended.verdicts == {"mm-a": "FAIL", "mm-b": "FAIL", "mm-c": "PASS"}
    assert ended.codes("mm-a") == ended.codes("mm-b") == ["same-conductor"]
    assert "the same box as mm-b (serial MM0000007, mac 00:0b:86:00:00:07)" in text(ended, "mm-a")
    assert project.generations("mm-a") == project.generations("mm-b") == []
    vault = vault_of(project)
    assert [vault.read_identity(host) for host in SAME] == [None, None]
    assert vault.read_identity("mm-c") is not None
    project.nothing_is_left()


def meet(project: FleetProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let neither mm-a nor mm-b pack an archive before one of them was refused and logged out."""
    boxes = [project.fleet.conductor(name) for name in SAME]
    real = Conductor.archive

    def archive(box: Conductor, *arguments: object, **options: object) -> object:
        while box in boxes and not any(each.logouts for each in boxes):
            box.stop.wait(0.01)
        return real(box, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Conductor, "archive", archive)


def test_new_names_of_one_box_fail_both_though_one_was_published(tmp_path: Path) -> None:
    with one_box_two_names(tmp_path) as project:
        ended = project.runbook("--workers", "1")
        both_failed(project, ended)
        assert asked_to_write(project, "mm-b") == []
        (kept,) = vault_of(project).quarantined()
        assert (kept.host, (kept.path / "manifest.json").exists()) == ("mm-a", True)


def test_backup_that_cannot_be_taken_back_is_a_fail_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise VaultFailed("the disk says no")

    monkeypatch.setattr(Vault, "quarantine_generation", refuse)
    with one_box_two_names(tmp_path) as project:
        ended = project.runbook("--workers", "1")
    assert ended.verdicts == {"mm-a": "FAIL", "mm-b": "FAIL", "mm-c": "PASS"}
    assert text(ended, "mm-a").endswith("what was published stays in the vault: the disk says no")


def test_new_names_of_one_box_that_answer_together_publish_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with one_box_two_names(tmp_path) as project:
        meet(project, monkeypatch)
        ended = project.runbook("--workers", "3")
        both_failed(project, ended)
        kept = [entry.path / "manifest.json" for entry in vault_of(project).quarantined()]
        assert not any(path.exists() for path in kept)


def test_name_under_which_the_box_was_accepted_keeps_its_verdict(tmp_path: Path) -> None:
    with one_box_two_names(tmp_path) as project:
        assert project.runbook("--host", "mm-b").verdicts == {"mm-b": "PASS"}
        ended = project.runbook()
        assert ended.verdicts == {"mm-a": "FAIL", "mm-b": "PASS", "mm-c": "PASS"}
        assert ended.codes("mm-a") == ["same-conductor"]
        assert "the box that is backed up as mm-b" in text(ended, "mm-a")
        assert asked_to_write(project, "mm-a") == []
        alone = project.runbook("--host", "mm-a")
        assert alone.codes("mm-a") == ["same-conductor"], "not only when both are selected"


def test_accept_has_the_last_word_whose_the_box_is(tmp_path: Path) -> None:
    with one_box_two_names(tmp_path) as project:
        project.runbook("--host", "mm-a")
        vault = vault_of(project)
        known = vault.read_identity("mm-a")
        assert known is not None
        vault.restore_identity("mm-a", replace(known, at="2026-01-05T02:00:00Z"))
        project.runbook("--host", "mm-b")
        accepted = project.runbook("accept", "mm-b", "--reason", "it moved")
        assert "accepted as mm-a before" in accepted.out
        assert accepted.report["also_accepted_as"] == ["mm-a"]
        ended = project.runbook("--host", "mm-a,mm-b")
    assert ended.verdicts == {"mm-a": "FAIL", "mm-b": "PASS"}


def test_renamed_conductor_is_a_warning_once(tmp_path: Path) -> None:
    with one_box_two_names(tmp_path) as project:
        project.runbook("--host", "mm-b")
        inventory = project.project.hosts.read_text()
        project.project.hosts.write_text(inventory[: inventory.index("mm-b:")])
        first = project.runbook()
        second = project.runbook()
    assert first.verdicts == {"mm-a": "WARN"}
    assert first.codes("mm-a") == ["former-name"]
    assert "was backed up as mm-b" in text(first, "mm-a")
    assert second.verdicts == {"mm-a": "PASS"}


def test_box_that_calls_itself_by_another_name_is_a_warning(tmp_path: Path) -> None:
    specs = [ConductorSpec("fresh-box", hostname="MM-C.example.org", content=CONTENT)]
    specs.append(ConductorSpec("mm-c", content=CONTENT))
    with fleet_project(tmp_path, specs) as project:
        ended = project.runbook()
    assert ended.verdicts == {"fresh-box": "WARN", "mm-c": "PASS"}
    assert ended.codes("fresh-box") == ["wrong-conductor"]
    assert 'calls itself "MM-C.example.org"' in text(ended, "fresh-box")


@pytest.mark.parametrize("push", [(), ("--push",)])
@pytest.mark.parametrize("workers", ["1", "4"])
def test_check_finds_new_names_of_one_box(
    tmp_path: Path, push: tuple[str, ...], workers: str
) -> None:
    with one_box_two_names(tmp_path) as project:
        ended = project.runbook("check", *push, "--workers", workers)
        assert ended.code == 1
        found = {
            row["host"]: [(f["level"], f["code"]) for f in row["findings"] if f["level"] != "OK"]
            for row in ended.report["hosts"]
        }
        assert found == {
            "mm-a": [("FAIL", "same-conductor")],
            "mm-b": [("FAIL", "same-conductor")],
            "mm-c": [],
        }
        project.nothing_is_left()


def test_check_finds_a_box_that_is_backed_up_under_another_name(tmp_path: Path) -> None:
    with one_box_two_names(tmp_path) as project:
        project.runbook("--host", "mm-b")
        ended = project.runbook("check", "--host", "mm-a")
    assert ended.code == 1
    (bad,) = [f for f in ended.report["hosts"][0]["findings"] if f["level"] != "OK"]
    assert (bad["check"], bad["code"]) == ("identity", "same-conductor")
    assert "never the one that a pair shares" in bad["remedy"]
