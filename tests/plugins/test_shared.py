"""What all conductors of a fleet share."""

from __future__ import annotations

from plugins.shared import Shared


def test_stop_when_set_makes_its_calls_behind_it() -> None:
    shared = Shared()
    seen: list[bool] = []
    shared.stop.then(lambda: seen.append(shared.stop.is_set()))
    assert seen == []
    shared.stop.set()
    assert seen == [True]
