"""Read the command that an scp client sends, and accept only `scp -t OUR-FILE`."""

from __future__ import annotations

import shlex
from typing import Final

from vault.printable import printable
from vault.receiver.errors import TransferRefused

ONLY_UPLOADS: Final = "this port only receives the one file of its ticket, by scp"
USE_OLD_PROTOCOL: Final = "SFTP is not offered here: use the SCP protocol (scp -O)"
_FOLDER: Final = frozenset({".", "./"})
_HARMLESS: Final = frozenset("pvqd")  # keep times, verbose, quiet, target must be a folder


def check_command(command: str, file_name: str) -> bool:
    """Refuse any command but an upload of `file_name`; return whether the target is a folder.

    Flags may be apart, combined, or ended by `--`: `scp -pt NAME`, `scp -v -t -- ./NAME`.
    """
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words or words[0] != "scp":
        raise TransferRefused(f"command refused: {printable(command)!r}; {ONLY_UPLOADS}")
    flags, targets = _split_flags(words[1:])
    _check_flags(flags)
    if len(targets) != 1:
        raise TransferRefused(f"scp needs exactly one target, got {len(targets)}")
    return _is_folder(targets[0], file_name, must_be="d" in flags)


def _split_flags(words: list[str]) -> tuple[set[str], list[str]]:
    flags: set[str] = set()
    for index, word in enumerate(words):
        if word == "--":
            return flags, words[index + 1 :]
        if not word.startswith("-") or word == "-":
            return flags, words[index:]
        flags.update(word[1:])
    return flags, []


def _check_flags(flags: set[str]) -> None:
    if "f" in flags:
        raise TransferRefused("reading files back is refused: " + ONLY_UPLOADS)
    if "r" in flags:
        raise TransferRefused("folders are refused: " + ONLY_UPLOADS)
    if unknown := flags - _HARMLESS - {"t"}:
        raise TransferRefused(f"scp flag -{printable(min(unknown))} is refused")
    if "t" not in flags:
        raise TransferRefused("scp without -t is refused: " + ONLY_UPLOADS)


def _is_folder(target: str, file_name: str, *, must_be: bool) -> bool:
    if target in _FOLDER:
        return True
    if target not in (file_name, f"./{file_name}"):
        raise TransferRefused(f"name refused: {printable(target)!r}, expected {file_name!r}")
    if must_be:
        raise TransferRefused(f"{file_name!r} is not a folder")
    return False
