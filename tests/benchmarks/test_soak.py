"""Random faults, and runs that end at random moments."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from benchmarks.soak import interrupt, soak


@pytest.mark.long
@pytest.mark.timeout(200)
@pytest.mark.parametrize("seed", [101, 102])
def test_soak_random_faults_break_nothing(tmp_path: Path, seed: int) -> None:
    assert soak(tmp_path, seed, 15) == []


@pytest.mark.long
@pytest.mark.timeout(200)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("seed", [201, 202])
def test_interrupt_at_a_random_moment_leaves_nothing(
    tmp_path: Path, seed: int, number: signal.Signals
) -> None:
    assert interrupt(tmp_path, seed, 12, number) == []
