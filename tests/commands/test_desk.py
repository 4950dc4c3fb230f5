"""What every verb has in common: names, choices, and that looking changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.generations import HOST, VerbProject
from vault.lock import VaultLock

LOOKING = (
    ["list"],
    ["runs"],
    ["status"],
    ["show", HOST],
    ["diff", HOST],
    ["prune", "--dry-run"],
)
CHANGING = (
    ["verify"],
    ["prune"],
    ["hold", HOST, "--reason", "x"],
    ["release", HOST],
    ["accept", HOST, "--reason", "x"],
)


@pytest.mark.parametrize("words", [*LOOKING, *CHANGING], ids=" ".join)
def test_verb_without_a_vault_makes_none(verbs: VerbProject, words: list[str]) -> None:
    answer = verbs.run(*words)
    assert answer.code == (1 if words == ["status"] else 2)
    assert not verbs.project.vault.exists()
    if words != ["status"]:
        assert "no vault at" in answer.err


def test_verb_on_a_file_in_place_of_the_vault_says_what_it_is(verbs: VerbProject) -> None:
    verbs.project.vault.write_text("x")
    answer = verbs.run("list")
    assert answer.code == 2
    assert f"no vault at {verbs.project.vault}: it is no folder" in answer.err


@pytest.mark.parametrize("words", [*LOOKING, *CHANGING], ids=" ".join)
def test_verb_on_an_empty_mount_point_leaves_it_empty(verbs: VerbProject, words: list[str]) -> None:
    verbs.project.vault.mkdir()
    verbs.run(*words)
    assert list(verbs.project.vault.iterdir()) == []


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_looking_changes_nothing_and_takes_no_lock(verbs: VerbProject, words: list[str]) -> None:
    verbs.weekly(3)
    with VaultLock(verbs.project.vault, "runbook.py"):
        before = verbs.snapshot()
        answer = verbs.run(*words)
        assert verbs.snapshot() == before
    assert answer.code == (1 if words == ["status"] else 0), "the other conductors have none"
    assert answer.json["schema"] == 1


@pytest.mark.parametrize("words", CHANGING[1:], ids=" ".join)
def test_changing_while_a_run_holds_the_vault_ends_with_75(
    verbs: VerbProject, words: list[str]
) -> None:
    verbs.weekly(3)
    with VaultLock(verbs.project.vault, "runbook.py"):
        answer = verbs.run(*words)
    assert answer.code == 75
    assert "held by pid" in answer.err


def test_secrets_file_that_is_not_readable_for_us_is_no_obstacle(verbs: VerbProject) -> None:
    verbs.publish()
    verbs.project.secrets("defaults: {password: x}\n", mode=0o644)
    assert verbs.run("list").code == 0


def test_unknown_conductor_ends_with_2_and_names_the_closest(verbs: VerbProject) -> None:
    verbs.publish()
    answer = verbs.run("show", "mm-hq-3")
    assert answer.code == 2
    assert 'no conductor "mm-hq-3"; did you mean "mm-hq-' in answer.err
    assert "known conductors: mm-hq-1, mm-hq-2, mm-lab-1" in answer.err


@pytest.mark.parametrize("name", ["../../etc", "latest", "a/b", ""])
def test_unsafe_name_ends_with_2(verbs: VerbProject, name: str) -> None:
    verbs.publish()
    assert verbs.run("show", name).code == 2


def test_conductor_that_is_only_in_the_vault_is_known(verbs: VerbProject) -> None:
    verbs.publish(host="mm-old")
    assert verbs.run("show", "mm-old").code == 0
    listed = verbs.run("list", "--host", "mm-old").json["generations"]
    assert [each["host"] for each in listed] == ["mm-old"]
    assert verbs.run("list", "--site", "hq", "--host", "mm-old").code == 2


def test_generation_by_unique_beginning(verbs: VerbProject) -> None:
    old = verbs.publish(timedelta(days=800))
    verbs.publish()
    assert verbs.run("show", HOST, old.run_id[:5].lower()).json["run"] == old.run_id


def test_generation_by_ambiguous_beginning_ends_with_2(verbs: VerbProject) -> None:
    first, second = verbs.weekly(2)
    answer = verbs.run("show", HOST, "20")
    assert answer.code == 2
    assert first.run_id in answer.err
    assert second.run_id in answer.err


def test_unknown_generation_ends_with_2_and_names_the_closest(verbs: VerbProject) -> None:
    made = verbs.publish()
    wrong = made.run_id[:-2] + ("0" if made.run_id[-2] != "0" else "1") + "Z"
    answer = verbs.run("show", HOST, wrong)
    assert answer.code == 2
    assert f'did you mean "{made.run_id}"?' in answer.err


def test_latest_without_a_proven_one_ends_with_2(verbs: VerbProject) -> None:
    made = verbs.publish()
    (made.path / "manifest.json").write_text("{}")
    answer = verbs.run("show", HOST)
    assert answer.code == 2
    assert "no proven generation" in answer.err
    assert verbs.run("show", HOST, made.run_id).code == 0


def test_unknown_generation_of_many_names_the_newest(verbs: VerbProject) -> None:
    made = verbs.weekly(23)
    answer = verbs.run("show", HOST, "xyzzy")
    newest = ", ".join(each.run_id for each in made[:20])
    assert f"known generations: {newest} and 3 more" in answer.err


@pytest.mark.parametrize("words", [*LOOKING, *CHANGING], ids=" ".join)
def test_vault_that_has_lost_its_mark_is_not_taken_for_none(
    verbs: VerbProject, words: list[str]
) -> None:
    verbs.publish()
    (verbs.project.vault / ".vault").unlink()
    before = verbs.snapshot()
    answer = verbs.run(*words)
    assert answer.code == (1 if words == ["status"] else 2)
    said = answer.out if words == ["status"] else answer.err
    assert "holds 'conductors' but no .vault: not a vault" in said
    assert "nothing was backed up yet" not in said
    assert verbs.snapshot() == before


def test_vault_by_a_way_up_and_down_is_shown_straight(verbs: VerbProject) -> None:
    (verbs.project.folder / "elsewhere").mkdir()
    verbs.project.settings(vault={"path": "elsewhere/../backups"})
    verbs.publish()
    assert verbs.run("show", HOST).json["path"].startswith(f"{verbs.project.vault}/")
