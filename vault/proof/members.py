"""The manifest of an archive's members: one JSON object a line, gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from vault.proof.errors import MembersUnreadable

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it would be unpacked.

    `kind` is "file", "dir", "symlink" or "hardlink"; `size` is bytes of contents with the holes of
    sparse files, `mtime` seconds since 1970 UTC, `mode` the permission bits. `sha256` is that of a
    file's contents and "" for everything else. Bytes of a name that are not UTF-8 are surrogates.
    """

    name: str
    kind: str
    size: int
    mtime: int
    mode: int
    target: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class MembersDiff:
    """What differs from one archive to the next; `changed` holds (before, after)."""

    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    changed: tuple[tuple[Member, Member], ...]


_FIELDS: Final = tuple(field.name for field in fields(Member))
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


class MembersWriter:
    """Write members to a binary file; the same members always give the same bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6)
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush()
        self._gzip.close()

    def add(self, member: Member) -> None:
        """Append one member."""
        self._lines.append(_encode({name: getattr(member, name) for name in _FIELDS}))
        if len(self._lines) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._lines:
            self._gzip.write(("\n".join(self._lines) + "\n").encode("ascii"))
            self._lines.clear()


def read_members(path: Path) -> Iterator[Member]:
    """Yield the members of a manifest; raise MembersUnreadable when it is damaged."""
    try:
        with gzip.open(path, "rt", encoding="ascii") as lines:
            for line in lines:
                yield Member(**json.loads(line))
    except (OSError, EOFError, zlib.error, ValueError, TypeError) as error:
        raise MembersUnreadable(f"{path}: member manifest unreadable: {error}") from error


def diff_members(before: Path | Iterable[Member], after: Path | Iterable[Member]) -> MembersDiff:
    """Compare two manifests by name; a new mtime alone is no change."""
    old = {member.name: member for member in _members_of(before)}
    added = []
    changed = []
    for member in _members_of(after):
        previous = old.pop(member.name, None)
        if previous is None:
            added.append(member)
        elif _contents(previous) != _contents(member):
            changed.append((previous, member))
    return MembersDiff(tuple(added), tuple(old.values()), tuple(changed))


def _members_of(source: Path | Iterable[Member]) -> Iterable[Member]:
    return read_members(source) if isinstance(source, Path) else source


def _contents(member: Member) -> tuple[str, int, int, str, str]:
    return member.kind, member.size, member.mode, member.target, member.sha256
