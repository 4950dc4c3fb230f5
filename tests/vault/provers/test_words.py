"""What is said comes across as it was."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from vault.proof import (
    ArchiveDamaged,
    ArchiveNotOne,
    ArchiveProof,
    ArchiveUnsafe,
    Limits,
    ProofError,
    SourceUnreadable,
)
from vault.provers.words import (
    Question,
    error_to_words,
    proof_from_words,
    proof_to_words,
    question_from_words,
)


def over_there(words: object) -> dict[str, object]:
    found: dict[str, object] = json.loads(json.dumps(words))
    return found


@pytest.mark.parametrize("members_to", [None, Path("/m\udce4")])
def test_question_comes_back_equal(members_to: Path | None) -> None:
    """Every limit, and paths that are no UTF-8."""
    question = Question(Path("/k\udce4"), Limits(1, 2, 3.5, 4, 5, 6, 7, True), members_to)
    assert question_from_words(over_there(question.to_words())) == question


def test_relative_paths_mean_what_they_mean_to_the_run() -> None:
    """The process may stand elsewhere."""
    words = Question(Path("archive"), Limits(), Path("members")).to_words()
    assert question_from_words(words).path == Path.cwd() / "archive"
    assert question_from_words(words).members_to == Path.cwd() / "members"


def test_proof_comes_back_equal() -> None:
    """All that it says."""
    proof = ArchiveProof(1, "ab", 2, 3, 4, 5, 6, 7, -8)
    assert proof_from_words(over_there(proof_to_words(proof))) == proof


@pytest.mark.parametrize("kind", [ArchiveDamaged, ArchiveUnsafe, ArchiveNotOne])
@pytest.mark.parametrize("place", [None, 77])
def test_rejection_comes_back_with_all_it_says(
    kind: type[ArchiveDamaged], place: int | None
) -> None:
    """Kind, slug, text, places, size and hash."""
    error = kind("bomb", "zip bomb: \udce4", offset=5, unpacked_offset=place)
    error.size, error.sha256 = 9, "ef"
    with pytest.raises(kind) as caught:
        proof_from_words(over_there(error_to_words(error)))
    assert type(caught.value) is kind
    assert (str(caught.value), vars(caught.value)) == (str(error), vars(error))


@pytest.mark.parametrize("error", [SourceUnreadable("cannot read on"), ProofError("no")])
def test_other_errors_of_the_proof_come_back(error: ProofError) -> None:
    """Kind and text."""
    with pytest.raises(ProofError) as caught:
        proof_from_words(over_there(error_to_words(error)))
    assert (type(caught.value), str(caught.value)) == (type(error), str(error))


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        FileExistsError(errno.EEXIST, "File exists", "/m\udce4"),
    ],
)
def test_error_of_the_system_comes_back(error: OSError) -> None:
    """Number, words and file; the number makes the kind."""
    with pytest.raises(OSError, match=error.strerror) as caught:
        proof_from_words(over_there(error_to_words(error)))
    assert type(caught.value) is type(error)
    assert (caught.value.errno, caught.value.filename) == (error.errno, error.filename)
    assert str(caught.value) == str(error)
