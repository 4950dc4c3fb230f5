"""What is made of what a conductor shows and says, value by value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aos8 import Certificate, Identity
from finding import Level, ok
from settings import HostPolicy
from tasks.check import ConductorState
from tasks.errors import reason
from tasks.judgement import (
    judge_certificate,
    judge_clock,
    judge_flash,
    judge_left_over,
    judge_release,
    judge_role,
    judge_shared,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PIN = "ab" * 32


def state(role: str = "conductor", *, free: int | None = 4000, **more: Any) -> ConductorState:
    return ConductorState(Identity(role=role), free, more.pop("skew", 1.0), **more)


@pytest.mark.parametrize(
    ("days", "policy", "level", "code"),
    [
        (31, {}, Level.OK, ""),
        (29, {}, Level.WARN, "certificate-expiring"),
        (-1, {"tls_fingerprint": PIN}, Level.WARN, "certificate-expiring"),
        (365, {"tls_verify": False}, Level.WARN, "tls-unverified"),
        (365, {"tls_verify": False, "tls_fingerprint": PIN}, Level.OK, ""),
    ],
)
def test_judge_certificate_by_its_end_and_by_who_looks(
    days: int, policy: dict[str, Any], level: Level, code: str
) -> None:
    shown = Certificate("CN=mm-1", "CN=ca", PIN, NOW - timedelta(days=9), NOW + timedelta(days))
    found = judge_certificate(shown, HostPolicy(**policy), NOW)
    assert (found.level, found.code) == (level, code)


@pytest.mark.parametrize(
    ("version", "code", "words"),
    [
        ("8.10.0.7_86118", "", "takes file names"),
        ("8.13.1.2", "", "takes file names"),
        ("8.6.0.5_75979", "", "no CSRF token"),
        ("8.5.0.10", "", "may ignore file names"),
        ("8.2.2.2_66002", "name-not-honoured", "default names"),
        ("8.1.0.4", "unsupported", "made for"),
        ("6.5.4.20", "unsupported", "made for"),
        ("10.4.0.1", "unsupported", "made for"),
        ("", "unsupported", "does not tell"),
    ],
)
def test_judge_release_by_its_train(version: str, code: str, words: str) -> None:
    found = judge_release(version)
    assert found.code == code
    assert words in found.text


@pytest.mark.parametrize(
    ("role", "code"),
    [("conductor", ""), ("standby", ""), ("", ""), ("managed-device", "wrong-conductor")],
)
def test_judge_role_doubts_a_managed_device(role: str, code: str) -> None:
    assert judge_role(state(role), pair="hq").code == code


@pytest.mark.parametrize(
    ("free", "last", "code"),
    [
        (4000, 1000, ""),
        (1999, 1000, "flash-full"),
        (499, 0, "flash-full"),
        (None, 0, "unsupported"),
    ],
)
def test_judge_flash_needs_twice_the_last_backup(free: int | None, last: int, code: str) -> None:
    assert judge_flash(state(free=free), HostPolicy(min_free_flash_mb=500), last).code == code


def test_judge_clock_passes_the_warning_on() -> None:
    assert judge_clock(state()).level is Level.OK
    assert judge_clock(state(skew=None)).level is Level.OK
    late = state(warnings=(reason("clock-skew", "900 s behind"),))
    assert (judge_clock(late).code, judge_clock(late).text) == ("clock-skew", "900 s behind")


def test_judge_left_over_names_the_files() -> None:
    assert judge_left_over([], recorded=True) == []
    [found] = judge_left_over(["bk-1", "bk-2"], recorded=True)
    assert (found.level, found.text) == (
        Level.WARN,
        "left by earlier runs, or by one under way: bk-1, bk-2",
    )


def test_judge_shared_replaces_a_good_identity_and_says_it_once() -> None:
    good = (ok("login", "in"), ok("identity", "mm-1"))
    assert judge_shared(good, "") == good
    found = judge_shared(good, "the same box as mm-2")
    assert [(each.check, each.level, each.code) for each in found] == [
        ("login", Level.OK, ""),
        ("identity", Level.FAIL, "same-conductor"),
    ]
    assert judge_shared(found, "said again") == found
