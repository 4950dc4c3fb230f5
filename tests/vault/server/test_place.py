"""What every place must do, whichever way the folder is reached."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vault.receiver import TransferCut
from vault.server import FileRefused, Nowhere, Place
from vault.server.place import BLOCK

NAME = "mm-1-0a1b2c3d-bk-20261123T020000Z-3f9c-flash.tar.gz"


def test_look_nothing_there_is_none(place: Place) -> None:
    assert place.look(NAME) is None


def test_read_file_of_several_blocks_is_whole(place: Place, landed: Path) -> None:
    content = os.urandom(2 * BLOCK + 12345)
    (landed / NAME).write_bytes(content)
    seen = place.look(NAME)
    assert seen is not None
    assert seen.size == len(content)
    assert b"".join(place.read(NAME, seen)) == content


def test_read_empty_file_is_empty(place: Place, landed: Path) -> None:
    (landed / NAME).touch()
    seen = place.look(NAME)
    assert seen is not None
    assert list(place.read(NAME, seen)) == []


@pytest.mark.parametrize("kind", ["symlink", "folder", "fifo"])
def test_look_anything_but_a_plain_file_is_refused(place: Place, landed: Path, kind: str) -> None:
    (landed / "other").write_bytes(b"someone else's")
    if kind == "symlink":
        (landed / NAME).symlink_to(landed / "other")
    elif kind == "folder":
        (landed / NAME).mkdir()
    else:
        os.mkfifo(landed / NAME)
    with pytest.raises(FileRefused, match="left alone"):
        place.look(NAME)
    assert os.path.lexists(landed / NAME)


def test_read_file_replaced_by_a_symlink_is_refused(place: Place, landed: Path) -> None:
    (landed / NAME).write_bytes(b"0123456789")
    seen = place.look(NAME)
    assert seen is not None
    (landed / NAME).rename(landed / "other")
    (landed / NAME).symlink_to(landed / "other")
    with pytest.raises((FileRefused, TransferCut)):
        list(place.read(NAME, seen))


def test_read_file_replaced_before_is_refused(place: Place, landed: Path) -> None:
    (landed / NAME).write_bytes(b"0123456789")
    seen = place.look(NAME)
    assert seen is not None
    (landed / "new").write_bytes(b"another one")
    (landed / "new").rename(landed / NAME)
    with pytest.raises(TransferCut, match="changed on the server"):
        list(place.read(NAME, seen))


def test_read_file_replaced_meanwhile_is_refused(place: Place, landed: Path) -> None:
    (landed / NAME).write_bytes(bytes(2 * BLOCK))
    seen = place.look(NAME)
    assert seen is not None
    blocks = place.read(NAME, seen)
    next(blocks)
    (landed / "new").write_bytes(bytes(2 * BLOCK + 1))
    (landed / "new").rename(landed / NAME)
    with pytest.raises(TransferCut, match="changed on the server"):
        list(blocks)


def test_read_file_cut_meanwhile_is_refused(place: Place, landed: Path) -> None:
    (landed / NAME).write_bytes(bytes(2 * BLOCK))
    seen = place.look(NAME)
    assert seen is not None
    blocks = place.read(NAME, seen)
    next(blocks)
    os.truncate(landed / NAME, BLOCK)
    with pytest.raises(TransferCut, match="changed on the server"):
        list(blocks)


def test_read_file_that_has_gone_is_refused(place: Place, landed: Path) -> None:
    (landed / NAME).write_bytes(b"0123456789")
    seen = place.look(NAME)
    assert seen is not None
    (landed / NAME).unlink()
    with pytest.raises(TransferCut):
        list(place.read(NAME, seen))


def test_remove_file_is_gone_and_again_is_no_trouble(place: Place, landed: Path) -> None:
    (landed / NAME).write_bytes(b"0")
    assert place.remove(NAME) == ""
    assert list(landed.iterdir()) == []
    assert place.remove(NAME) == ""


def test_remove_refused_says_so(place: Place, landed: Path) -> None:
    (landed / NAME).mkdir()
    assert "land" in place.remove(NAME)
    assert (landed / NAME).is_dir()


def test_nowhere_sees_nothing() -> None:
    nowhere = Nowhere()
    nowhere.start()
    assert nowhere.look(NAME) is None
    assert nowhere.remove(NAME)
    nowhere.stop()
