"""Prove archives beside the run, as many at once as there are processors."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Final, Self

from vault.proof import ArchiveProof, Limits, ProverDied
from vault.provers.prover import Prover
from vault.provers.words import Question

log = logging.getLogger(__name__)

_DEFAULT: Final = Limits()
MOST_READY: Final = 4
"""How many processes are started before they are needed: each takes about 30 MB."""


class Provers:
    """At most `count` processes, one for each processor unless told, started when they are needed.

    Any thread may ask; it waits while all of them are busy. Leave the `with` block to end them.
    """

    def __init__(self, count: int | None = None) -> None:
        self._count: Final = count or os.cpu_count() or 1
        self._places: Final[LifoQueue[Prover | None]] = LifoQueue()
        self._closed = False
        self._open_places()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get_ready(self) -> None:
        """Start one more process, unless there are `MOST_READY` or as many as there may be.

        For who knows that a proof will be asked for: meanwhile the process imports what it needs.
        """
        idle = self._take_idle()
        try:
            alive = self._count - idle.count(None)
            if None in idle and alive < MOST_READY and not self._closed:
                idle[idle.index(None)] = _started()
        finally:
            for place in sorted(idle, key=lambda prover: prover is not None):
                self._places.put(place)

    def prove_file(
        self, path: Path, *, limits: Limits = _DEFAULT, members_to: Path | None = None
    ) -> ArchiveProof:
        """Do what `vault.proof.prove_file` does, in another process.

        A process that ends in the middle of it, as the kernel may end it for want of memory, is
        replaced once; when that happens again `ProverDied` is raised. Where no process can be
        started the proof is made here.
        """
        question = Question(path, limits, members_to)
        try:
            return self._prove(question)
        except ProverDied as error:
            if self._closed:
                raise
            log.warning("%s is proven once more: %s", path, error)
        if members_to is not None:
            members_to.unlink(missing_ok=True)
        return self._prove(question)

    def close(self) -> None:
        """Wait for the proofs under way and end the processes; `ProverDied` for who asks later."""
        self._closed = True
        places = [self._places.get() for _ in range(self._count)]
        for prover in places:
            if prover is not None:
                prover.close()
        self._open_places()

    def _prove(self, question: Question) -> ArchiveProof:
        prover = self._places.get()
        try:
            self._raise_if_closed()
            prover = prover or _started()
            return prover.prove(question) if prover else question.prove()
        except ProverDied:
            if prover is not None:
                prover.close()
                prover = None
            raise
        finally:
            self._places.put(prover)

    def _take_idle(self) -> list[Prover | None]:
        places = []
        with contextlib.suppress(Empty):
            while True:
                places.append(self._places.get_nowait())
        return places

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise ProverDied("the proving processes were ended before this proof")

    def _open_places(self) -> None:
        for _ in range(self._count):
            self._places.put(None)


def _started() -> Prover | None:
    try:
        return Prover()
    except OSError as error:
        log.warning("no process to prove in, so it is done here: %s", error)
        return None
