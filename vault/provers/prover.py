"""One process that proves, as the run holds it."""

from __future__ import annotations

from typing import Final

from vault.processes.child import Child
from vault.proof import ArchiveProof, ProverDied
from vault.provers.words import Question, proof_from_words

_MODULE: Final = "vault.provers.child"
_END_SECONDS: Final = 10.0


class Prover:
    """Proves one archive after the other; one thread at a time may ask."""

    def __init__(self) -> None:
        """Start the process without waiting for it; raise OSError when there is none."""
        self._child: Final = Child(_MODULE, "prover")

    def prove(self, question: Question) -> ArchiveProof:
        """Return the proof, or raise what `prove_archive` raises; ProverDied when it has ended."""
        self._child.link.send(question.to_words())
        words = self._child.link.receive()
        if words is None:
            raise ProverDied(f"the proving process has ended: {self._child.cause(_END_SECONDS)}")
        return proof_from_words(words)

    def close(self) -> None:
        """Let the process end and leave nothing open; nobody may be asking any more."""
        self._child.close(_END_SECONDS)
        self._child.link.close()
