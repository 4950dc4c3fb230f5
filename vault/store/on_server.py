"""Which files of ours are, or may be, on the server: written before a conductor pushes one there.

The manifests say which of them are in use. What is recorded for a run that has neither a generation
nor anything in quarantine is wanted by nobody and may be removed from the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from vault.place import Location, Place
from vault.receiver.errors import ReceiverError
from vault.store.durable import JSON, dump, load, make_folder, replace_file, sync
from vault.store.errors import VaultFailed
from vault.store.location import location_from_json, location_to_json
from vault.store.names import Layout, check_run
from vault.store.quarantine import list_quarantined

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class OnServer:
    """One file that the run `run_id` had pushed to a server, or was about to."""

    run_id: str
    location: Location


def read(layout: Layout, host: str) -> tuple[OnServer, ...]:
    """Return what is recorded of `host`; raise `VaultFailed` for a record that cannot be read.

    A broken record must not be guessed at: what it names is deleted from a server.
    """
    path = layout.on_server(host)
    try:
        content = load(path)
    except FileNotFoundError:
        return ()
    try:
        return tuple(_entries(content))
    except (KeyError, TypeError, ValueError) as error:
        raise VaultFailed(
            f"{path}: broken record: {error}; look at the server's folder, then remove it"
        ) from None


def note(layout: Layout, host: str, run_id: str, locations: Iterable[Location]) -> None:
    """Add files of a run to the record."""
    known = read(layout, host)
    new = (OnServer(run_id, location) for location in locations)
    _write(layout, host, dict.fromkeys((*known, *new)), known)


def drop(layout: Layout, host: str, locations: Iterable[Location]) -> None:
    """Take files that are gone out of the record."""
    known, gone = read(layout, host), set(locations)
    _write(layout, host, [entry for entry in known if entry.location not in gone], known)


def unused(layout: Layout, host: str) -> tuple[Location, ...]:
    """Return the recorded files that no generation and nothing in quarantine refers to."""
    entries = read(layout, host)
    if not entries:
        return ()
    kept = {found.run_id for found in list_quarantined(layout) if found.host == host}
    return tuple(
        entry.location
        for entry in entries
        if entry.run_id not in kept and not layout.generation(host, entry.run_id).exists()
    )


def sweep(layout: Layout, host: str, place: Place) -> tuple[str, ...]:
    """Remove the unused files of `host` from the server; return why any of them stay."""
    gone: list[Location] = []
    words: list[str] = []
    for location in unused(layout, host):
        if said := removed(location, place):
            words.append(said)
        else:
            gone.append(location)
    drop(layout, host, gone)
    return tuple(words)


def removed(location: Location, place: Place) -> str:
    """Remove one file and return "", or why it may still be there."""
    try:
        if place.locate(location.name) != location:
            return f"{location}: the settings name another place"
        return place.remove(location.name)
    except ReceiverError as error:
        return f"{location}: {error}"


def _write(
    layout: Layout, host: str, entries: Iterable[OnServer], known: tuple[OnServer, ...]
) -> None:
    entries = tuple(entries)
    if entries == known:
        return
    path = layout.on_server(host)
    if not entries:
        path.unlink()
        sync(path.parent)
        return
    make_folder(layout.host(host))
    files = [{"run": each.run_id, **location_to_json(each.location)} for each in entries]
    replace_file(layout, path, dump({"schema": SCHEMA, "files": files}))


def _entries(content: dict[str, JSON]) -> Iterable[OnServer]:
    files = content["files"]
    if content["schema"] != SCHEMA or not isinstance(files, list):
        raise ValueError("unknown schema or no list of files")
    for file in files:
        location = location_from_json(file)
        yield OnServer(check_run(str(file["run"])), location)
