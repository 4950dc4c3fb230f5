"""What an archive may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound what a file may make its reader do.

    `compressed` and `unpacked` are bytes; holes of sparse files count as unpacked. `ratio` is
    unpacked / compressed and is judged once `ratio_from` bytes are unpacked, because a small
    archive of empty files is legal at any ratio; a stream is judged by what came so far, a file by
    its whole size. `name_length` is bytes of the whole path.
    `sparse_segments` bounds the map of one sparse file. `allow_links_out` lets symbolic links point
    to absolute paths or above the archive's root; hard links always need their target inside.
    """

    compressed: int = 8192 * _MIB
    unpacked: int = 32768 * _MIB
    ratio: float = 200.0
    ratio_from: int = 64 * _MIB
    members: int = 500_000
    name_length: int = 1024
    sparse_segments: int = 100_000
    allow_links_out: bool = False


@dataclass(frozen=True, slots=True)
class ConfigLimits:
    """Bound a configuration: at most `size` bytes, at least `min_lines` lines."""

    size: int = 64 * _MIB
    min_lines: int = 20
