"""Which server it is, and how it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """The account that conductors push with, and what is demanded of a file.

    `folder` goes before every destination name. `remove` deletes a file from the server once a copy
    of ours is durable; with `keep` there is no copy of an archive, and its file stays. Sizes are
    bytes. Seconds: `appears_within` is how long a file may take to show behind the device's word; a
    file counts as finished when its size and time have stood `still` (after the device's word) or
    `still_unanswered` (without it), looked at every `poll`.
    """

    username: str
    password: str = field(repr=False)
    folder: str = ""
    remove: bool = True
    keep: bool = False
    max_file_bytes: int = 4096 * 1_000_000
    min_free_bytes: int = 0
    appears_within: float = 10.0
    still: float = 0.5
    still_unanswered: float = 5.0
    poll: float = 0.25


@dataclass(frozen=True, slots=True)
class ReadBack:
    """An SFTP account that may read what conductors pushed.

    Either `known_hosts` or `fingerprint` ("SHA256:...") says which host key is the right one.
    `folder` is where the files lie as this account sees them, "" for its home. Times in seconds.
    """

    host: str
    username: str
    port: int = 22
    password: str = field(default="", repr=False)
    private_key: Path | None = None
    known_hosts: Path | None = None
    fingerprint: str = ""
    folder: str = ""
    connect_timeout: float = 20.0
    answer_timeout: float = 60.0
