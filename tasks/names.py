"""Names of a run and of what it makes on a conductor's flash."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from settings.policy import ArtefactKind, CleanUp
from vault.store import run_id_at

PREFIX = "bk"
TAR_CLEAN_NAME = "flash"
ARCHIVE_SUFFIX = ".tar.gz"
VAULT_NAMES = {
    ArtefactKind.RUNNING_CONFIG: "running-config.cfg",
    ArtefactKind.FLASH: "flash.tar.gz",
    ArtefactKind.CONFIG: "config.tar.gz",
}


def run_token() -> str:
    """Return four hex digits that keep names apart when two programs start in one second."""
    return secrets.token_hex(2)


def device_name(
    kind: ArtefactKind, run: str, token: str, clean_up: CleanUp = CleanUp.DELETE
) -> str:
    """Return the name to ask for on the conductor; archives without extension, as its API wants.

    Unique to the run, so that last week's file is never sent as today's. With `tar-clean` the
    flash archive is called `flash`, the only name which that command removes.
    """
    if kind is ArtefactKind.FLASH and clean_up is CleanUp.TAR_CLEAN:
        return TAR_CLEAN_NAME
    stem = f"{PREFIX}-{run.replace('-', '')}-{token}"
    return f"{stem}-running.cfg" if kind is ArtefactKind.RUNNING_CONFIG else f"{stem}-{kind}"


def fresh_name(kind: ArtefactKind) -> str:
    """Return a device name for a task that is run alone, outside a run."""
    return device_name(kind, run_id_at(datetime.now(UTC)), run_token())
