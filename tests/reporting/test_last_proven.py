from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from reporting.last_proven import LastProven
from tests.reporting.samples import STARTED

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (LastProven(), "last proven backup unknown, the vault was not read"),
        (LastProven(known=True), "no proven backup in the vault"),
        (
            LastProven((STARTED - timedelta(days=8)).astimezone(EAST), known=True),
            "last proven backup 2026-11-15 02:00Z, 8 days old",
        ),
    ],
)
def test_said_each_knowledge_has_its_words(last: LastProven, words: str) -> None:
    assert last.said(STARTED) == words
