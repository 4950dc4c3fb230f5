"""Which name does the box that answers belong to?"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from aos8 import Identity
from tasks.roster import Roster, SameConductor
from vault.store import Identity as Accepted

NAMES = ("mm-1", "mm-2", "mm-3")
BOX = Identity(hostname="box", serial="S1", mac="00:0b:86:00:00:01")
OTHER = Identity(hostname="other", serial="S2", mac="00:0b:86:00:00:02")


def accepted(host: str, at: str = "2026-11-01T02:00:00Z", **facts: str) -> dict[str, Accepted]:
    return {host: Accepted(host, facts or {"serial": "S1"}, "x", "x", at)}


def roster(known: Mapping[str, Accepted] | None = None) -> Roster:
    return Roster(NAMES, known or {})


def test_note_boxes_of_their_own_are_fine() -> None:
    found = roster(accepted("mm-1"))
    assert found.note("mm-1", BOX) == ()
    assert found.note("mm-2", OTHER) == ()
    assert [found.shared(name) for name in NAMES] == ["", "", ""]


@pytest.mark.parametrize(
    ("facts", "which"),
    [
        ({"serial": "s1"}, "serial S1"),
        ({"mac": "00:0b:86:00:00:01"}, "mac 00:0b:86:00:00:01"),
        ({"serial": "S1", "mac": "00:0B:86:00:00:01"}, "serial S1, mac 00:0b:86:00:00:01"),
    ],
)
def test_note_box_accepted_under_another_name_is_refused(facts: dict[str, str], which: str) -> None:
    with pytest.raises(SameConductor, match=rf"backed up as mm-2 \({which}\); nothing was written"):
        roster(accepted("mm-2", **facts)).note("mm-1", BOX)


def test_note_box_with_a_cloned_mac_is_one_of_its_own() -> None:
    clone = replace(OTHER, mac=BOX.mac)
    found = roster(accepted("mm-2", serial="S1", mac=BOX.mac))
    assert found.note("mm-1", clone) == found.note("mm-2", BOX) == ()
    new = roster()
    assert new.note("mm-1", clone) == new.note("mm-2", BOX) == ()
    assert [new.shared(name) for name in NAMES] == ["", "", ""]


def test_note_accepted_name_keeps_its_box_whoever_answered_first() -> None:
    found = roster(accepted("mm-2"))
    with pytest.raises(SameConductor):
        found.note("mm-1", BOX)
    assert found.note("mm-2", BOX) == ()
    assert found.shared("mm-2") == ""


def test_note_name_accepted_last_keeps_the_box_at_the_same_moment_the_first_name() -> None:
    later = accepted("mm-1") | accepted("mm-2", "2026-11-02T02:00:00Z")
    assert roster(later).note("mm-2", BOX) == ()
    with pytest.raises(SameConductor, match="backed up as mm-2"):
        roster(later).note("mm-1", BOX)
    same = accepted("mm-2") | accepted("mm-1")
    assert roster(same).note("mm-1", BOX) == ()


def test_note_several_new_names_of_one_box_have_none_of_their_own() -> None:
    found = roster()
    assert found.note("mm-3", BOX) == ()
    with pytest.raises(SameConductor, match="the same box as mm-3"):
        found.note("mm-1", BOX)
    with pytest.raises(SameConductor, match="the same box as mm-1"):
        found.raise_if_shared("mm-3")
    with pytest.raises(SameConductor, match="the same box as mm-1, mm-3"):
        found.note("mm-2", BOX)


def test_note_at_the_same_time_misses_no_pair() -> None:
    names = [f"mm-{number}" for number in range(100)]
    found, together = Roster(names, {}), Barrier(len(names))

    def answer(number: int) -> bool:
        together.wait(30)
        try:
            found.note(names[number], Identity(serial=f"S{number // 2}"))
        except SameConductor:
            return True
        return False

    with ThreadPoolExecutor(len(names)) as pool:
        refused = list(pool.map(answer, range(len(names))))
    assert all(refused[number] or refused[number + 1] for number in range(0, 100, 2))
    assert all(found.shared(name) for name in names)


def test_note_box_of_a_name_that_left_the_inventory_is_a_warning_once() -> None:
    (why,) = roster(accepted("mm-old")).note("mm-1", BOX)
    assert why.code == "former-name"
    assert "was backed up as mm-old, which is not in the inventory any more" in why.text
    assert roster(accepted("mm-old") | accepted("mm-1")).note("mm-1", BOX) == ()


@pytest.mark.parametrize(
    ("host", "hostname", "warned"),
    [
        ("mm-1", "mm-2", "mm-2"),
        ("mm-1", "MM-2.example.org", "mm-2"),
        ("mm-1", "mm-1.example.org", ""),
        ("mm-1", "MM-1", ""),
        ("mm-1", "anything", ""),
        ("mm-1", "", ""),
        ("mm-1", "core", "core.hq.example, core.lab.example"),
        ("core.hq.example", "core", ""),
    ],
)
def test_note_hostname_that_is_another_name_is_a_warning(
    host: str, hostname: str, warned: str
) -> None:
    names = (*NAMES, "core.hq.example", "core.lab.example")
    found = Roster(names, {}).note(host, Identity(hostname=hostname, serial="S1"))
    assert [why.code for why in found] == (["wrong-conductor"] if warned else [])
    assert warned in "".join(why.text for why in found)


def test_note_box_that_tells_neither_serial_nor_mac_is_nobodys() -> None:
    found = roster(accepted("mm-2", hostname="box"))
    assert found.note("mm-1", Identity(hostname="box")) == ()
    assert found.note("mm-3", Identity(hostname="box")) == ()
