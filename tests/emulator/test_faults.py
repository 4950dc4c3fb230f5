from __future__ import annotations

from typing import Any

import pytest

from emulator import Fault
from emulator.fault_kinds import GET_STEPS, KINDS, OBJECT_STEPS
from emulator.faults import PARAMETERS, FaultBox
from emulator.objects import GETTERS, OBJECTS


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"step": "show", "kind": "cut"}, r"'cut' belongs to the steps \['scp'\], not to 'show'"),
        ({"step": "show", "kind": "refuse-login"}, "belongs to the steps"),
        ({"step": "show version", "kind": "truncated"}, "belongs to the steps"),
        ({"step": "flash_bakcup", "kind": "reset"}, "not to 'flash_bakcup'"),
        ({"step": "login", "kind": "expired"}, "belongs to the steps"),
        ({"step": "any", "kind": "tls-fail"}, r"belongs to the steps \['connect'\]"),
        ({"step": "show", "kind": "melt"}, "there is no fault 'melt'"),
        ({"step": "show", "kind": "hang", "http": 500}, "takes .*'seconds'.*, not 'http'"),
        ({"step": "show", "kind": "html", "seconds": 1.0}, "not 'seconds'"),
        ({"step": "show", "kind": "hang", "seconds": -1.0}, "seconds must be 0 or more"),
        ({"step": "show", "kind": "reset", "times": 0}, "times must be 1 or more"),
        ({"step": "show", "kind": "reset", "skip": -1}, "skip must be 0 or more"),
        ({"step": "scp", "kind": "slow", "bytes_per_second": 0}, "bytes_per_second must be 1"),
        ({"step": "show", "kind": "http", "http": 99}, "http must lie between"),
    ],
)
def test_fault_that_makes_no_sense_is_refused(fault: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Fault(**fault)


def test_fault_without_a_parameter_gets_the_kinds_own() -> None:
    assert Fault("show", "hang").seconds == 30.0
    assert Fault("show", "http").http == 500
    assert Fault("show", "http").seconds is None


def test_fault_of_the_clock_may_go_backwards() -> None:
    assert Fault("show", "clock-jump", seconds=-60.0).seconds == -60.0


def test_kinds_name_every_object_of_the_emulator() -> None:
    assert set(OBJECT_STEPS) == OBJECTS.keys()
    assert set(GET_STEPS) == GETTERS.keys()


def test_kinds_take_known_parameters_only() -> None:
    assert {name for kind in KINDS for name in kind.takes} <= set(PARAMETERS)


def test_box_times_counts_down() -> None:
    box = FaultBox([Fault("show", "reset", times=2)])

    taken = [box.take({"show"}, {"reset"}) for _ in range(3)]

    assert [fault is not None for fault in taken] == [True, True, False]


def test_box_skip_lets_pass_first() -> None:
    box = FaultBox([Fault("show", "reset", skip=2)])

    taken = [box.take({"show"}, {"reset"}) for _ in range(3)]

    assert [fault is not None for fault in taken] == [False, False, True]


def test_box_tells_of_every_change() -> None:
    told: list[bool] = []
    box = FaultBox()
    box.changed = told.append

    box.add(Fault("show", "reset"))
    box.replace(())

    assert told == [False, True]


def test_box_ready_waits_for_those_that_pass() -> None:
    box = FaultBox([Fault("connect", "refuse", skip=1, times=1)])

    assert box.take_ready("connect", "refuse") is None
    box.let_pass("connect", "refuse")
    assert box.take_ready("connect", "refuse") is not None
    assert box.take_ready("connect", "refuse") is None
