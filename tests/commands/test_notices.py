"""What a report notes of many conductors is said of a few, with the number of the others."""

from __future__ import annotations

from commands.retention import Forgotten

NAMES = [f"mm-{number}" for number in range(9)]


def test_notices_of_retention_name_few_conductors() -> None:
    same = Forgotten(refused=dict.fromkeys(NAMES, "the clock"))
    assert same.notices() == ["retention removed nothing of mm-0, mm-1, mm-2 and 6 more: the clock"]
    stayed = Forgotten(stayed=dict.fromkeys(NAMES[:4], "busy")).notices()
    assert stayed[-1] == "retention: the like of 1 more conductor"
