"""Questions, proofs and errors as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from vault.proof import ArchiveProof, ArchiveRejected, Limits, ProofError, prove_file

Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """An archive at `path` to be proven; `members_to` is where its member manifest goes."""

    path: Path
    limits: Limits
    members_to: Path | None

    def prove(self) -> ArchiveProof:
        """Prove it in this process."""
        return prove_file(self.path, limits=self.limits, members_to=self.members_to)

    def to_words(self) -> Words:
        """Return it with paths that mean the same in any current directory."""
        return {
            "path": str(self.path.absolute()),
            "limits": asdict(self.limits),
            "members_to": self.members_to and str(self.members_to.absolute()),
        }


def question_from_words(words: Words) -> Question:
    """Return the question that `to_words` was asked of."""
    members_to = words["members_to"]
    return Question(
        Path(words["path"]), Limits(**words["limits"]), Path(members_to) if members_to else None
    )


def proof_to_words(proof: ArchiveProof) -> Words:
    """Return all that a proof says."""
    return {"proof": asdict(proof)}


def error_to_words(error: ProofError | OSError) -> Words:
    """Return all that an error says."""
    if isinstance(error, OSError):
        return {"refused": [error.errno, error.strerror or str(error), error.filename]}
    words = {"kind": type(error).__name__, "text": str(error)}
    if isinstance(error, ArchiveRejected):
        words |= {name: getattr(error, name) for name in _PLACE + _FILE}
    return {"failed": words}


def proof_from_words(words: Words) -> ArchiveProof:
    """Return the proof that was made, or raise the error that came of it."""
    if "proof" in words:
        return ArchiveProof(**words["proof"])
    if "refused" in words:
        raise OSError(*words["refused"])
    raise _error_from_words(**words["failed"])


def _error_from_words(kind: str, text: str, **more: Any) -> ProofError:
    found = _KINDS[kind]
    if not issubclass(found, ArchiveRejected):
        return found(text)
    error = found(more["reason"], text, **{name: more[name] for name in _PLACE[1:]})
    error.size, error.sha256 = (more[name] for name in _FILE)
    return error


def _with_all_below(kind: type[ProofError]) -> Iterator[type[ProofError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _with_all_below(below)


_PLACE: Final = ("reason", "offset", "unpacked_offset")
_FILE: Final = ("size", "sha256")
_KINDS: Final = {kind.__name__: kind for kind in _with_all_below(ProofError)}
