"""The verb `runs`: the list, and one run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from outcome import HostOutcome, Verdict
from reporting.table import render_table
from tests.reporting.samples import HOSTILE, damaged, ended, passed
from tests.support.generations import VerbProject
from tests.support.ledgers import keep

HQ, HQ_2, LAB = "mm-hq-1", "mm-hq-2", "mm-lab-1"
OLD, MIDDLE, NEW = "2026-11-09T020000Z", "2026-11-16T020000Z", "2026-11-23T020000Z"


def stopped(host: str) -> HostOutcome:
    return ended(host, Verdict.CANCELLED, "cancelled", "the run was stopped")


def ledger_file(verbs: VerbProject, run_id: str) -> Path:
    return verbs.project.vault / "runs" / f"{run_id}.json"


def three_runs(verbs: VerbProject) -> None:
    """All went well; one failed; the third was of the lab alone and was interrupted."""
    keep(verbs.vault, OLD, passed(HQ), passed(HQ_2), passed(LAB))
    keep(verbs.vault, MIDDLE, damaged(HQ), passed(HQ_2), passed(LAB))
    keep(verbs.vault, NEW, stopped(LAB), selection="site lab", interrupted="SIGTERM")


def test_runs_newest_first_with_counts_and_who_failed(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs")
    assert answer.code == 0
    lines = [" ".join(line.split()) for line in answer.out.splitlines()]
    assert lines[2:] == [
        f"{NEW} 8.3 s 1 0 0 0 1 0 B site lab",
        "interrupted by SIGTERM",
        f"cancelled: {LAB}",
        f"{MIDDLE} 8.3 s 3 2 0 1 0 18.3 MB all",
        f"failed: {HQ}",
        f"{OLD} 8.3 s 3 3 0 0 0 18.3 MB all",
        "",
        "3 runs of 3 in the vault",
    ]


def test_runs_document_gives_what_the_list_shows(verbs: VerbProject) -> None:
    three_runs(verbs)
    document = verbs.run("runs").json
    assert document["known"] == 3
    assert [each["run"] for each in document["runs"]] == [NEW, MIDDLE, OLD]
    assert document["runs"][1] == {
        "run": MIDDLE,
        "error": None,
        "seconds": 8.3,
        "conductors": 3,
        "counts": {"FAIL": 1, "CANCELLED": 0, "WARN": 0, "PASS": 2},
        "bytes_received": 3 * 6_112_345,
        "selection": "",
        "dry_run": False,
        "interrupted": None,
        "failed": [HQ],
        "cancelled": [],
    }
    assert document["runs"][0]["interrupted"] == "SIGTERM"


def test_runs_last_bounds_the_list(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", "--last", "2")
    assert [each["run"] for each in answer.json["runs"]] == [NEW, MIDDLE]
    assert answer.out.splitlines()[-1] == "2 runs of 3 in the vault"


def test_runs_filters_reduce_counts_and_leave_out_runs_of_others(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", "--site", "hq")
    assert [(each["run"], each["conductors"]) for each in answer.json["runs"]] == [
        (MIDDLE, 2),
        (OLD, 2),
    ]
    assert answer.json["runs"][0]["bytes_received"] == 2 * 6_112_345
    assert "cancelled" not in answer.out
    fine = verbs.run("runs", "--host", HQ_2)
    assert "failed:" not in fine.out
    assert [each["failed"] for each in fine.json["runs"]] == [[], []]


def test_runs_last_counts_the_runs_in_which_they_took_part(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", "--site", "hq", "--last", "1")
    assert [each["run"] for each in answer.json["runs"]] == [MIDDLE]


def test_runs_many_failed_conductors_are_bounded(verbs: VerbProject) -> None:
    names = [f"mm-branch-{number}" for number in range(200)]
    keep(verbs.vault, NEW, *map(damaged, names))
    answer = verbs.run("runs")
    said = " ".join(answer.out.split())
    assert f"failed: {', '.join(names[:10])} and 190 more" in said
    assert answer.json["runs"][0]["failed"] == names
    assert max(map(len, answer.out.splitlines())) <= 100


def test_runs_of_a_vault_without_any_are_none(verbs: VerbProject) -> None:
    verbs.publish()
    answer = verbs.run("runs")
    assert answer.code == 0
    assert answer.json["runs"] == []
    assert answer.out.splitlines()[-1] == "0 runs of 0 in the vault"
    assert verbs.run("runs", "latest").code == 2


def of_another(path: Path) -> None:
    path.write_bytes(path.with_name(f"{OLD}.json").read_bytes())


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def hostile_verdict(path: Path) -> None:
    found = json.loads(path.read_text())
    found["hosts"][0]["verdict"] = HOSTILE
    path.write_text(json.dumps(found))


def hostile_key(path: Path) -> None:
    found = json.loads(path.read_text())
    found["hosts"][0]["steps"] = {HOSTILE: HOSTILE}
    path.write_text(json.dumps(found))


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (lambda path: path.write_bytes(path.read_bytes()[:200]), "not readable as JSON"),
    "empty": (lambda path: path.write_text(""), "not readable as JSON"),
    "foreign": (lambda path: path.write_text('{"hello": 1}'), "schema is missing"),
    "list": (lambda path: path.write_text("[]"), "no JSON object"),
    "deep": (lambda path: path.write_text("[" * 100_000), "not readable as JSON"),
    "of another run": (of_another, f"the ledger of another run, {OLD}"),
    "folder": (folder, "Is a directory"),
    "dangling": (dangling, "no ledger of that run"),
    "hostile verdict": (hostile_verdict, "is no verdict"),
    "hostile key": (hostile_key, "is no number of seconds"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_runs_broken_ledger_is_told_with_its_file_and_hides_no_other(
    verbs: VerbProject, name: str
) -> None:
    three_runs(verbs)
    spoil, said = BROKEN[name]
    spoil(ledger_file(verbs, MIDDLE))
    answer = verbs.run("runs")
    assert answer.code == 0
    assert [each["run"] for each in answer.json["runs"]] == [NEW, MIDDLE, OLD]
    error = answer.json["runs"][1]["error"]
    assert said in error
    assert f"{MIDDLE}.json" in error
    assert "unreadable: " in answer.out
    assert not {"\x1b", "\x07", "\u202e"} & set(answer.out)

    alone = verbs.run("runs", MIDDLE)
    assert alone.code == 1
    assert said in alone.err
    assert f"{MIDDLE}.json" in alone.err
    assert not {"\x1b", "\x07", "\u202e"} & set(alone.err)
    assert verbs.run("runs", OLD).code == 0


def test_runs_broken_ledger_is_shown_whatever_the_filters(verbs: VerbProject) -> None:
    three_runs(verbs)
    ledger_file(verbs, NEW).write_text("")
    answer = verbs.run("runs", "--site", "hq")
    assert [each["run"] for each in answer.json["runs"]] == [NEW, MIDDLE, OLD]
    assert verbs.run("runs", "latest", "--site", "hq").code == 1, "it may be the latest of hq"


def test_runs_hostile_words_in_a_ledger_are_harmless(verbs: VerbProject) -> None:
    report = keep(verbs.vault, NEW, damaged(HQ), selection=HOSTILE, interrupted=HOSTILE)
    found = json.loads(ledger_file(verbs, NEW).read_text())
    found["run"] |= {"selection": HOSTILE + "x" * 10_000, "interrupted": "\ud800" + HOSTILE}
    found["hosts"][0]["reasons"][0]["text"] = HOSTILE
    ledger_file(verbs, NEW).write_text(json.dumps(found))
    for words in (["runs"], ["runs", "latest"]):
        answer = verbs.run(*words)
        assert answer.code == 0
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(answer.out)
        lines = [line for line in answer.out.splitlines() if "runbook.py" not in line]
        assert max(map(len, lines)) <= 100
    assert report.rows[0].host == HQ


@pytest.mark.parametrize("word", [NEW, "latest", "2026-11-23", "2026-11-23t02"])
def test_runs_one_run_is_the_table_that_it_printed(verbs: VerbProject, word: str) -> None:
    keep(verbs.vault, OLD, passed(HQ))
    told = keep(verbs.vault, NEW, passed(HQ), stopped(LAB), interrupted="SIGINT")
    answer = verbs.run("runs", word)
    assert answer.code == 0
    assert answer.out == render_table(told)
    assert "WHAT TO DO" in answer.out
    assert "last proven backup unknown" in answer.out, "as it was told then"


def test_runs_document_of_one_run_is_its_ledger(verbs: VerbProject) -> None:
    three_runs(verbs)
    kept = json.loads(ledger_file(verbs, MIDDLE).read_text())
    assert verbs.run("runs", MIDDLE).json == kept | {"exit_code": 0}


def test_runs_unknown_run_ends_with_2_and_names_the_newest(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", "2025")
    assert answer.code == 2
    assert 'no run "2025"' in answer.err
    assert f"known runs: {NEW}, {MIDDLE}, {OLD}" in answer.err
    assert verbs.run("runs", "../../etc/passwd").code == 2


def test_runs_ambiguous_beginning_ends_with_2(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", "2026-11")
    assert answer.code == 2
    assert f"there are several runs 2026-11...: {OLD}, {MIDDLE}, {NEW}" in answer.err


def test_runs_one_run_with_filters_has_those_conductors_alone(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", MIDDLE, "--site", "hq")
    assert [host["host"] for host in answer.json["hosts"]] == [HQ, HQ_2]
    assert answer.json["counts"] == {"FAIL": 1, "CANCELLED": 0, "WARN": 0, "PASS": 1}
    assert "all, of these site hq" in answer.out
    assert LAB not in answer.out
    good = verbs.run("runs", MIDDLE, "--host", HQ_2).json
    assert (good["verdict"], good["bytes_received"]) == ("PASS", 6_112_345)


def test_runs_one_run_in_which_nobody_selected_took_part_ends_with_2(verbs: VerbProject) -> None:
    three_runs(verbs)
    answer = verbs.run("runs", NEW, "--site", "hq")
    assert answer.code == 2
    assert f"no conductor of site hq took part in run {NEW}" in answer.err


def test_runs_latest_with_filters_is_the_last_in_which_they_took_part(verbs: VerbProject) -> None:
    three_runs(verbs)
    assert verbs.run("runs", "latest", "--site", "hq").json["run"]["id"] == MIDDLE
    assert verbs.run("runs", "latest").json["run"]["id"] == NEW


def quarantined(verbs: VerbProject, run_id: str, host: str = HQ) -> HostOutcome:
    """Return a failure whose files lie in the quarantine."""
    folder = verbs.project.vault / "quarantine" / host / run_id
    folder.mkdir(parents=True)
    for name in ("running.cfg", "flash.tar.gz"):
        (folder / name).write_text(name)
    paths = tuple(f"quarantine/{host}/{run_id}/{name}" for name in ("running.cfg", "flash.tar.gz"))
    return replace(damaged(host), quarantined=paths)


def test_runs_one_run_shows_where_what_did_not_hold_lies(verbs: VerbProject) -> None:
    verbs.vault.prepare()
    told = keep(verbs.vault, NEW, quarantined(verbs, NEW))
    answer = verbs.run("runs", NEW)
    assert answer.out == render_table(told)
    assert f"verify --file {verbs.project.vault}/quarantine/{HQ}/{NEW}/flash.tar.gz" in answer.out


def test_runs_one_run_says_that_the_quarantine_forgot_what_arrived(verbs: VerbProject) -> None:
    verbs.vault.prepare()
    keep(verbs.vault, NEW, quarantined(verbs, NEW), quarantined(verbs, NEW, LAB))
    for path in (verbs.project.vault / "quarantine" / HQ / NEW).iterdir():
        path.unlink()
    answer = verbs.run("runs", NEW)
    assert f"no longer in the quarantine: what arrived of {HQ}" in answer.out
    assert f"quarantine/{HQ}" not in answer.out
    assert f"verify --file {verbs.project.vault}/quarantine/{LAB}/{NEW}/flash.tar.gz" in answer.out


def test_runs_one_run_of_a_vault_that_was_moved_names_where_it_is_now(verbs: VerbProject) -> None:
    verbs.vault.prepare()
    keep(verbs.vault, NEW, quarantined(verbs, NEW))
    found = json.loads(ledger_file(verbs, NEW).read_text())
    found["run"]["vault"] = "/srv/elsewhere"
    ledger_file(verbs, NEW).write_text(json.dumps(found))
    assert "/srv/elsewhere" not in verbs.run("runs", NEW).out


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "quarantine/../../inventory/hosts.yaml",
        "inventory/hosts.yaml",
        "",
        "quarantine",
    ],
)
def test_runs_one_run_never_points_out_of_the_quarantine(verbs: VerbProject, path: str) -> None:
    keep(verbs.vault, NEW, replace(damaged(HQ), quarantined=(path,)))
    answer = verbs.run("runs", NEW)
    assert answer.code == 0
    assert "verify --file" not in answer.out
    assert "not published, what arrived" not in answer.out
