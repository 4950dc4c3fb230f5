"""Tables of the verbs on a narrow terminal: names stay whole, lines fit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.generations import HOST, VerbProject

NAME = "mm-south-east-1"
RULES = "port: 4343\ndata: {keep_last: 2, keep_weekly: 2, keep_monthly: 3, keep_yearly: 2}\n"


@pytest.mark.parametrize("width", [50, 60, 72, 80, 100, 120])
@pytest.mark.parametrize("verb", ["list", "prune --dry-run", "verify", "status"])
def test_tables_fit_and_names_stay_whole(
    verbs: VerbProject, monkeypatch: pytest.MonkeyPatch, verb: str, width: int
) -> None:
    monkeypatch.setattr("reporting.columns.PLAIN_WIDTH", width)
    verbs.project.hosts.write_text(f"{NAME}: {{hostname: 192.0.2.11, groups: [hq]}}\n")
    verbs.project.defaults.write_text(RULES)
    for weeks in (0, 1, 5, 60):
        verbs.publish(timedelta(weeks=weeks), host=NAME)
    _, *lines = verbs.run(*verb.split()).out.splitlines()
    assert max(map(len, lines)) <= width
    assert any(NAME in line.split() for line in lines)
    assert not any(".." in line for line in lines)


@pytest.mark.parametrize("verb", ["list", "prune --dry-run", "verify", "status"])
def test_tables_off_a_terminal_never_break_a_name_of_40_characters(
    verbs: VerbProject, verb: str
) -> None:
    name = "mm-data-center-south-east-1.example.test"
    verbs.project.hosts.write_text(f"{name}: {{hostname: 192.0.2.11, groups: [hq]}}\n")
    verbs.publish(host=name)
    _, *lines = verbs.run(*verb.split()).out.splitlines()
    assert len(name) == 40
    assert any(name in line.split() for line in lines)
    assert max(map(len, lines)) <= 100


def test_prune_reasons_are_never_cut(verbs: VerbProject, monkeypatch: pytest.MonkeyPatch) -> None:
    verbs.project.defaults.write_text(RULES)
    verbs.weekly(2)
    told = [each["reasons"] for each in verbs.run("prune", "--dry-run").json["generations"]]
    for width in (50, 60, 80, 100):
        monkeypatch.setattr("reporting.columns.PLAIN_WIDTH", width)
        said = " ".join(verbs.run("prune", "--dry-run").out.split())
        assert all(reason in said for reasons in told for reason in reasons)


def test_names_that_are_too_long_are_folded(
    verbs: VerbProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.columns.PLAIN_WIDTH", 60)
    verbs.publish(host="mm-with-a-rather-long-name-1.example.org")
    assert max(map(len, verbs.run("list").out.splitlines())) <= 60


def test_show_fits_a_narrow_terminal(verbs: VerbProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.columns.PLAIN_WIDTH", 60)
    folder = str(verbs.publish().path)
    lines = verbs.run("show", HOST).out.splitlines()
    assert all(len(line) <= 60 or folder in line for line in lines)
