"""Task `back_up_flash`: the conductor packs its flash into an archive on its flash."""

from __future__ import annotations

import logging
from typing import Literal

from nornir.core.task import Result, Task

from aos8 import Aos8Client, DeviceError
from settings.policy import ArtefactKind
from tasks.device_file import DeviceFile
from tasks.errors import ArchiveMissing
from tasks.making import made
from tasks.names import ARCHIVE_SUFFIX, fresh_name
from tasks.patience import listing, with_session
from tasks.step import client_of, step

logger = logging.getLogger(__name__)

DEFAULT_NAMES = {
    ArtefactKind.FLASH: "flashbackup.tar.gz",
    ArtefactKind.CONFIG: "configbackup.tar.gz",
}
"""What a release writes that knows no `filename` (8.2); the second is inferred from the first."""


@step
def back_up_flash(
    task: Task, *, archive: ArtefactKind = ArtefactKind.FLASH, file_name: str = ""
) -> Result:
    """Make the `flash` or `config` archive, called `file_name` without extension.

    A release that ignores or refuses the name writes its default one; the result then says so.
    Fails with `archive-missing` when the device's listing shows neither.
    """
    kind = ArtefactKind(archive)
    wanted = (file_name or fresh_name(kind)) + ARCHIVE_SUFFIX
    client, default = client_of(task), DEFAULT_NAMES[kind]
    before = with_session(client, lambda: listing(client)) or {}
    said = made(
        task, client, lambda: _make(task, client, kind, wanted), (wanted, default), before=before
    )
    after = with_session(client, lambda: listing(client))
    name = said if after is None else _find(said, default, before, after)
    alternative = default if after is None and name == wanted else ""
    asked_for = "" if name == wanted else wanted
    file = DeviceFile(kind, name, asked_for, alternative)
    return Result(task.host, result=file, changed=True)


def _make(task: Task, client: Aos8Client, kind: ArtefactKind, wanted: str) -> str:
    """Ask for the archive once and return the name that the device gives it.

    A definite refusal made nothing, so asking once more without the name repeats no work.
    """
    archive: Literal["flash", "config"] = "config" if kind is ArtefactKind.CONFIG else "flash"
    try:
        return client.flash_backup(archive, wanted.removesuffix(ARCHIVE_SUFFIX))
    except DeviceError as refused:
        if not _is_about_the_name(refused):
            raise
        logger.info("%s: the name is refused, asking without: %s", task.host.name, refused)
        return client.flash_backup(archive, None)


def _is_about_the_name(error: DeviceError) -> bool:
    words = error.words.lower()
    return any(word in words for word in ("filename", "file name", "syntax"))


def _find(said: str, default: str, before: dict[str, str], after: dict[str, str]) -> str:
    """Return the name under which the new archive really lies.

    The default name counts when the device named it, or when that file is new or has changed.
    """
    if said in after:
        return said
    if default in after and after[default] != before.get(default):
        return default
    raise ArchiveMissing(
        f"the device reports success, but its flash holds neither {said} nor a new {default}"
    )
