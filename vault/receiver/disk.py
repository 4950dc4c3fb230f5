"""Blocking work on part files, done away from the event loop, and the room promised to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from vault.receiver.errors import StorageFull
from vault.receiver.part import Part

T = TypeVar("T")
_WRITERS: Final = 2
_SYNCERS: Final = 8


class Disk:
    """Run writes and syncs in threads of their own: a slow sync holds up no other upload."""

    def __init__(self, min_free_bytes: int) -> None:
        self._min_free: Final = min_free_bytes
        self._writers = ThreadPoolExecutor(_WRITERS, "receiver-write")
        self._syncers = ThreadPoolExecutor(_SYNCERS, "receiver-sync")
        self._parts: set[Part] = set()

    async def create(self, folder: Path, name: str, declared: int) -> Part:
        """Create a part file if it and all unfinished ones fit; raise StorageError otherwise."""
        part = await self._in(self._syncers, lambda: Part(folder, name, declared))
        promised = sum(other.missing for other in self._parts)
        free = part.free_bytes()
        if free - promised - declared < self._min_free:
            part.discard()
            raise StorageFull(
                f"no room for {name}: it has {declared} bytes, {free} are free, {promised} are "
                f"promised to other uploads and {self._min_free} must stay free"
            )
        self._parts.add(part)
        return part

    async def write(self, part: Part, data: bytes) -> None:
        """Append to a part file."""
        await self._in(self._writers, lambda: part.write(data))

    async def run(self, work: Callable[[], T]) -> T:
        """Do what may take as long as a sync."""
        return await self._in(self._syncers, work)

    async def discard(self, part: Part) -> None:
        """Forget a part, and remove its file unless it was published."""
        self._parts.discard(part)
        await self._in(self._syncers, part.discard)

    def close(self) -> None:
        """End the threads once their work is done."""
        self._writers.shutdown()
        self._syncers.shutdown()

    async def _in(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
