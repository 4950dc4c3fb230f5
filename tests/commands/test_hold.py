"""The verb `hold`."""

from __future__ import annotations

from tests.support.generations import HOST, VerbProject


def test_hold_keeps_the_reason(verbs: VerbProject) -> None:
    made = verbs.publish()
    answer = verbs.run("hold", HOST, "--reason", "upgrade")
    assert answer.code == 0
    assert answer.out == f"{HOST} {made.run_id} is held: upgrade\n"
    assert answer.json["before"] is None


def test_hold_of_a_held_one_says_what_the_reason_was(verbs: VerbProject) -> None:
    made = verbs.publish()
    verbs.vault.hold(HOST, made.run_id, "audit\x1b[31m", "tester@here")
    answer = verbs.run("hold", HOST, "--reason", "upgrade")
    assert answer.code == 0
    assert f"{made.run_id} is held: upgrade" in answer.out
    assert "\n  it was held already, since " in answer.out
    assert "by tester@here: audit" in answer.out
    assert "\x1b" not in answer.out
    assert answer.json["before"].startswith("audit")
    now = verbs.vault.generation(HOST, made.run_id).hold
    assert now is not None
    assert now.reason == "upgrade"


def test_hold_reason_with_control_characters_is_printed_without(verbs: VerbProject) -> None:
    verbs.publish()
    answer = verbs.run("hold", HOST, "--reason", "an audit \x1b[31min red")
    assert answer.code == 0
    assert "\x1b" not in answer.out
    assert "is held: an audit" in answer.out
