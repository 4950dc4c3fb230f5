from __future__ import annotations

from pathlib import Path

import pytest

from vault.on_demand import OnDemand
from vault.server import Landing, Place, ServerDown


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    folder = tmp_path / "landed"
    folder.mkdir()
    return folder


class Counting:
    """Makes places and counts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = 0

    def __call__(self) -> Place:
        self.made += 1
        return Landing(self.folder)


def test_place_nobody_asks_for_is_never_made(landed: Path) -> None:
    make = Counting(landed)
    with OnDemand(make):
        pass
    assert make.made == 0


def test_place_is_made_once_for_everything(landed: Path) -> None:
    make = Counting(landed)
    (landed / "file").write_bytes(b"0123")
    with OnDemand(make) as place:
        seen = place.look("file")
        assert seen is not None
        assert b"".join(place.read("file", seen)) == b"0123"
        assert place.locate("file").folder == str(landed)
        assert place.remove("file") == ""
    assert make.made == 1
    assert list(landed.iterdir()) == []


def test_place_that_is_down_is_tried_once_and_refused_ever_after(landed: Path) -> None:
    make = Counting(landed / "absent")
    with OnDemand(make) as place:
        for _ in range(3):
            with pytest.raises(ServerDown, match="landing folder"):
                place.look("file")
    assert make.made == 1
