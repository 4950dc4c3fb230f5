"""The manifest of an archive's members: one JSON object a line, gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from isal import isal_zlib

from vault.proof.errors import MembersUnreadable

_BATCH: Final = 500
_LEVEL: Final = 1
_GZIP: Final = 31


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


_quoted: Final = json.JSONEncoder().encode


class MembersWriter:
    """Write members to a binary file; the same members always give the same bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
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
        self._file.write(self._packer.flush())

    def add(self, member: Member) -> None:
        """Append one member."""
        self._lines.append(_line_of(member))
        if len(self._lines) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._lines:
            text = "\n".join(self._lines) + "\n"
            self._file.write(self._packer.compress(text.encode("ascii")))
            self._lines.clear()


def _line_of(member: Member) -> str:
    """Return the JSON of a member; for so few fields this is several times faster than `json`."""
    return (
        f'{{"name":{_quoted(member.name)},"kind":"{member.kind}","size":{member.size},'
        f'"mtime":{member.mtime},"mode":{member.mode},"target":{_quoted(member.target)},'
        f'"sha256":"{member.sha256}"}}'
    )


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
