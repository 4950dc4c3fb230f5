"""Task `clean_up`: remove from the conductor's flash what the run made, and look afterwards."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from nornir.core.task import Result, Task

from aos8 import Aos8Client, Aos8Error, DeviceError, Unsupported
from settings import policy_of
from settings.policy import CleanUp
from tasks.names import ARCHIVE_SUFFIX, TAR_CLEAN_NAME
from tasks.patience import with_session
from tasks.readable import Readable
from tasks.step import client_of, step

logger = logging.getLogger(__name__)

CLEAN_UP_SECONDS: Final = 60.0
"""What clean-up gets when a conductor's time is over."""

TAR_CLEAN_FILE = TAR_CLEAN_NAME + ARCHIVE_SUFFIX
NOT_THERE: Final = re.compile(r"no such file|not found|does not exist", re.IGNORECASE)
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, repr=False)
class Removed(Readable):
    """Which of the run's files are gone, and which are still there or may be."""

    removed: tuple[str, ...]
    left_over: tuple[str, ...]
    words: str = ""


@step
def clean_up(
    task: Task, *, file_names: Sequence[str], instead: Mapping[str, str] = NOTHING
) -> Result:
    """Remove exactly `file_names` from the conductor's flash.

    A name counts as removed when the device's listing no longer shows it, or, on a device that
    lists nothing, when the device said so or that there is no such file. Where there is none, the
    one that `instead` names for it is removed: what the device may have called it. What is left is
    reported, never raised.
    """
    client = client_of(task)
    tar_clean = policy_of(task.host).clean_up is CleanUp.TAR_CLEAN
    names = list(file_names)
    refused: dict[str, str] = {}
    for name in names:
        try:
            was_there = _removed(client, name, by_tar=tar_clean and name == TAR_CLEAN_FILE)
        except Aos8Error as error:
            refused[name] = str(error)
        else:
            if not was_there and name in instead:
                names.append(instead[name])
    left = _left(client, names, refused)
    gone = tuple(name for name in names if name not in left)
    words = "; ".join(dict.fromkeys(refused[name] for name in left if name in refused))
    return Result(task.host, result=Removed(gone, left, words), changed=bool(gone))


def _removed(client: Aos8Client, name: str, *, by_tar: bool) -> bool:
    """Remove a file; False when the device says that there is none of that name."""
    try:
        with_session(client, partial(_remove, client, name, by_tar=by_tar))
    except DeviceError as error:
        if not NOT_THERE.search(error.words):
            raise
        return False
    return True


def _remove(client: Aos8Client, name: str, *, by_tar: bool) -> None:
    if by_tar:
        client.tar_flash_clean()
        return
    try:
        client.delete_file(name)
    except Unsupported:
        if not _tar_clean_is_harmless(client):
            raise
        logger.info("no delete object on this release, trying tar_flash_clean")
        client.tar_flash_clean()


def _tar_clean_is_harmless(client: Aos8Client) -> bool:
    """Say whether nobody else's `flash.tar.gz` is there to be lost."""
    files = client.list_flash()
    return files is not None and all(file.name != TAR_CLEAN_FILE for file in files)


def _left(client: Aos8Client, names: Sequence[str], refused: dict[str, str]) -> tuple[str, ...]:
    try:
        files = with_session(client, client.list_flash)
    except Aos8Error as error:
        logger.info("no look at the flash after the clean-up: %s", error)
        files = None
    if files is None:
        return tuple(name for name in names if name in refused)
    there = {file.name for file in files}
    return tuple(name for name in names if name in there)
