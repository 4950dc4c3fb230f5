"""The option `--failed`: who it means."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import pytest

from commands.choosing import choose
from commands.options import selection_of
from commands.parser import parse
from fleet import SelectionError
from outcome import HostOutcome, Verdict
from runbook import build_nornir
from tests.reporting.samples import damaged, ended, passed
from tests.support.generations import VerbProject
from tests.support.ledgers import keep

HQ, HQ_2, LAB = "mm-hq-1", "mm-hq-2", "mm-lab-1"
OLD, MIDDLE, NEW = "2026-11-09T020000Z", "2026-11-16T020000Z", "2026-11-23T020000Z"


def stopped(host: str) -> HostOutcome:
    return ended(host, Verdict.CANCELLED, "cancelled", "the run was stopped")


def warned(host: str) -> HostOutcome:
    return ended(host, Verdict.WARN, "clock-skew", "9 s behind")


def chosen(verbs: VerbProject, *words: str) -> list[str]:
    nr = build_nornir(verbs.project.config)
    return list(choose(nr, parse(["--failed", *words])).inventory.hosts)


def test_choose_failed_are_those_whose_last_run_failed_or_was_cancelled(verbs: VerbProject) -> None:
    keep(verbs.vault, NEW, damaged(HQ), warned(HQ_2), stopped(LAB))
    assert chosen(verbs) == [HQ, LAB]


def test_choose_failed_counts_the_last_run_in_which_each_took_part(verbs: VerbProject) -> None:
    keep(verbs.vault, OLD, damaged(HQ), damaged(HQ_2), passed(LAB))
    keep(verbs.vault, MIDDLE, passed(HQ_2))
    keep(verbs.vault, NEW, damaged(LAB))
    assert chosen(verbs) == [HQ, LAB]


def test_choose_failed_leaves_dry_runs_out(verbs: VerbProject) -> None:
    keep(verbs.vault, OLD, damaged(HQ))
    keep(verbs.vault, NEW, passed(HQ), damaged(HQ_2), dry_run=True)
    assert chosen(verbs) == [HQ]


def test_choose_failed_and_filters_must_both_match(verbs: VerbProject) -> None:
    keep(verbs.vault, NEW, damaged(HQ), passed(HQ_2), damaged(LAB))
    assert chosen(verbs, "--site", "lab") == [LAB]
    assert chosen(verbs, "--host", f"{HQ},{HQ_2}") == [HQ]
    with pytest.raises(SelectionError, match='no site "hqq"'):
        chosen(verbs, "--site", "hqq")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "none of 3 conductors failed in its last run"),
        (("--site", "hq"), "none of 2 conductors of site hq failed in its last run"),
    ],
)
def test_choose_failed_when_none_did_says_so(
    verbs: VerbProject, words: tuple[str, ...], said: str
) -> None:
    keep(verbs.vault, NEW, passed(HQ), warned(HQ_2), passed(LAB))
    with pytest.raises(SelectionError) as told:
        chosen(verbs, *words)
    assert str(told.value) == said


def test_choose_failed_does_not_mean_a_conductor_that_was_in_no_run(verbs: VerbProject) -> None:
    keep(verbs.vault, NEW, damaged(HQ), passed(HQ_2))
    assert chosen(verbs) == [HQ]
    with pytest.raises(SelectionError, match=f"in no run yet, .* --failed: {LAB}"):
        chosen(verbs, "--host", f"{HQ_2},{LAB}")


def test_choose_failed_passes_over_a_broken_ledger_and_says_so(
    verbs: VerbProject, caplog: pytest.LogCaptureFixture
) -> None:
    keep(verbs.vault, OLD, damaged(HQ), passed(LAB))
    broken = verbs.project.vault / "runs" / f"{NEW}.json"
    broken.write_text('{"schema": 2, "hosts": [{"host": "mm-lab-1", "verdict": "FAIL"}]}')
    with caplog.at_level(logging.ERROR):
        assert chosen(verbs) == [HQ]
    assert f"{broken}: not the ledger of a run: run is missing" in caplog.text
    assert "passed over" in caplog.text


def test_choose_failed_with_ledgers_that_nobody_can_read_does_not_say_that_none_failed(
    verbs: VerbProject,
) -> None:
    keep(verbs.vault, OLD, passed(HQ))
    for run in (MIDDLE, NEW):
        (verbs.project.vault / "runs" / f"{run}.json").write_text("")
    with pytest.raises(SelectionError, match=f"nobody can tell.* 2 ledgers .*{NEW}.json"):
        chosen(verbs)


def test_choose_failed_reads_no_further_than_it_has_to(
    verbs: VerbProject, caplog: pytest.LogCaptureFixture
) -> None:
    keep(verbs.vault, NEW, damaged(HQ), passed(HQ_2), passed(LAB))
    (verbs.project.vault / "runs" / f"{OLD}.json").write_text("broken")
    assert chosen(verbs) == [HQ]
    assert caplog.text == ""


def test_choose_failed_without_a_vault_backs_up_nobody(verbs: VerbProject) -> None:
    with pytest.raises(SelectionError, match="no vault at"):
        chosen(verbs)
    assert not verbs.project.vault.exists()


def test_choose_without_failed_looks_into_no_vault(verbs: VerbProject, tmp_path: Path) -> None:
    nr = build_nornir(verbs.project.config)
    assert list(choose(nr, parse(["--site", "lab"])).inventory.hosts) == [LAB]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["--failed"], "failed last time"),
        (["check", "--site", "hq", "--failed"], "site hq, failed last time"),
    ],
)
def test_selection_of_says_what_was_typed(words: list[str], said: str) -> None:
    options: argparse.Namespace = parse(words)
    assert selection_of(options) == said
