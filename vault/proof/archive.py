"""Prove a flash archive: one pass over the file, nothing unpacked to disk."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from vault.proof.cursor import Cursor
from vault.proof.errors import ArchiveRejected
from vault.proof.gunzip import Gunzip
from vault.proof.limits import Limits
from vault.proof.members import MembersWriter
from vault.proof.source import Source, open_source
from vault.proof.walk import Walk

_DEFAULT: Final = Limits()
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SLOTS: Final = threading.BoundedSemaphore(os.cpu_count() or 1)
"""A proof keeps a processor busy: more of them than processors only cost memory and changes."""


@dataclass(frozen=True, slots=True)
class ArchiveProof:
    """What a proven archive is: `size` and `sha256` of the file, the rest of what is inside.

    `unpacked_size` is the length of the tar, `gzip_members` the number of gzip streams,
    `newest_mtime` the latest time of any member in seconds since 1970 UTC.
    """

    size: int
    sha256: str
    unpacked_size: int
    gzip_members: int
    members: int
    files: int
    dirs: int
    links: int
    newest_mtime: int


def prove_archive(
    source: Path | BinaryIO | Iterable[bytes],
    *,
    limits: Limits = _DEFAULT,
    members_to: BinaryIO | None = None,
) -> ArchiveProof:
    """Read a gzipped tar to its last byte and return what it is; wait while all processors prove.

    `members_to` receives the member manifest (gzipped JSON lines, see `read_members`); what it
    holds after an error is to be thrown away. Raise ArchiveRejected, with size and SHA-256 of the
    whole file in it, or SourceUnreadable.
    """
    with _SLOTS, open_source(source, limits.compressed) as opened, ExitStack() as stack:
        writer = stack.enter_context(MembersWriter(members_to)) if members_to else None
        try:
            return _prove(opened, limits, writer)
        except ArchiveRejected as error:
            error.sha256 = opened.drain()
            error.size = opened.size
            raise


def prove_file(
    path: Path, *, limits: Limits = _DEFAULT, members_to: Path | None = None
) -> ArchiveProof:
    """Prove the archive at `path`; its member manifest goes to the new file `members_to`, 0600.

    Raise what `prove_archive` does, and OSError when the manifest cannot be written.
    """
    if members_to is None:
        return prove_archive(path, limits=limits)
    with os.fdopen(os.open(members_to, _NEW, 0o600), "wb") as file:
        return prove_archive(path, limits=limits, members_to=file)


def _prove(source: Source, limits: Limits, writer: MembersWriter | None) -> ArchiveProof:
    gunzip = Gunzip(source, limits)
    pieces = gunzip.pieces()
    cursor = Cursor(pieces)
    kinds: Counter[str] = Counter()
    newest: int | None = None
    try:
        for member in Walk(cursor, limits, gunzip.check_claim).members():
            kinds[member.kind] += 1
            newest = member.mtime if newest is None else max(newest, member.mtime)
            if writer:
                writer.add(member)
    except ArchiveRejected as error:
        if error.unpacked_offset is not None:
            error.offset = gunzip.offset
            _prefer_gzip_fault(pieces)
        raise
    return ArchiveProof(
        size=source.size,
        sha256=source.drain(),
        unpacked_size=cursor.position,
        gzip_members=gunzip.streams,
        members=kinds.total(),
        files=kinds["file"],
        dirs=kinds["dir"],
        links=kinds["symlink"] + kinds["hardlink"],
        newest_mtime=newest or 0,
    )


def _prefer_gzip_fault(pieces: Iterator[bytes]) -> None:
    """Read the gzip to its end: damage found there is the better reason for a bad tar."""
    for _ in pieces:
        pass
