"""Walk a tar to its last byte and say what every member is, without unpacking any."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from vault.proof.cursor import BLOCK, Cursor, count_leading_zeros
from vault.proof.errors import ArchiveDamaged, ArchiveNotOne, ArchiveUnsafe
from vault.proof.header import ZERO_BLOCK, Header, bad_header, is_header, parse_header
from vault.proof.identify import identify
from vault.proof.limits import Limits
from vault.proof.members import Member
from vault.proof.pax import EXTENSIONS, Extension
from vault.proof.sparse import Sink, is_pax_sparse, read_gnu_map, read_pax_map
from vault.proof.tree import Tree, shown

_KINDS: Final = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",
    b"S": "file",
    b"1": "hardlink",
    b"2": "symlink",
    b"5": "dir",
}
_NOTHING: Final = Extension()
_LIKE_TAR: Final = ("uncompressed tar", "zeros", "empty")
_UNSAFE: Final = {
    b"3": "character device",
    b"4": "block device",
    b"6": "fifo",
}


class Walk:
    """Read members off a cursor.

    `check_claim` is asked before each file with the bytes that the tar and the holes of its sparse
    files would come to, and raises when they are too many.
    """

    def __init__(
        self, cursor: Cursor, limits: Limits, check_claim: Callable[[int, int], None]
    ) -> None:
        self._cursor = cursor
        self._limits = limits
        self._check_claim = check_claim
        self._tree = Tree(limits)
        self._holes = 0

    def members(self) -> Iterator[Member]:
        """Yield every member, then demand the end mark and zeros to the end."""
        extension = _NOTHING
        place = 0
        count = 0
        block = self._first_block()
        while block != ZERO_BLOCK:
            header = parse_header(block, place)
            if header.typeflag in EXTENSIONS:
                if extension is _NOTHING:
                    extension = Extension()
                extension.add(header, self._cursor, self._limits.name_length)
            else:
                count += 1
                self._check_count(count)
                yield self._member(header, extension, place)
                extension = _NOTHING
            place = self._cursor.position
            block = self._cursor.block()
        if extension.seen:
            raise bad_header(place, "extended header without a member")
        self._check_end(place + BLOCK)
        if not count:
            raise ArchiveNotOne("no-members", "an archive without any member")

    def _first_block(self) -> bytes:
        """Return the first block; tell what it is when it is nothing like a tar header."""
        head = self._cursor.head()
        looks = identify(head)
        like_tar = looks in _LIKE_TAR or (looks == "binary data" and len(head) < BLOCK)
        if not like_tar and not is_header(head):
            raise ArchiveNotOne(
                "not-tar", f"not a tar inside: looks like {looks}", unpacked_offset=0
            )
        return self._cursor.block()

    def _check_count(self, count: int) -> None:
        if count > self._limits.members:
            raise ArchiveUnsafe(
                "too-many-members",
                f"more than {self._limits.members} members",
                unpacked_offset=self._cursor.position,
            )

    def _member(self, header: Header, extension: Extension, place: int) -> Member:
        size = extension.size_of(header, place)
        raw = extension.records.get("GNU.sparse.name") or extension.name
        name = header.name if raw is None else raw
        kind = _kind_of(header, name, size, place)
        link = header.link if extension.link is None else extension.link
        clean, target = self._tree.add(name, kind, link, place)
        real, sha256 = 0, ""
        if kind == "file":
            self._check_claim(self._cursor.position + size, self._holes)
            real, sha256 = self._read_file(header, extension, size)
        mtime = extension.mtime_of(header, place)
        return Member(clean, kind, real, mtime, header.mode & 0o7777, target, sha256)

    def _read_file(self, header: Header, extension: Extension, size: int) -> tuple[int, str]:
        if header.typeflag == b"S" or is_pax_sparse(extension):
            digest = hashlib.sha256()
            real = self._read_sparse(header, extension, size, digest.update)
        else:
            real = size
            first = self._cursor.some(size)
            digest = hashlib.sha256(first)
            self._cursor.pour(size - len(first), digest.update)
        self._cursor.skip_padding(size)
        return real, digest.hexdigest()

    def _read_sparse(self, header: Header, extension: Extension, size: int, sink: Sink) -> int:
        place, limit = self._cursor.position, self._limits.sparse_segments
        if header.typeflag == b"S":
            sparse, used = read_gnu_map(header, self._cursor, limit), 0
        else:
            sparse, used = read_pax_map(extension, self._cursor, limit)
        sparse.check(size - used, place)
        self._holes += sparse.size - sparse.stored
        self._check_claim(self._cursor.position + sparse.stored, self._holes)
        sparse.pour(self._cursor, sink)
        return sparse.size

    def _check_end(self, place: int) -> None:
        if self._cursor.block() != ZERO_BLOCK:
            raise _trailing(place)
        place = self._cursor.position
        for view in self._cursor.rest():
            zeros = count_leading_zeros(view)
            if zeros < len(view):
                raise _trailing(place + zeros)
            place += len(view)
        if place % BLOCK:
            raise ArchiveDamaged(
                "tar-truncated",
                f"truncated: the tar ends in half a block at byte {place} of its unpacked data",
                unpacked_offset=place,
            )


def _kind_of(header: Header, name: bytes, size: int, place: int) -> str:
    flag = header.typeflag
    kind = _KINDS.get(flag)
    if kind is None:
        what = _UNSAFE.get(flag, f"unknown type {flag!r}")
        raise ArchiveUnsafe(
            "unsafe-type",
            f"unsafe member {shown(name.decode('utf-8', 'surrogateescape'))}: {what}",
            unpacked_offset=place,
        )
    if kind == "file" and name.endswith(b"/"):
        kind = "dir"
    if kind != "file" and size:
        raise ArchiveUnsafe(
            "ambiguous",
            f"ambiguous: a {kind} with {size} bytes of data at byte {place} of the unpacked data",
            unpacked_offset=place,
        )
    return kind


def _trailing(place: int) -> ArchiveDamaged:
    return ArchiveDamaged(
        "trailing-data",
        f"data after end of archive at byte {place} of the unpacked data",
        unpacked_offset=place,
    )
