"""The verb `verify`."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.proving import UnreadableError, prove_generation
from tests.support.archives import flip, good
from tests.support.generations import HOST, VerbProject, config_of
from tests.support.processes import children_of
from vault.lock import VaultLock
from vault.provers import Provers
from vault.store import Generation


def damage(generation: Generation, name: str = "flash.tar.gz") -> None:
    path = generation.path / name
    path.write_bytes(flip(path.read_bytes(), -100))


def test_verify_good_generation_is_remembered_as_proven_now(verbs: VerbProject) -> None:
    made = verbs.publish(timedelta(weeks=3))
    answer = verbs.run("verify")
    found = verbs.vault.generation(HOST, made.run_id)
    assert answer.code == 0
    assert "1 of 1 generation proven again" in answer.out
    assert found.check is not None
    assert found.check.ok


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("flash.tar.gz", "archive-damaged"),
        ("running-config.cfg", "wrong-content"),
        ("members.jsonl.gz", "vault-failed"),
        ("SHA256SUMS", "vault-failed"),
    ],
)
def test_verify_finds_one_changed_bit_in_any_file(verbs: VerbProject, name: str, code: str) -> None:
    newest, before = verbs.weekly(2)
    damage(newest, name)
    answer = verbs.run("verify", "--latest")
    assert answer.code == 1
    (found,) = answer.json["checked"]
    assert not found["ok"]
    assert found["code"] == code
    assert name in found["text"]
    assert found["next_best"] == before.run_id
    assert Path(found["quarantined"]).is_dir()
    assert found["quarantined"] in answer.out.replace("\n         ", "")
    latest = verbs.vault.latest(HOST)
    assert latest is not None
    assert latest.run_id == before.run_id


def test_verify_several_are_proven_beside_each_other(verbs: VerbProject) -> None:
    damaged, *_ = verbs.weekly(3)
    damage(damaged)
    answer = verbs.run("verify", "--all")
    rotten = [found["run"] for found in answer.json["checked"] if not found["ok"]]
    assert rotten == [damaged.run_id]
    assert len(answer.json["checked"]) == 3
    assert children_of(os.getpid(), "vault.provers") == []


def test_prove_generation_whose_prover_ended_is_unread_not_rotten(verbs: VerbProject) -> None:
    made = verbs.publish()
    with Provers(1) as provers:
        assert prove_generation(made, provers=provers) == prove_generation(made)
    with pytest.raises(UnreadableError, match=r"flash\.tar\.gz: the proving processes were ended"):
        prove_generation(made, provers=provers)


def test_verify_finds_a_changed_manifest(verbs: VerbProject) -> None:
    made = verbs.publish()
    manifest = made.path / "manifest.json"
    manifest.write_text(manifest.read_text().replace("8.10.0.7", "8.10.0.8"))
    answer = verbs.run("verify")
    assert answer.code == 1
    assert "disagree about manifest.json" in answer.json["checked"][0]["text"]


def test_verify_broken_manifest_names_where_it_is_now(verbs: VerbProject) -> None:
    made = verbs.publish()
    (made.path / "manifest.json").write_text("{}")
    answer = verbs.run("verify")
    (found,) = answer.json["checked"]
    assert found["text"].startswith("manifest.json: broken manifest")
    assert str(made.path) not in answer.out
    assert found["quarantined"] in answer.out.replace("\n         ", "")


def test_verify_running_config_cut_short_is_no_damaged_archive(verbs: VerbProject) -> None:
    path = verbs.publish().path / "running-config.cfg"
    path.write_bytes(path.read_bytes()[:-9])
    (found,) = verbs.run("verify").json["checked"]
    assert found["code"] == "config-incomplete"
    assert found["text"].startswith("running-config.cfg: ")


def test_verify_finds_a_missing_file(verbs: VerbProject) -> None:
    (verbs.publish().path / "flash.tar.gz").unlink()
    answer = verbs.run("verify")
    assert answer.code == 1
    assert "flash.tar.gz is missing" in answer.json["checked"][0]["text"]
    assert "back this conductor up now" in answer.out


def test_verify_link_in_place_of_a_file_is_rot(verbs: VerbProject, tmp_path: Path) -> None:
    path = verbs.publish().path / "flash.tar.gz"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    answer = verbs.run("verify")
    assert answer.code == 1
    assert "no plain file" in answer.json["checked"][0]["text"]


def test_verify_held_rotten_one_stays_in_its_place_marked(verbs: VerbProject) -> None:
    made = verbs.publish()
    verbs.vault.hold(HOST, made.run_id, "upgrade", "me")
    damage(made)
    answer = verbs.run("verify")
    assert answer.code == 1
    assert made.path.is_dir()
    assert not verbs.vault.generation(HOST, made.run_id).proven


def test_verify_takes_the_one_not_proven_for_the_longest(verbs: VerbProject) -> None:
    newest, middle, oldest = verbs.weekly(3)
    long_ago = datetime(2026, 1, 2, tzinfo=UTC)
    for made, days in ((newest, 2), (middle, 0), (oldest, 1)):
        verbs.vault.note_proven(HOST, made.run_id, long_ago + timedelta(days=days), ok=True)
    found = [verbs.run("verify").json["checked"][0]["run"] for _ in range(3)]
    assert found == [middle.run_id, oldest.run_id, newest.run_id]


def test_verify_all_takes_every_generation(verbs: VerbProject) -> None:
    verbs.weekly(4)
    assert len(verbs.run("verify", "--all").json["checked"]) == 4


def test_verify_latest_does_not_pass_over_a_newer_one_that_cannot_be_read(
    verbs: VerbProject,
) -> None:
    broken, proven, _ = verbs.weekly(3)
    (broken.path / "manifest.json").unlink()
    answer = verbs.run("verify", "--latest")
    assert answer.code == 1
    assert [(one["run"], one["ok"]) for one in answer.json["checked"]] == [
        (broken.run_id, False),
        (proven.run_id, True),
    ]
    assert "ROTTEN" in answer.out
    assert "1 of 2 generations proven again" in answer.out
    assert verbs.run("verify", "--latest").code == 0, "in quarantine it is out of the way"


def test_verify_latest_without_any_proven_one_says_what_is_broken(verbs: VerbProject) -> None:
    (verbs.publish().path / "manifest.json").unlink()
    assert verbs.run("verify", "--latest").code == 1


def test_verify_while_a_run_holds_the_vault_proves_and_says_it_is_not_noted(
    verbs: VerbProject,
) -> None:
    newest, _ = verbs.weekly(2)
    damage(newest)
    with VaultLock(verbs.project.vault, "runbook.py"):
        answer = verbs.run("verify", "--all")
    assert answer.code == 1
    said = " ".join(answer.out.split())
    assert "proven, but the result could not be noted: " in said
    assert "not noted, so it is still in use: " in said
    assert newest.path.is_dir(), "nobody moves a generation without the lock"


def test_verify_after_its_time_begins_with_no_other(
    verbs: VerbProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    verbs.weekly(6)
    ticks = iter(range(0, 1_000_000, 61))
    monkeypatch.setattr("commands.verify.time.monotonic", lambda: float(next(ticks)))
    answer = verbs.run("verify", "--all", "--max-minutes", "1")
    assert answer.code == 0
    assert answer.json["not_begun"] == 6
    assert "6 not looked at" in answer.out


def test_verify_file_needs_neither_settings_nor_vault(verbs: VerbProject, tmp_path: Path) -> None:
    archive = tmp_path / "some.tar.gz"
    archive.write_bytes(good())
    verbs.project.config.write_text("{broken")
    answer = verbs.run("verify", "--file", str(archive))
    assert answer.code == 0
    assert answer.out.startswith("GOOD")
    assert answer.json["kind"] == "archive"
    assert answer.json["members"] > 0


def test_verify_file_running_config(verbs: VerbProject, tmp_path: Path) -> None:
    path = tmp_path / "running.cfg"
    path.write_text(config_of("mm-x"))
    answer = verbs.run("verify", "--file", str(path))
    assert (answer.code, answer.json["hostname"]) == (0, "mm-x")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (good()[:-9], "archive-damaged: truncated"),
        (flip(good(), -60), "archive-damaged: checksum"),
        (b"<html>login</html>", "nor a running configuration: looks like HTML"),
        (b"version 8.10\nvlan 2\n", "config-incomplete: no line"),
        (b'hostname "mm"\nvlan 2\n', "config-incomplete: no line"),
        (
            b"# Read me\nJust words.\n",
            "wrong-content: neither an archive nor a running configuration: looks like plain text",
        ),
        (b"", "empty file"),
    ],
)
def test_verify_file_bad_one_ends_with_1_and_the_reason(
    verbs: VerbProject, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    answer = verbs.run("verify", "--file", str(path))
    assert answer.code == 1
    assert said in answer.out


def test_verify_file_that_is_not_there_ends_with_2(verbs: VerbProject, tmp_path: Path) -> None:
    assert verbs.run("verify", "--file", str(tmp_path / "none")).code == 2
