"""The verbs `prune`, `hold` and `release`."""

from __future__ import annotations

from datetime import timedelta

from tests.support.generations import HOST, VerbProject

RULES = "port: 4343\ndata: {keep_last: 2, keep_weekly: 0, keep_monthly: 0, keep_yearly: 0}\n"


def kept(verbs: VerbProject, host: str = HOST) -> list[str]:
    return [each.run_id for each in verbs.vault.generations(host)]


def test_prune_keeps_what_the_settings_say(verbs: VerbProject) -> None:
    verbs.project.defaults.write_text(RULES)
    made = verbs.weekly(5)
    answer = verbs.run("prune")
    assert answer.code == 0
    assert kept(verbs) == [each.run_id for each in made[:2]]
    assert "3 removed" in answer.out
    assert {each["action"] for each in answer.json["generations"]} == {"keep", "remove"}


def test_prune_dry_run_removes_nothing_and_gives_the_reasons(verbs: VerbProject) -> None:
    verbs.project.defaults.write_text(RULES)
    verbs.weekly(5)
    answer = verbs.run("prune", "--dry-run")
    assert len(kept(verbs)) == 5
    assert "3 would be removed" in answer.out
    assert "floor, last" in answer.out


def test_prune_never_removes_a_held_one_until_it_is_released(verbs: VerbProject) -> None:
    verbs.project.defaults.write_text(RULES)
    oldest = verbs.weekly(4)[-1]
    assert verbs.run("hold", HOST, oldest.run_id, "--reason", "before  the upgrade").code == 0
    verbs.run("prune")
    assert oldest.run_id in kept(verbs)
    hold = verbs.vault.generation(HOST, oldest.run_id).hold
    assert hold is not None
    assert hold.reason == "before the upgrade"
    assert verbs.run("release", HOST).json["was_held"] is True
    verbs.run("prune")
    assert oldest.run_id not in kept(verbs)


def test_release_without_a_hold_or_with_several_asks_which(verbs: VerbProject) -> None:
    first, second = verbs.weekly(2)
    none = verbs.run("release", HOST)
    assert none.code == 2
    assert (
        none.err.strip() == f"{HOST}: none of its generations is held; there is nothing to release"
    )
    for made in (first, second):
        verbs.run("hold", HOST, made.run_id, "--reason", "x")
    answer = verbs.run("release", HOST)
    assert answer.code == 2
    assert "2 held generations" in answer.err
    assert verbs.run("release", HOST, second.run_id).code == 0


def test_prune_leaves_a_conductor_alone_that_left_the_inventory(verbs: VerbProject) -> None:
    verbs.project.defaults.write_text(RULES)
    verbs.weekly(6, host="mm-old")
    answer = verbs.run("prune")
    assert len(kept(verbs, "mm-old")) == 6
    assert answer.json["refused"] == {"mm-old": "not in the inventory"}


def test_prune_doubtful_clock_removes_nothing_unless_told(verbs: VerbProject) -> None:
    verbs.project.defaults.write_text(RULES)
    for days in (0, 500, 510, 520):
        verbs.publish(timedelta(days=days))
    answer = verbs.run("prune")
    assert "did the clock jump?" in answer.out
    assert len(kept(verbs)) == 4
    verbs.run("prune", "--trust-clock")
    assert len(kept(verbs)) == 2


def test_prune_counts_proven_ones_only(verbs: VerbProject) -> None:
    verbs.project.defaults.write_text(RULES)
    made = verbs.weekly(4)
    for each in made[:2]:
        (each.path / "flash.tar.gz").write_bytes(b"rotten")
        verbs.vault.hold(HOST, each.run_id, "to look at", "me")
    verbs.run("verify", "--all")
    verbs.run("prune")
    assert {each.run_id for each in made} == set(kept(verbs))
