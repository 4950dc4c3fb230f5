"""A report read back from its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from outcome import Verdict
from reporting.errors import ReportUnreadable
from reporting.from_json import from_json
from reporting.json_report import to_json
from reporting.last_proven import LastProven
from reporting.report import Report
from reporting.table import render_table
from tests.reporting.samples import (
    HOSTILE,
    STARTED,
    damaged,
    ended,
    mixed_report,
    passed,
    refused,
    report_of,
    run_info,
)

LEFT = {
    "a": LastProven(STARTED - timedelta(days=8), known=True),
    "b": LastProven(known=True),
}
REPORTS = {
    "mixed": mixed_report(),
    "damaged": report_of(damaged("a"), damaged("b"), damaged("c"), last_proven=LEFT),
    "shared": report_of(*(refused(f"mc-{number}") for number in range(30))),
    "interrupted": report_of(
        passed("a"),
        ended("b", Verdict.CANCELLED, "cancelled", "the run was stopped"),
        run=run_info(interrupted="SIGTERM", selection=""),
        notices=["retention removed 4 generations"],
    ),
    "dry run": report_of(passed("a"), run=run_info(dry_run=True)),
    "hostile": report_of(ended("a", Verdict.FAIL, "device-error", HOSTILE + " Grüße")),
}


def document(report: Report = REPORTS["damaged"]) -> Any:
    """Return what the ledger of `report` holds, to be changed."""
    return json.loads(json.dumps(to_json(report)))


@pytest.mark.parametrize("name", REPORTS)
def test_from_json_gives_the_same_table_and_document(name: str) -> None:
    report = REPORTS[name]
    again = from_json(document(report))
    assert to_json(again) == to_json(report)
    assert render_table(again, width=80) == render_table(report, width=80)


def test_from_json_of_an_old_program_says_nothing_of_what_it_did_not_know() -> None:
    old = document()
    old["schema"] = 1
    for key in ("notices", "bytes_received", "counts", "verdict"):
        del old[key]
    for key in ("dry_run", "interrupted", "selection", "invoked_by", "vault", "program_version"):
        del old["run"][key]
    for host in old["hosts"]:
        kept = {key: host[key] for key in ("host", "verdict")}
        host.clear()
        host.update(kept | {"reasons": [{"code": "archive-damaged"}]})
    report = from_json(old)
    assert [(row.host, row.verdict) for row in report.rows] == [
        (name, Verdict.FAIL) for name in "abc"
    ]
    assert report.last_proven == {}
    assert report.run.interrupted is None
    assert "archive-damaged:" in render_table(report)
    assert "last proven" not in render_table(report)


def test_from_json_passes_over_keys_that_it_does_not_know() -> None:
    new = document()
    new["removed"] = {"a": ["2026-01-05T020000Z"]}
    new["hosts"][0]["colour"] = {"of": ["the", 1]}
    assert from_json(new) == from_json(document())


def test_from_json_counts_the_hosts_whatever_the_document_says() -> None:
    wrong = document()
    wrong["counts"]["PASS"] = 99
    assert from_json(wrong).counts[Verdict.PASS] == 0


def test_from_json_words_of_a_hostile_document_are_neutralised() -> None:
    evil = document()
    evil["run"] |= {"id": HOSTILE, "vault": HOSTILE, "selection": HOSTILE, "interrupted": HOSTILE}
    evil["notices"] = [HOSTILE, "\ud800 lone"]
    evil["hosts"][0] |= {"site": HOSTILE, "role": HOSTILE, "left_over": [HOSTILE]}
    evil["hosts"][0]["reasons"] = [{"code": HOSTILE, "text": HOSTILE * 999, "remedy": HOSTILE}]
    text = render_table(from_json(evil))
    text.encode()
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(text)


def test_from_json_host_is_known_by_the_same_name_in_all_parts() -> None:
    evil = document()
    evil["hosts"][0]["host"] = "mm\x1b[31m-1"
    assert "last proven backup 2026-11-15" in render_table(from_json(evil))


Change = Callable[[Any], object]
BROKEN: dict[str, tuple[Change, str]] = {
    "no schema": (lambda d: d.pop("schema"), "schema is missing"),
    "schema of tomorrow": (lambda d: d.update(schema=3), "its schema is 3, known are 1 to 2"),
    "schema 0": (lambda d: d.update(schema=0), "its schema is 0"),
    "schema true": (lambda d: d.update(schema=True), "schema is no whole number"),
    "no run": (lambda d: d.pop("run"), "run is missing"),
    "run a list": (lambda d: d.update(run=[]), "run is no object"),
    "run without id": (lambda d: d["run"].pop("id"), r"run\.id is missing"),
    "run id null": (lambda d: d["run"].update(id=None), r"run\.id is no text"),
    "no zone": (lambda d: d["run"].update(started="2026-11-23T02:00:00"), "without its zone"),
    "no time": (lambda d: d["run"].update(started="yesterday"), r"run\.started is no time"),
    "end of time": (
        lambda d: d["run"].update(ended="9999-12-31T23:59:59-10:00"),
        r"run\.ended is no time",
    ),
    "not a number": (lambda d: d["run"].update(seconds=float("nan")), "no number of seconds"),
    "endless": (lambda d: d["run"].update(seconds=float("inf")), "no number of seconds"),
    "backwards": (lambda d: d["run"].update(seconds=-1), "no number of seconds"),
    "dry run a word": (lambda d: d["run"].update(dry_run="no"), "neither true nor false"),
    "no hosts": (lambda d: d.pop("hosts"), "hosts is missing"),
    "hosts null": (lambda d: d.update(hosts=None), "hosts is missing"),
    "hosts an object": (lambda d: d.update(hosts={}), "hosts is no list"),
    "host a word": (lambda d: d["hosts"].append("mm"), r"hosts\[3\] is no object"),
    "host without name": (lambda d: d["hosts"][1].pop("host"), r"hosts\[1\]\.host is missing"),
    "host twice": (lambda d: d["hosts"].append(d["hosts"][0]), "a conductor twice"),
    "verdict": (lambda d: d["hosts"][0].update(verdict="GOOD"), "'GOOD' is no verdict"),
    "verdict a list": (lambda d: d["hosts"][0].update(verdict=[]), r"verdict is no text"),
    "reason": (lambda d: d["hosts"][0].update(reasons=["x"]), r"reasons\[0\] is no object"),
    "size": (
        lambda d: d["hosts"][0]["artefacts"][0].update(size=10**400),
        r"hosts\[0\]\.artefacts\[0\]\.size is no whole number",
    ),
    "quarantined": (lambda d: d["hosts"][0].update(quarantined=[1]), "no list of texts"),
    "steps": (lambda d: d["hosts"][0].update(steps={"x": "y"}), r"steps\.x is no number"),
    "last proven": (lambda d: d["hosts"][0].update(last_proven=1), "last_proven is no object"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_from_json_broken_document_is_refused_with_its_key(name: str) -> None:
    change, said = BROKEN[name]
    broken = document()
    change(broken)
    with pytest.raises(ReportUnreadable, match=said):
        from_json(broken)


@pytest.mark.parametrize("whole", [None, [], "text", 1])
def test_from_json_of_no_object_is_refused(whole: object) -> None:
    with pytest.raises(ReportUnreadable, match="the whole is no object"):
        from_json(whole)
