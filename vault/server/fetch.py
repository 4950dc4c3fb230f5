"""Bring one file from the server into staging, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from vault.place import Place, Seen
from vault.receiver import StorageFull
from vault.receiver.part import Part
from vault.server.options import ServerOptions


def fetch(
    place: Place, name: str, seen: Seen, target: Path, options: ServerOptions
) -> tuple[int, str]:
    """Copy the file that was `seen` as `name` to `target`; return size and SHA-256.

    It is always a copy: whoever owns or holds open the server's file could change it after its
    proof. The copy is durable when this returns; on any error nothing of it stays.
    """
    part = Part(target.parent, target.name, seen.size)
    try:
        _check_room(part, options.min_free_bytes)
        for block in place.read(name, seen):
            part.write(block)
        part.sync()
        part.publish()
    finally:
        part.discard()
    return part.size, part.sha256


def _check_room(part: Part, min_free: int) -> None:
    free = part.free_bytes()
    if free - part.declared < min_free:
        raise StorageFull(
            f"no room for a file of {part.declared} bytes: {free} are free and {min_free} must "
            "stay free"
        )
