"""The whole matrix of faults, and what its judge refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.arena import arena
from benchmarks.cells import CONTENT, STEPS, Cell, cells
from benchmarks.deserved import DESERVED
from benchmarks.faults import HEALTHY, run_matrix
from benchmarks.judge import healthy_broken, judge, secrets_told
from benchmarks.site import PASSWORD
from emulator import ConductorSpec, Fault, fault_catalogue


@pytest.mark.long
@pytest.mark.timeout(400)
def test_matrix_every_fault_gets_what_it_deserves_and_breaks_nothing(tmp_path: Path) -> None:
    matrix = run_matrix(tmp_path, cells())
    found = {f"{one.cell.place} {one.cell.kind}": one.broken for one in matrix.judged}
    assert len(found) > 340
    assert {name: broken for name, broken in found.items() if broken} == {}
    assert matrix.broken == ()


def test_cells_hold_every_fault_of_every_step_that_a_run_meets() -> None:
    listed = {(fault.step, fault.kind) for fault in fault_catalogue(STEPS)}
    assert listed <= {(cell.fault.step, cell.fault.kind) for cell in cells()}
    assert {fault.step for fault in fault_catalogue(STEPS)} == set(STEPS)


def test_deserved_names_nothing_that_no_cell_has() -> None:
    known = {(cell.place, name) for cell in cells() for name in (cell.kind, cell.fault.kind)}
    assert {place for place, _ in known} == set(DESERVED)


def test_cell_deserves_only_what_the_table_says() -> None:
    cell = Cell("mm-1", Fault("flash_backup", "truncated"))
    assert cell.deserves("FAIL", "archive-damaged")
    assert not cell.deserves("FAIL", "device-error")
    assert not cell.deserves("PASS", "")


def test_judge_finds_what_does_not_hold(tmp_path: Path) -> None:
    cell = Cell("mm-1", Fault("flash_backup", "truncated"))
    specs = [cell.spec, ConductorSpec(HEALTHY[0], content=CONTENT)]
    with arena(tmp_path, specs) as ground:
        ended = ground.run()
        device = ground.fleet.conductor("mm-1")
        device.disk.write("bk-20260101T000000Z-0000-flash.tar.gz", (b"x",))
        device.logins += 1
        sums = next((ground.vault / "conductors" / "mm-1").glob("2*Z/flash.tar.gz"))
        sums.write_bytes(b"y")
        told = " ".join(judge(ground, ended, cell).broken)
        device_2 = ground.fleet.conductor(HEALTHY[0])
        device_2.logins += 1
        healthy = " ".join(healthy_broken(ground, ended, HEALTHY[:1]))
        leak = replace(ended, output=PASSWORD)
        assert list(secrets_told(ground, ended)) == []
        assert list(secrets_told(ground, leak)) == ["a secret in the output"]
    for words in (
        "PASS  instead of",
        "forgotten on the flash",
        "2 logins, 1 logouts",
        "SHA256SUMS",
    ):
        assert words in told
    assert "2 logins" in healthy
