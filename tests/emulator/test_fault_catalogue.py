from __future__ import annotations

from emulator import fault_catalogue
from emulator.fault_kinds import GET_STEPS, KINDS


def test_catalogue_has_every_kind_at_every_step() -> None:
    families = {"any", "object", *GET_STEPS}
    expected = {(step, kind.name) for kind in KINDS for step in kind.steps if step not in families}

    assert {(fault.step, fault.kind) for fault in fault_catalogue()} == expected
    assert len(expected) > 400


def test_catalogue_of_some_steps_has_no_others() -> None:
    assert {fault.step for fault in fault_catalogue(["login", "scp"])} == {"login", "scp"}


def test_catalogue_has_each_http_status_that_devices_and_proxies_give() -> None:
    codes = {fault.http for fault in fault_catalogue(["show"]) if fault.kind == "http"}

    assert codes == {401, 403, 415, 500, 502}


def test_catalogue_has_the_session_expired_once_and_always() -> None:
    times = {fault.times for fault in fault_catalogue(["show"]) if fault.kind == "expired"}

    assert times == {1, None}


def test_catalogue_patience_bounds_what_hangs() -> None:
    waits = {
        fault.seconds for fault in fault_catalogue(patience=0.5) if fault.kind in ("hang", "late")
    }

    assert waits == {0.5}
