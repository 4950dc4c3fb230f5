"""Prove a running configuration: it is one, it is whole, and it is this conductor's."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from vault.proof.errors import ArchiveUnsafe, ConfigIncomplete, ConfigNotOne, ConfigRejected
from vault.proof.identify import identify
from vault.proof.limits import ConfigLimits
from vault.proof.source import open_source

_DEFAULT: Final = ConfigLimits()
_OPENING_LINES: Final = 50
_VERSION: Final = re.compile(r"version\s+(\d+(?:\.\d+)+\S*)\s*")
_HOSTNAME: Final = re.compile(r"""hostname\s+(?:"([^"]+)"|([^\s"]+))\s*""")
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CLI_ERROR: Final = re.compile(
    r"\s*(?:% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Error)\b.*"
    r"|(?:Error|ERROR):.*"
    r"|Module .* is busy.*"
    r"|(?:Incomplete|Invalid|Ambiguous) (?:command|input)\b.*"
    r"|\s\^)\s*"
)
_CLI_ERROR_BEGINS: Final = frozenset("%EMIA^")
"""What a line that `_CLI_ERROR` matches begins with; few others do, and looking is cheap."""


@dataclass(frozen=True, slots=True)
class ConfigProof:
    """What a proven configuration says of itself; `lines` counts all of them."""

    size: int
    sha256: str
    lines: int
    hostname: str
    version: str


def prove_running_config(
    source: Path | bytes | BinaryIO | Iterable[bytes],
    *,
    hostname: str | None = None,
    require_end: bool = True,
    limits: ConfigLimits = _DEFAULT,
) -> ConfigProof:
    """Read a running configuration and return what it is; raise ConfigRejected.

    `hostname` is that of the conductor it must come from, in any case of letters; None takes any.
    `require_end=False` is for a device whose configuration does not close with the line `end`.
    """
    data, sha256 = _read(source, limits)
    try:
        lines = _lines_of(data)
        _check_words(lines)
        version, found = _opening(lines)
        if hostname is not None and found.casefold() != hostname.casefold():
            raise ConfigNotOne("other-hostname", f'configuration of "{found}", not of "{hostname}"')
        _check_whole(lines, limits.min_lines, require_end)
    except ConfigRejected as error:
        error.size, error.sha256 = len(data), sha256
        raise
    return ConfigProof(len(data), sha256, len(lines), found, version)


def _read(
    source: Path | bytes | BinaryIO | Iterable[bytes], limits: ConfigLimits
) -> tuple[bytes, str]:
    pieces = io.BytesIO(source) if isinstance(source, bytes) else source
    with open_source(pieces, limits.size) as opened:
        data = bytearray()
        try:
            while piece := opened.read():
                data += piece
        except ArchiveUnsafe as error:
            sha256 = opened.drain()
            raise ConfigNotOne("too-large", str(error), size=opened.size, sha256=sha256) from None
        return bytes(data), opened.drain()


def _lines_of(data: bytes) -> list[str]:
    if not data.strip():
        raise ConfigNotOne("empty", "not a configuration: empty file")
    looks = identify(data[:512])
    if looks not in ("plain text", "binary data"):
        raise ConfigNotOne("not-text", f"not a configuration: looks like {looks}")
    if found := _BINARY.search(data):
        raise ConfigNotOne("binary", f"not a configuration: binary data at byte {found.start()}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.rstrip().replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _check_words(lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        if line.lstrip()[:1] in _CLI_ERROR_BEGINS and _CLI_ERROR.fullmatch(line):
            words = line.strip()[:80].encode("ascii", "backslashreplace").decode("ascii")
            raise ConfigNotOne("cli-error", f'error text of the device at line {number}: "{words}"')


def _opening(lines: list[str]) -> tuple[str, str]:
    """Return version and hostname from the opening lines."""
    opening = [line.strip() for line in lines[:_OPENING_LINES]]
    version = next((found[1] for line in opening if (found := _VERSION.fullmatch(line))), "")
    hostname = next(
        (found[1] or found[2] for line in opening if (found := _HOSTNAME.fullmatch(line))), ""
    )
    for what, value in (("version", version), ("hostname", hostname)):
        if not value:
            raise ConfigIncomplete(
                f"no-{what}",
                f'incomplete: no line "{what} ..." among the first {_OPENING_LINES} lines',
            )
    return version, hostname


def _check_whole(lines: list[str], least: int, require_end: bool) -> None:
    if require_end and lines[-1].strip() != "end":
        raise ConfigIncomplete("no-end", f'incomplete: the last line, {len(lines)}, is not "end"')
    if len(lines) < least:
        raise ConfigIncomplete("too-short", f"incomplete: {len(lines)} lines, fewer than {least}")
