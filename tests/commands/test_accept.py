"""The verb `accept`: what it takes from the ledgers. The flow is in tests/integration."""

from __future__ import annotations

import json

from tests.support.generations import HOST, VerbProject

OLD, NEW = "2026-11-09T020000Z", "2026-11-16T020000Z"


def ledger(verbs: VerbProject, run_id: str, **row: str) -> None:
    verbs.vault.write_ledger(run_id, {"schema": 1, "hosts": [{"host": HOST, **row}]})


def test_accept_takes_the_last_run_in_which_the_box_answered(verbs: VerbProject) -> None:
    verbs.publish()
    ledger(verbs, OLD, name="mm", serial="NEW-BOX", mac="00:00:00:00:00:01")
    ledger(verbs, NEW, name="", serial="", mac="")
    answer = verbs.run("accept", HOST, "--reason", "replaced")
    identity = verbs.vault.read_identity(HOST)
    assert answer.code == 0
    assert answer.json["accepted"]["serial"] == "NEW-BOX"
    assert identity is not None
    assert identity.accepted["history_since"] == OLD
    assert identity.reason == "replaced"


def test_accept_passes_over_a_broken_ledger(verbs: VerbProject) -> None:
    verbs.publish()
    ledger(verbs, OLD, serial="NEW-BOX")
    (verbs.project.vault / "runs" / f"{NEW}.json").write_text("no json")
    assert verbs.run("accept", HOST, "--reason", "x").json["run"] == OLD


def test_accept_mends_a_broken_identity(verbs: VerbProject) -> None:
    verbs.publish()
    ledger(verbs, OLD, serial="BOX")
    verbs.vault.layout.identity(HOST).write_text(json.dumps({"schema": 1}))
    assert verbs.run("accept", HOST, "--reason", "x").code == 0
    identity = verbs.vault.read_identity(HOST)
    assert identity is not None
    assert identity.accepted["serial"] == "BOX"


def test_accept_the_same_box_says_what_it_does_all_the_same(verbs: VerbProject) -> None:
    verbs.publish()
    ledger(verbs, OLD, serial="BOX")
    first = verbs.run("accept", HOST, "--reason", "x")
    assert "size history" not in first.out
    again = verbs.run("accept", HOST, "--reason", "x")
    assert "the same box; its size history begins anew" in again.out
