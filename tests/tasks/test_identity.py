"""Is it still the same box?"""

from __future__ import annotations

import pytest

from aos8 import Identity
from tasks.identity import (
    IdentityChanged,
    WrongConductor,
    check_accepted,
    check_again,
    facts_of,
    learnt,
)

BOX = Identity(hostname="mm-1", serial="S1", mac="00:0b:86:00:00:01", role="conductor")
ACCEPTED = facts_of(BOX)


def test_check_accepted_same_box_is_fine() -> None:
    assert check_accepted(ACCEPTED, BOX) == ()
    assert check_accepted({}, BOX) == ()


@pytest.mark.parametrize(
    "other",
    [
        Identity(hostname="mm-1", serial="S2", mac="00:0b:86:00:00:01"),
        Identity(hostname="mm-1", serial="S1", mac="00:0b:86:00:00:02"),
        Identity(hostname="mm-1", serial="S2"),
        Identity(hostname="mm-1", mac="00:0b:86:00:00:02"),
    ],
)
def test_check_accepted_other_serial_or_mac_is_another_box(other: Identity) -> None:
    with pytest.raises(IdentityChanged, match="another box answers"):
        check_accepted(ACCEPTED, other)


def test_check_accepted_only_names_are_told_another_name_is_another_box() -> None:
    with pytest.raises(IdentityChanged, match="hostname mm-2 instead of mm-1"):
        check_accepted({"hostname": "mm-1"}, Identity(hostname="mm-2"))
    assert check_accepted({"hostname": "MM-1"}, Identity(hostname="mm-1")) == ()


def test_check_accepted_box_that_tells_less_is_compared_by_what_is_there() -> None:
    assert check_accepted(ACCEPTED, Identity(hostname="mm-1")) == ()
    with pytest.raises(IdentityChanged):
        check_accepted(ACCEPTED, Identity(hostname="mm-2"))


def test_check_accepted_renamed_box_is_a_warning() -> None:
    renamed = Identity(hostname="new", serial="S1", mac="00:0b:86:00:00:01", version="8.11.0.0")
    (why,) = check_accepted(ACCEPTED, renamed)
    assert why.code == "identity-changed"
    assert why.text == 'the same box calls itself "new" now, it was "mm-1"'


def test_check_again_other_box_is_refused() -> None:
    with pytest.raises(WrongConductor, match="serial S2 instead of S1"):
        check_again(BOX, Identity(hostname="mm-1", serial="S2"))


def test_check_again_other_role_is_a_warning() -> None:
    (why,) = check_again(BOX, Identity(serial="S1", role="standby"))
    assert why.code == "role-changed"
    assert "was conductor before the backup and is standby" in why.text


def test_check_again_silent_box_is_a_warning() -> None:
    (why,) = check_again(BOX, Identity())
    assert why.code == "wrong-conductor"
    assert check_again(Identity(), Identity()) == ()


def test_learnt_adds_what_was_unknown_and_changes_nothing_known() -> None:
    known = {"hostname": "old", "serial": "S1", "history_since": "x"}
    assert learnt(known, BOX) == {**known, "mac": BOX.mac}
