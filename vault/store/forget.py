"""Remove a generation with the files that it has outside of the vault, in a safe order.

1. What lies outside is looked at: where nobody can, nothing is touched.
2. Its names are recorded (`on_server`), `latest` moves on, and the generation's folder leaves by
   one rename: from here on nobody takes it for a backup.
3. The files outside are removed. If the first one is refused the generation comes back by one
   rename; marked as not proven when nobody can tell whether its file is still there.
4. The folder is deleted and the names leave the record.

A crash behind step 2 leaves files that only the record names; `on_server.sweep` removes those.
"""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

from vault.place import Location, Place
from vault.store import on_server, remote
from vault.store.durable import discard, set_aside, sync
from vault.store.errors import RemoteStays, RemoteUnreachable
from vault.store.generations import Generation
from vault.store.latest import repoint
from vault.store.names import Layout
from vault.store.state import Check, read_state, write_state

logger = logging.getLogger(__name__)


def remove_generation(
    layout: Layout, generation: Generation, place: Place | None, now: str
) -> None:
    """Remove `generation` and what it has at `place`; `now` is UTC in ISO format.

    Raises `RemoteUnreachable` or `RemoteStays` when it is still there, as it was.
    """
    host, run_id = generation.host, generation.run_id
    locations = generation.locations
    if not locations:
        repoint(layout, host, without=run_id)
        discard(layout, generation.path)
        return
    place = remote.known(place, locations[0])
    for location in locations:
        remote.look(location, place)
    on_server.note(layout, host, run_id, locations)
    repoint(layout, host, without=run_id)
    aside = set_aside(layout, generation.path)
    _remove_all(layout, generation, aside, place, now)
    shutil.rmtree(aside)


def _remove_all(
    layout: Layout, generation: Generation, aside: Path, place: Place, now: str
) -> None:
    gone: list[Location] = []
    for location in generation.locations:
        words = on_server.removed(location, place)
        there = _is_there(location, place) if words else False
        if there is False:
            gone.append(location)
        elif gone:
            logger.warning("%s: stays on the server for now: %s", generation.host, words)
        else:
            _bring_back(layout, generation, aside, "" if there else words, now)
            raise RemoteStays(f"{generation.run_id} stays: {words}")
    on_server.drop(layout, generation.host, gone)


def _is_there(location: Location, place: Place) -> bool | None:
    """Say whether the file is there, None when nobody can tell."""
    try:
        return remote.look(location, place) is not None
    except RemoteUnreachable:
        return None


def _bring_back(layout: Layout, generation: Generation, aside: Path, doubt: str, now: str) -> None:
    if doubt:
        note = f"removed from its server, or not: {doubt}"
        state = replace(read_state(aside), check=Check(now, ok=False, note=note))
        write_state(layout, aside, state)
    aside.rename(generation.path)
    sync(generation.path.parent)
    repoint(layout, generation.host)
