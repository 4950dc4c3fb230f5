"""`verify --file`: prove one archive or running configuration from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from commands import codes
from commands.view import View
from commands.words import counted
from fleet import SelectionError
from reporting.columns import wrapped
from reporting.words import clean, size_text
from vault.proof import (
    ArchiveProof,
    ArchiveRejected,
    ConfigIncomplete,
    ConfigNotOne,
    ConfigProof,
    ConfigRejected,
    ProofError,
    identify,
    prove_archive,
    prove_running_config,
)

_HEAD = 512
_BEGINNING = 8192
_OTHERS = frozenset({"HTML", "XML", "JSON", "PDF", "PEM", "ELF program"})


def verify_file(path: Path) -> View:
    """Prove the file and say what is in it; raises `SelectionError` when it cannot be opened."""
    try:
        with path.open("rb") as file:
            looks = identify(file.read(_HEAD))
    except OSError as error:
        raise SelectionError(f"cannot open {path}: {error.strerror}") from None
    try:
        text = looks == "plain text"
        proof = prove_running_config(path) if text else prove_archive(path)
    except ProofError as error:
        return _bad(path, _neither(path, error, looks) or error)
    return _good(path, proof)


def _neither(path: Path, error: ProofError, looks: str) -> ProofError | None:
    """Return better words for a file that was never meant to be what it was tried as."""
    told = isinstance(error, ConfigIncomplete) and error.reason == "no-version"
    if not (looks in _OTHERS or (told and not _names_a_host(path))):
        return None
    text = f"neither an archive nor a running configuration: looks like {looks}"
    words = ConfigNotOne("neither", text)
    if isinstance(error, ArchiveRejected | ConfigRejected):
        words.size, words.sha256 = error.size, error.sha256
    return words


def _names_a_host(path: Path) -> bool:
    """Say whether the file begins like a configuration that lacks its very first lines."""
    with path.open("rb") as file:
        return any(line.startswith(b"hostname ") for line in file.read(_BEGINNING).splitlines())


def _good(path: Path, proof: ArchiveProof | ConfigProof) -> View:
    kind = "archive" if isinstance(proof, ArchiveProof) else "running-config"
    document = {"file": str(path), "ok": True, "kind": kind, **asdict(proof)}
    return View(lambda width: _lines(path, proof, width), document)


def _lines(path: Path, proof: ArchiveProof | ConfigProof, width: int) -> Iterator[Text]:
    yield from (Text(part, "green") for part in wrapped(f"GOOD  {clean(str(path))}", width))
    yield Text(f"  size     {size_text(proof.size)} ({proof.size} bytes)")
    yield Text(f"  SHA-256  {proof.sha256}")
    if isinstance(proof, ConfigProof):
        yield Text(f"  holds    running configuration of {clean(proof.hostname)}")
        yield Text(f"           {counted(proof.lines, 'line')}, version {clean(proof.version)}")
        return
    newest = datetime.fromtimestamp(proof.newest_mtime, UTC)
    yield Text(
        f"  holds    {counted(proof.members, 'member')}: {counted(proof.files, 'file')}, "
        f"{counted(proof.dirs, 'folder')}, {counted(proof.links, 'link')}"
    )
    yield Text(f"           {size_text(proof.unpacked_size)} unpacked, newest {newest:%Y-%m-%d}")


def _bad(path: Path, error: ProofError) -> View:
    document: dict[str, Any] = {
        "file": str(path),
        "ok": False,
        "code": error.code,
        "text": clean(str(error).removeprefix("incomplete: ")),
    }
    if isinstance(error, ArchiveRejected | ConfigRejected):
        document |= {"reason": error.reason, "size": error.size, "sha256": error.sha256}

    def lines(width: int) -> Iterator[Text]:
        for part in wrapped(f"BAD   {clean(str(path))}", width):
            yield Text(part, "bold red")
        for part in wrapped(f"{error.code}: {document['text']}", width - 2):
            yield Text(f"  {part}")

    return View(lines, document, codes.FAILED)
