"""Processes that prove, and archives that they wait for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

import pytest

from tests.support import archives as a
from tests.support.processes import children_of, until
from vault.proof import ArchiveProof
from vault.provers import Provers

GOOD = a.gz(a.tar(a.file(b"one", b"1" * 5000), a.header(b"folder/", typeflag=b"5")))


def pids(parent: int | None = None) -> list[int]:
    """Return the processes that prove for `parent`, this process where none is named."""
    return children_of(parent or os.getpid(), "vault.provers")


class Held:
    """A proof under way: its archive is a pipe, which ends when this says so."""

    def __init__(self, provers: Provers, place: Path) -> None:
        os.mkfifo(place)
        self.place = place
        self.members = place.with_suffix(".members")
        self._end: int | None = None
        self._thread = ThreadPoolExecutor(1)
        self.proof: Future[ArchiveProof] = self._thread.submit(
            provers.prove_file, place, members_to=self.members
        )

    def begun(self) -> bool:
        """Say whether a process has the archive open."""
        if self._end is None:
            with contextlib.suppress(OSError):
                self._end = os.open(self.place, os.O_WRONLY | os.O_NONBLOCK)
        return self._end is not None

    def give(self, data: bytes) -> None:
        """Let the archive be `data`, and wait for the end of the proof."""
        assert until(self.begun)
        assert until(lambda: self._gave(data))
        self.close()

    def close(self) -> None:
        """Let the archive end here, and wait for the end of the proof."""
        if self._end is not None:
            os.close(self._end)
            self._end = None
        assert until(self._ended)
        self._thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ended(self) -> bool:
        """Let go whoever waits for the pipe's other end, and say whether the proof is over."""
        os.close(os.open(self.place, os.O_RDWR | os.O_NONBLOCK))
        return self.proof.done()

    def _gave(self, data: bytes) -> bool:
        try:
            return os.write(self._end or -1, data) == len(data)
        except BrokenPipeError:
            return False


@pytest.fixture
def provers() -> Iterator[Provers]:
    """Return one process that proves; all have ended behind the test."""
    with Provers(1) as running:
        yield running
    assert until(lambda: pids() == [])
