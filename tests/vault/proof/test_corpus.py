from __future__ import annotations

from pathlib import Path

from tests.vault.proof.corpus import cases, tarfile_verdict, tools_verdict

DOCUMENT = Path(__file__).parents[3] / "docs" / "proof.md"


def test_corpus_document_shows_every_case_with_our_verdict() -> None:
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split(" | "))[:3]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith(("| damaged |", "| hostile |", "| legal |"))
    ]
    assert rows == [(case.kind, case.name, case.reason or "accepts") for case in cases()]


def test_corpus_names_are_unique() -> None:
    names = [case.name for case in cases()]
    assert len(set(names)) == len(names)


def test_corpus_shows_what_the_usual_readers_let_through(tmp_path: Path) -> None:
    """Without these the strict walk would be no better than what everybody has."""
    known = {case.name: case.data for case in cases()}
    assert tarfile_verdict(known["bit flipped in the gzip checksum"]) == "accepts"
    path = tmp_path / "archive.tar.gz"
    path.write_bytes(known["tar cut at a member boundary"])
    assert tools_verdict(path) == "accepts"
