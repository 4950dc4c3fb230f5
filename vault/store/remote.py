"""Look at, and read, the files of a generation that lie outside of the vault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from vault.place import Location, Place, Seen
from vault.receiver import TransferError
from vault.receiver.errors import ReceiverError
from vault.store.errors import RemoteChanged, RemoteUnreachable
from vault.store.manifest import FileEntry


def known(place: Place | None, location: Location) -> Place:
    """Return `place`; raise `RemoteUnreachable` when there is none to look at `location` with."""
    if place is None:
        raise RemoteUnreachable(f"{location}: the settings name no place to look for it")
    return place


def look(location: Location, place: Place) -> Seen | None:
    """Return what lies at `location`, None for nothing.

    Raises `RemoteUnreachable` when `place` is not the one where it lies or cannot be looked at, and
    when something lies there that is no plain file.
    """
    try:
        there = place.locate(location.name)
        if there != location:
            raise RemoteUnreachable(f"{location}: the settings name another place, {there}")
        return place.look(location.name)
    except ReceiverError as error:
        raise RemoteUnreachable(f"{location}: {error}") from None


def find(entry: FileEntry, location: Location, place: Place) -> Seen:
    """Return what lies at `location`; raise `RemoteChanged` when it cannot be the file of `entry`.

    Raises `RemoteUnreachable` when nobody can tell.
    """
    seen = look(location, place)
    if seen is None:
        raise RemoteChanged(f"{entry.name} is missing: {location}", missing=True)
    if seen.size != entry.size:
        raise RemoteChanged(
            f"{entry.name}: {seen.size} bytes, {entry.size} were proven: {location}"
        )
    return seen


def read(entry: FileEntry, location: Location, place: Place) -> Iterator[bytes]:
    """Yield the file of `entry` in pieces; raise as `find` does.

    A place that fails meanwhile, or a file that is changed meanwhile, is `RemoteUnreachable` too:
    what was read until then proves nothing.
    """
    seen = find(entry, location, place)
    try:
        yield from place.read(location.name, seen)
    except TransferError as error:
        raise RemoteUnreachable(f"{location}: {error}") from None


def any_there(locations: Iterator[Location], place: Place) -> bool:
    """Say whether a file lies at one of `locations`; those of other places do not count."""
    for location in locations:
        with suppress(RemoteUnreachable):
            if look(location, place) is not None:
                return True
    return False
