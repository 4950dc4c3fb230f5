from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from outcome import HostOutcome, Verdict
from reasons import REMEDIES
from reporting.last_proven import LastProven
from reporting.report import Report, RunInfo, SelectedHost, build_report
from tests.reporting.samples import (
    HOSTILE,
    STARTED,
    ended,
    mixed_report,
    passed,
    report_of,
    run_info,
)


class Refused(Exception):
    code = "login-refused"


class Stopped(Exception):
    code = "cancelled"


def _only(outcome: HostOutcome | BaseException | None, run: RunInfo | None = None) -> HostOutcome:
    report = build_report(
        run or run_info(), [SelectedHost("hq-mc1", "10.1.1.5", "hq", "p")], {"hq-mc1": outcome}
    )
    (row,) = report.rows
    return row


def test_build_report_every_selected_host_has_one_row_in_inventory_order() -> None:
    names = ["z", "a", "m", "a"]
    report = build_report(run_info(), [SelectedHost(n) for n in names], {"m": passed("m")})
    assert [row.host for row in report.rows] == ["z", "a", "m"]
    assert [row.verdict for row in report.rows] == [Verdict.FAIL, Verdict.FAIL, Verdict.PASS]


def test_build_report_missing_outcome_is_an_internal_error() -> None:
    row = _only(None)
    assert row.verdict is Verdict.FAIL
    assert row.reasons[0].code == "internal-error"
    assert (row.address, row.site, row.pair) == ("10.1.1.5", "hq", "p")


@pytest.mark.parametrize("found", [None, KeyboardInterrupt(), SystemExit(1), Stopped("stopped")])
def test_build_report_unfinished_host_of_an_interrupted_run_is_cancelled(
    found: BaseException | None,
) -> None:
    row = _only(found, run_info(interrupted="SIGTERM"))
    assert row.verdict is Verdict.CANCELLED
    assert row.reasons[0].code == "cancelled"


def test_build_report_crash_of_an_interrupted_run_stays_an_internal_error() -> None:
    assert _only(ZeroDivisionError(), run_info(interrupted="SIGINT")).verdict is Verdict.FAIL


def test_build_report_error_with_code_is_shown_with_its_remedy() -> None:
    reason = _only(Refused("10.1.1.5 refused user backup")).reasons[0]
    assert reason.code == "login-refused"
    assert reason.text == "10.1.1.5 refused user backup"
    assert reason.remedy == REMEDIES["login-refused"]


def test_build_report_foreign_error_shows_its_type_only() -> None:
    row = _only(ValueError("https://host/?UIDARUBA=s3cret"))
    assert "ValueError" in row.reasons[0].text
    assert "s3cret" not in repr(row)


def test_build_report_pass_without_a_file_is_refused() -> None:
    row = _only(HostOutcome("hq-mc1", Verdict.PASS))
    assert row.verdict is Verdict.FAIL
    assert "no file of this run" in row.reasons[0].text


def test_build_report_pass_without_a_file_holds_in_a_dry_run() -> None:
    assert _only(HostOutcome("hq-mc1", Verdict.PASS), run_info(dry_run=True)).reasons == ()


def test_build_report_outcome_of_another_host_is_refused() -> None:
    row = _only(passed("hq-mc2"))
    assert row.host == "hq-mc1"
    assert row.verdict is Verdict.FAIL


@pytest.mark.parametrize("verdict", [Verdict.WARN, Verdict.FAIL, Verdict.CANCELLED])
def test_build_report_verdict_without_reason_gets_one(verdict: Verdict) -> None:
    row = _only(HostOutcome("hq-mc1", verdict))
    assert row.verdict is verdict
    assert row.reasons[0].remedy


def test_build_report_outcome_that_nobody_selected_is_noticed_and_not_counted() -> None:
    report = build_report(run_info(), [SelectedHost("a")], {"a": passed("a"), "b": passed("b")})
    assert len(report.rows) == 1
    assert any("b has an outcome but was not selected" in line for line in report.notices)


