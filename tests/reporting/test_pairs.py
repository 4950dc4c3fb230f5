"""Both members of a redundant pair are needed, and exactly one of them is active."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from outcome import HostOutcome, Verdict
from reporting.pairs import FRESH, Pairs, Past, judge_pairs

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
MEMBERS = {"hq": ("mm-1", "mm-2")}


def row(host: str, role: str, verdict: Verdict = Verdict.PASS) -> HostOutcome:
    return HostOutcome(host, verdict, role=role, pair="hq")


def codes(rows: tuple[HostOutcome, ...]) -> dict[str, list[str]]:
    return {r.host: [reason.code for reason in r.reasons] for r in rows}


def test_judge_one_active_one_standby_adds_nothing() -> None:
    rows = (row("mm-1", "conductor"), row("mm-2", "standby"), row("mm-9", "conductor"))
    judged = judge_pairs(rows, Pairs(MEMBERS), NOW)
    assert judged.rows == rows
    assert judged.notices == ()


@pytest.mark.parametrize(("role", "word"), [("conductor", "both"), ("standby", "neither")])
def test_judge_both_or_neither_active_warns_each(role: str, word: str) -> None:
    judged = judge_pairs((row("mm-1", role), row("mm-2", role)), Pairs(MEMBERS), NOW)
    assert [r.verdict for r in judged.rows] == [Verdict.WARN, Verdict.WARN]
    assert codes(judged.rows) == {"mm-1": ["pair-roles"], "mm-2": ["pair-roles"]}
    assert word in judged.rows[0].reasons[0].text


def test_judge_one_that_did_not_answer_is_not_called_inactive() -> None:
    rows = (row("mm-1", "conductor"), row("mm-2", "", Verdict.FAIL))
    assert codes(judge_pairs(rows, Pairs(MEMBERS), NOW).rows) == {"mm-1": [], "mm-2": []}


def test_judge_fail_over_since_last_run_warns_and_leaves_fail() -> None:
    past = {"mm-1": Past("standby"), "mm-2": Past("conductor")}
    rows = (row("mm-1", "conductor"), row("mm-2", "standby", Verdict.FAIL))
    judged = judge_pairs(rows, Pairs(MEMBERS, past), NOW)
    assert [r.verdict for r in judged.rows] == [Verdict.WARN, Verdict.FAIL]
    assert codes(judged.rows) == {"mm-1": ["failed-over"], "mm-2": ["failed-over"]}
    assert "was standby at the last backup and is conductor now" in judged.rows[0].reasons[0].text


@pytest.mark.parametrize(
    ("newest", "words"),
    [(None, "it has none"), (NOW - FRESH - timedelta(days=1), "its newest is of 2025-12-27")],
)
def test_judge_member_without_fresh_copy_is_named(newest: datetime | None, words: str) -> None:
    past = {"mm-2": Past("standby", newest)}
    judged = judge_pairs((row("mm-1", "conductor"),), Pairs(MEMBERS, past), NOW)
    [notice] = judged.notices
    assert "mm-2 has no fresh proven backup" in notice
    assert words in notice


def test_judge_failed_member_with_fresh_copy_is_not_named() -> None:
    past = {"mm-2": Past("standby", NOW - timedelta(days=7))}
    rows = (row("mm-1", "conductor"), row("mm-2", "standby", Verdict.FAIL))
    assert judge_pairs(rows, Pairs(MEMBERS, past), NOW).notices == ()


def test_judge_pair_of_which_nobody_is_selected_says_nothing() -> None:
    judged = judge_pairs((row("mm-9", "conductor"),), Pairs(MEMBERS), NOW)
    assert judged.notices == ()
