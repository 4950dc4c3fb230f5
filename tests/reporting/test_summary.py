from __future__ import annotations

from dataclasses import replace

import pytest

from outcome import HostOutcome, Verdict
from reporting.last_proven import LastProven
from reporting.report import Report, build_report
from reporting.summary import (
    MOST_NOTICES,
    brief_notices,
    copy_size,
    counts_text,
    headline,
    remarks,
    started_text,
    summary_line,
    unnamed_left_overs,
)
from tests.reporting.samples import damaged, ended, mixed_report, passed, report_of, run_info

WARNED = replace(
    ended("w", Verdict.WARN, "left-over", "a.cfg is left"), artefacts=passed("w").artefacts
)
FAILED = ended("f", Verdict.FAIL, "timeout", "x")
STOPPED = ended("c", Verdict.CANCELLED, "cancelled", "x")


def test_summary_line_mixed_says_counts_time_bytes_vault_and_run() -> None:
    assert summary_line(mixed_report()) == (
        "1 PASS, 1 WARN, 1 FAIL of 3 conductors in 8.3 s, 12.2 MB received, "
        "vault /srv/vault, run 2026-11-23T020000Z"
    )


def test_summary_line_dry_run_says_that_nothing_was_copied() -> None:
    report = report_of(HostOutcome("a", Verdict.PASS), run=run_info(dry_run=True))
    assert "1 PASS of 1 conductor in 8.3 s, dry run, nothing copied" in summary_line(report)


def test_summary_line_dry_run_names_no_run_as_nothing_is_kept_under_it() -> None:
    report = report_of(HostOutcome("a", Verdict.PASS), run=run_info(dry_run=True))
    assert summary_line(report).endswith("nothing copied, vault /srv/vault")


def test_remarks_backup_that_was_published_needs_none() -> None:
    report = mixed_report()
    assert [remarks(report, row) for row in report.rows[:2]] == [(), ()]


def test_remarks_failed_one_says_where_what_arrived_is_and_what_else_there_is() -> None:
    report = report_of(damaged("a"), last_proven={"a": LastProven(known=True)})
    assert remarks(report, report.rows[0]) == (
        "not published, what arrived is in quarantine/a/2026-11-23T020000Z of the vault",
        "no proven backup in the vault",
    )
    lost = report_of(replace(damaged("a"), quarantined=()))
    assert remarks(lost, lost.rows[0])[0] == "not published"


def test_brief_notices_are_bounded() -> None:
    report = report_of(passed("a"), notices=[f"n{number}" for number in range(300)])
    assert len(report.notices) == 300
    *first, rest = brief_notices(report)
    assert first == [f"n{number}" for number in range(MOST_NOTICES)]
    assert rest.startswith("and 280 more")
    few = report_of(passed("a"), notices=["n"] * MOST_NOTICES)
    assert brief_notices(few) == few.notices


def test_counts_text_worst_first_leaves_out_zeros() -> None:
    assert counts_text(mixed_report(), worst_first=True) == "1 FAIL, 1 WARN, 1 PASS of 3"
    assert counts_text(report_of(passed("a")), worst_first=True) == "1 PASS of 1"


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (report_of(passed("a"), passed("b")), "All 2 conductors backed up"),
        (report_of(passed("a")), "1 conductor backed up"),
        (report_of(passed("a"), WARNED), "2 conductors backed up, 1 with a warning"),
        (report_of(passed("a"), FAILED), "1 of 2 conductors failed"),
        (
            report_of(passed("a"), FAILED, STOPPED, run=run_info(interrupted="SIGTERM")),
            "Interrupted: 2 of 3 conductors without a new backup",
        ),
        (
            report_of(passed("a"), passed("b"), run=run_info(dry_run=True)),
            "All 2 conductors ready for backup",
        ),
        (build_report(run_info(), [], {}), "No conductor was selected"),
    ],
)
def test_headline_report_says_what_matters(report: Report, text: str) -> None:
    assert headline(report) == text


def test_started_text_run_is_in_utc() -> None:
    assert started_text(run_info()) == "2026-11-23 02:00Z"


def test_copy_size_kinds_in_order_of_preference() -> None:
    assert copy_size(passed("a"), "config", "flash") == "5.3 MB"
    assert copy_size(FAILED, "flash") == "-"


def test_unnamed_left_overs_file_in_a_reason_is_not_said_twice() -> None:
    assert unnamed_left_overs(replace(WARNED, left_over=("a.cfg", "b.tar.gz"))) == ("b.tar.gz",)
