from __future__ import annotations

from outcome import Verdict
from reasons import REMEDIES
from reporting.advice import advise
from tests.reporting.samples import ended, passed, report_of


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
        ("f1", "f3", "f2"),
    )
    assert first.remedy == REMEDIES["unreachable"]
    assert [(said.text, [row.host for row in said.rows]) for said in first.complaints] == [
        ("no answer", ["f1", "f3"]),
        ("refused", ["f2"]),
    ]
    assert (second.code, second.verdict) == ("clock-skew", Verdict.WARN)


def test_advise_all_passed_is_empty() -> None:
    assert advise(report_of(passed("p"))) == ()
