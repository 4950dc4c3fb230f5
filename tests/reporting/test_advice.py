from __future__ import annotations

from dataclasses import replace

from outcome import Verdict
from reasons import REMEDIES
from reporting.advice import advise, shared_by
from tests.reporting.samples import damaged, ended, passed, refused, report_of, run_info


def test_advise_same_reason_on_many_hosts_is_one_advice() -> None:
    report = report_of(
        ended("w", Verdict.WARN, "clock-skew", "9 s behind"),
        passed("p"),
        ended("f1", Verdict.FAIL, "unreachable", "no answer"),
        ended("f2", Verdict.FAIL, "unreachable", "refused"),
        ended("f3", Verdict.FAIL, "unreachable", "no answer"),
    )
    first, second = advise(report)
    assert (first.code, first.verdict, first.hosts) == (
        "unreachable",
        Verdict.FAIL,
        ("f1", "f2", "f3"),
    )
    assert first.remedy == REMEDIES["unreachable"]
    assert [(said.text, [row.host for row in said.rows]) for said in first.complaints] == [
        ("no answer", ["f1", "f3"]),
        ("refused", ["f2"]),
    ]
    assert (second.code, second.verdict) == ("clock-skew", Verdict.WARN)


def test_advise_all_passed_is_empty() -> None:
    assert advise(report_of(passed("p"))) == ()


def test_advise_many_hosts_are_bounded_in_the_order_of_the_table() -> None:
    (advice,) = advise(report_of(*(refused(f"mc-{number}") for number in range(300))))
    assert advice.who == ", ".join(f"mc-{number}" for number in range(10)) + " and 290 more"


def test_advise_remedy_has_the_command_for_all_its_hosts() -> None:
    stopped = [ended(name, Verdict.CANCELLED, "cancelled", "stopped") for name in ("a", "b", "c")]
    (advice,) = advise(report_of(*stopped))
    assert advice.commands.lines == ("runbook.py --host a,b,c",)
    assert advice.looks.lines == ()


def test_advise_quarantined_archive_of_a_failure_can_be_looked_at() -> None:
    cancelled = replace(damaged("c"), verdict=Verdict.CANCELLED)
    for row, count in ((damaged("f"), 1), (cancelled, 0)):
        (advice,) = advise(report_of(row))
        assert len(advice.looks.lines) == count
    assert advise(report_of(damaged("f")))[0].looks.lines == (
        "runbook.py verify --file /srv/vault/quarantine/f/2026-11-23T020000Z/bk-1-flash.tar.gz",
    )


def test_shared_by_only_long_words_of_several_hosts_are_said_once() -> None:
    three = [refused(name) for name in "abc"]
    assert list(shared_by(advise(report_of(*three))).values()) == [3]
    assert shared_by(advise(report_of(*three[:2]))) == {}
    short = [ended(name, Verdict.FAIL, "unreachable", "no answer") for name in "abc"]
    assert shared_by(advise(report_of(*short))) == {}


def test_advise_more_failed_hosts_than_fit_a_line_name_the_option_for_all() -> None:
    rows = [damaged(f"mm-{number}") for number in range(60)]
    (advice,) = advise(report_of(*rows))
    assert "runbook.py --failed" in advice.commands.rest
    (rehearsed,) = advise(report_of(*rows, run=run_info(dry_run=True)))
    assert "--failed" not in rehearsed.commands.rest, "no ledger tells of a dry run"
    (warned,) = advise(report_of(*(replace(row, verdict=Verdict.WARN) for row in rows)))
    assert "--failed" not in warned.commands.rest
