"""The memory of all uploads together."""

from __future__ import annotations

import pytest

from vault.receiver.room import BUDGET, LEAST, MOST, room_for


@pytest.mark.parametrize(
    ("uploads", "room"),
    [(0, MOST), (1, MOST), (32, MOST), (64, BUDGET // 64), (256, LEAST), (1000, LEAST)],
)
def test_room_for_many_uploads_is_less_for_each(uploads: int, room: int) -> None:
    assert room_for(uploads) == room


def test_room_of_a_hundred_that_come_one_after_the_other_stays_bounded() -> None:
    assert sum(room_for(number) for number in range(1, 101)) < 3 * BUDGET