def test_build_report_hostile_words_are_neutralised_everywhere() -> None:
    hostile = replace(
        ended("hq-mc1", Verdict.FAIL, "device-error", HOSTILE),
        name=HOSTILE,
        role=HOSTILE,
        version=HOSTILE,
        model=HOSTILE,
        left_over=(HOSTILE,),
        quarantined=(HOSTILE,),
        steps={HOSTILE: 1.0},
    )
    run = run_info(selection=HOSTILE, vault=HOSTILE, interrupted=HOSTILE)
    report = report_of(hostile, run=run, notices=[HOSTILE])
    said = repr(report)
    assert not any(mark in said for mark in ("\\x1b", "\\n", "\\r", "\\x9b", "\\u202e", "\\x07"))


def _pair_report(second: HostOutcome, *, dry_run: bool = False) -> Report:
    hosts = [SelectedHost("a1", pair="a"), SelectedHost("a2", pair="a"), SelectedHost("b1")]
    outcomes = {"a1": passed("a1"), "a2": second, "b1": ended("b1", Verdict.FAIL, "timeout", "x")}
    return build_report(run_info(dry_run=dry_run), hosts, outcomes)


def test_build_report_pair_with_a_failed_member_is_noticed() -> None:
    (notice,) = _pair_report(ended("a2", Verdict.FAIL, "timeout", "x")).notices
    assert notice.startswith("pair a: a2 has no fresh proven backup, this run gave none")


def test_build_report_whole_pair_or_dry_run_is_not_noticed() -> None:
    assert _pair_report(passed("a2")).notices == ()
    assert _pair_report(ended("a2", Verdict.FAIL, "timeout", "x"), dry_run=True).notices == ()


def test_report_mixed_verdicts_counts_and_fails() -> None:
    report = mixed_report()
    assert list(report.counts.items()) == [
        (Verdict.FAIL, 1),
        (Verdict.CANCELLED, 0),
        (Verdict.WARN, 1),
        (Verdict.PASS, 1),
    ]
    assert report.worst is Verdict.FAIL
    assert report.failed
    assert report.exit_code == 1
    assert report.received == 2 * 6_112_345
    assert [row.host for row in report.worst_first] == ["hq-mc3", "hq-mc2", "hq-mc1"]


@pytest.mark.parametrize(
    ("verdict", "code", "exit_code"),
    [(Verdict.WARN, "clock-skew", 0), (Verdict.CANCELLED, "cancelled", 1)],
)
def test_report_exit_code_follows_the_worst_verdict(
    verdict: Verdict, code: str, exit_code: int
) -> None:
    report = report_of(passed("a"), ended("b", verdict, code, "x"))
    assert report.exit_code == exit_code
    assert report.failed is bool(exit_code)


def test_report_all_passed_is_not_failed() -> None:
    assert report_of(passed("a"), passed("b")).exit_code == 0


def test_report_without_hosts_is_failed() -> None:
    assert build_report(run_info(), [], {}).failed


def test_build_report_hosts_without_a_new_backup_are_told_what_is_left() -> None:
    known = {name: LastProven(STARTED, known=True) for name in ("f", "c", "p", "published")}
    unverified = ended("u", Verdict.WARN, "unverified", "x")
    published = replace(unverified, host="published", generation="published/2026-11-23T020000Z")
    rows = (
        ended("f", Verdict.FAIL, "timeout", "x"),
        ended("c", Verdict.CANCELLED, "cancelled", "x"),
        unverified,
        published,
        passed("p"),
    )
    assert report_of(*rows, last_proven=known).last_proven == {
        "f": known["f"],
        "c": known["c"],
        "u": LastProven(),
    }
    dry = report_of(*rows, run=run_info(dry_run=True), last_proven=known)
    assert list(dry.last_proven) == ["f", "c"]


def test_build_report_missing_outcome_or_pass_without_evidence_is_told_what_is_left() -> None:
    known = {"a": LastProven(known=True), "b": LastProven(STARTED, known=True)}
    hosts = [SelectedHost("a"), SelectedHost("b")]
    outcomes = {"b": HostOutcome("b", Verdict.PASS)}
    assert build_report(run_info(), hosts, outcomes, last_proven=known).last_proven == known


def test_run_info_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(run_info(), ended=datetime(2026, 11, 23))  # noqa: DTZ001
    assert run_info().started == STARTED
