"""The verb `status`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.generations import VerbProject

ALL = ("mm-hq-1", "mm-hq-2", "mm-lab-1")


def test_status_all_young_ends_with_0(verbs: VerbProject) -> None:
    for host in ALL:
        verbs.publish(timedelta(days=3), host=host)
    answer = verbs.run("status")
    assert answer.code == 0
    assert answer.out.startswith("BACKUP OK - 3 of 3 conductors have a proven backup younger than")
    assert answer.json["ok"] is True


def test_status_stale_and_never_end_with_1_and_stand_first(verbs: VerbProject) -> None:
    verbs.publish(timedelta(days=3), host="mm-hq-1")
    verbs.publish(timedelta(days=9), host="mm-hq-2")
    answer = verbs.run("status")
    assert answer.code == 1
    first, *_ = answer.out.splitlines()
    assert first.startswith("BACKUP STALE - 2 of 3 conductors without a fresh proven backup (")
    counts, _, oldest = first.partition("| ")[2].removesuffix("s").partition(" oldest=")
    assert counts == "total=3 ok=1 stale=1 never=1 unproven=0 unreadable=0 future=0"
    assert timedelta(days=9) <= timedelta(seconds=int(oldest)) < timedelta(days=10)
    states = {host["host"]: host["status"] for host in answer.json["hosts"]}
    assert states == {"mm-hq-1": "OK", "mm-hq-2": "STALE", "mm-lab-1": "NEVER"}
    assert [host["host"] for host in answer.json["hosts"]][-1] == "mm-hq-1"


def test_status_max_age_decides(verbs: VerbProject) -> None:
    verbs.publish(timedelta(days=9), host="mm-lab-1")
    assert verbs.run("status", "--site", "lab").code == 1
    assert verbs.run("status", "--site", "lab", "--max-age", "2w").code == 0
    assert "younger than 36h" in verbs.run("status", "--max-age", "36h").out


def test_status_counts_proven_generations_only(verbs: VerbProject) -> None:
    made = verbs.publish(host="mm-lab-1")
    (made.path / "manifest.json").write_text("{}")
    answer = verbs.run("status", "--site", "lab")
    assert answer.code == 1
    assert answer.json["hosts"][0]["status"] == "UNPROVEN"
    assert "manifest.json" in answer.json["hosts"][0]["reason"]


@pytest.mark.parametrize("name", ["manifest.json", "state.json"])
def test_status_newest_one_that_cannot_be_read_is_not_hidden_by_an_older_proven_one(
    verbs: VerbProject, name: str
) -> None:
    broken = verbs.publish(host="mm-lab-1")
    proven = verbs.publish(timedelta(days=3), host="mm-lab-1")
    (broken.path / name).write_text("{")
    answer = verbs.run("status", "--site", "lab")
    assert answer.code == 1
    first, *_ = answer.out.splitlines()
    assert first.startswith("BACKUP UNREADABLE - 1 of 1 conductor with a backup that cannot be")
    assert " ok=0 stale=0 never=0 unproven=0 unreadable=1 " in first
    (host,) = answer.json["hosts"]
    assert (host["status"], host["run"]) == ("UNREADABLE", proven.run_id)
    assert name in host["reason"]
    assert "unreadable: mm-lab-1: " in answer.out


def test_status_unreadable_newest_beside_stale_ones_is_said_in_the_first_line(
    verbs: VerbProject,
) -> None:
    broken = verbs.publish(host="mm-lab-1")
    verbs.publish(timedelta(days=3), host="mm-lab-1")
    (broken.path / "manifest.json").unlink()
    first, *_ = verbs.run("status").out.splitlines()
    assert first.startswith(
        "BACKUP STALE - 2 of 3 conductors without a fresh proven backup (younger than 8d), "
        "1 with a backup that cannot be read | total=3 ok=0 stale=0 never=2 "
    )


def test_status_older_one_that_cannot_be_read_is_no_matter(verbs: VerbProject) -> None:
    broken = verbs.publish(timedelta(days=3), host="mm-lab-1")
    verbs.publish(host="mm-lab-1")
    (broken.path / "manifest.json").unlink()
    assert verbs.run("status", "--site", "lab").code == 0


def test_status_generation_ahead_of_the_clock_is_no_comfort(verbs: VerbProject) -> None:
    verbs.publish(timedelta(days=-30), host="mm-lab-1")
    answer = verbs.run("status", "--site", "lab")
    assert answer.code == 1
    assert answer.json["hosts"][0]["status"] == "FUTURE"


def test_status_without_a_vault_says_so_in_the_first_line(verbs: VerbProject) -> None:
    answer = verbs.run("status")
    assert answer.code == 1
    said, _, figures = answer.out.splitlines()[0].partition(" | ")
    assert said.startswith("BACKUP STALE - 3 of 3 conductors without a fresh proven backup (")
    assert f"; no vault at {verbs.project.vault}: nothing was backed up yet, or it is" in said
    assert figures.startswith("total=3 ok=0 stale=0 never=3 ")
    assert "no vault at" in answer.json["trouble"]
    verbs.publish()
    assert verbs.run("status").json["trouble"] is None


def test_status_without_any_proven_backup_knows_no_oldest(verbs: VerbProject) -> None:
    verbs.vault.prepare()
    assert verbs.run("status").out.splitlines()[0].endswith(" future=0 oldest=U")


def test_status_one_conductor_is_not_called_several(verbs: VerbProject) -> None:
    verbs.publish(host="mm-lab-1")
    said = verbs.run("status", "--site", "lab").out
    assert said.startswith("BACKUP OK - 1 of 1 conductor has a proven backup")
