"""Settings of one conductor that depend on each other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from commands.retention import retention_of
from settings import HostPolicy

NOTHING = {"keep_last": 0, "keep_weekly": 0, "keep_monthly": 0, "keep_yearly": 0}


def test_policy_default_retention_suits_weekly_backups() -> None:
    rules = retention_of(HostPolicy())
    assert (rules.keep_last, rules.keep_weekly, rules.keep_monthly, rules.keep_yearly) == (
        4,
        8,
        12,
        3,
    )
    assert rules.keep_within == timedelta(days=7)
    assert rules.floor == 2


def test_policy_keep_within_is_written_as_a_duration() -> None:
    policy = HostPolicy(keep_within="36h")
    assert retention_of(policy).keep_within == timedelta(hours=36)
    with pytest.raises(ValidationError, match="is no duration"):
        HostPolicy.model_validate({"keep_within": "soon"})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({**NOTHING, "keep_within": "0d"}, "every keep_ rule is 0"),
        ({"keep_floor": 0}, "greater than or equal to 1"),
        ({"keep_last": -1}, "greater than or equal to 0"),
        ({"keep_within": 7}, "valid string"),
        ({"keep_within": "-7d"}, "is no duration"),
        ({"size_warn_percent": 60, "size_fail_percent": 50}, "must not be below"),
        ({"size_fail_percent": 101}, "less than or equal to 100"),
        ({"growth_warn_percent": 0}, "greater than 0"),
    ],
)
def test_policy_rules_that_contradict_are_refused(data: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HostPolicy.model_validate(data)


def test_policy_only_within_is_enough() -> None:
    assert retention_of(HostPolicy.model_validate(NOTHING)).keep_within == timedelta(days=7)
