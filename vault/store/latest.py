"""The link `latest` of a host: always at the newest proven generation, or not there at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from vault.store.durable import sync, token
from vault.store.generations import Generation, newest_proven
from vault.store.names import Layout
from vault.store.owner import give_link_to_owner


def pointed(layout: Layout, host: str) -> str | None:
    """Return what the link says, or None when there is no link."""
    try:
        return str(layout.latest(host).readlink())
    except OSError:
        return None


def repoint(layout: Layout, host: str, *, without: str = "") -> Generation | None:
    """Point the link at the newest proven generation and return that, None when there is none.

    `without` names a generation that must not be chosen any more. The link is relative, so that a
    copied or moved vault keeps working.
    """
    newest = newest_proven(layout, host, without=without)
    link = layout.latest(host)
    if newest is None:
        if link.is_symlink():
            link.unlink()
            sync(link.parent)
        return None
    if pointed(layout, host) != newest.run_id:
        _replace_link(layout, link, newest.run_id)
    return newest


def _replace_link(layout: Layout, link: Path, target: str) -> None:
    temporary = layout.temporary(token())
    temporary.symlink_to(target)
    try:
        give_link_to_owner(temporary)
        temporary.replace(link)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync(link.parent)
