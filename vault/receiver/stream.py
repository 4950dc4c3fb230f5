"""Bytes of one SSH channel as something that a coroutine can read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from vault.receiver.errors import TransferRefused

BLOCK: Final = 1 << 20


class Stream:
    """Queue what arrives, join it into large blocks, and push back when the disk is slower.

    `pause` and `resume` stop and restart the channel's reading; more than `room` bytes do not wait.
    """

    def __init__(self, pause: Callable[[], None], resume: Callable[[], None], room: int) -> None:
        self._pause: Final = pause
        self._resume: Final = resume
        self._room: Final = room
        self._pieces: list[bytes] = []
        self._size = 0
        self._wanted = 0
        self._ended = False
        self._why = ""
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def starved(self) -> bool:
        """Whether somebody waits for bytes that have not come."""
        return self._waiter is not None

    def feed(self, data: bytes) -> None:
        """Queue bytes from the wire."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= self._wanted:
            self._wake()
        if self._size > self._room and not self._paused:
            self._paused = True
            self._pause()

    @property
    def why_ended(self) -> str:
        """Why no more bytes come; empty while they may."""
        return self._why

    def end(self, why: str) -> None:
        """Note that no more bytes will come; the first reason is kept."""
        self._ended = True
        self._why = self._why or why
        self._wake()

    async def block(self, limit: int) -> bytes:
        """Return up to `limit` bytes, a whole block of them if so many come; empty at the end."""
        await self._until(min(limit, BLOCK, self._room))
        return self._take(limit)

    async def line(self, limit: int) -> bytes:
        """Return one line without its newline; empty at the end of the stream.

        Raises TransferRefused when the line is longer than `limit` bytes, empty, or cut off.
        """
        while True:
            held = b"".join(self._pieces)
            place = held.find(b"\n", 0, limit)
            if place > 0:
                return self._take(place + 1)[:-1]
            if self._ended and not held:
                return b""
            if place == 0 or len(held) >= limit or self._ended:
                raise TransferRefused("that is not the SCP protocol")
            await self._until(self._size + 1)

    def _take(self, limit: int) -> bytes:
        held = b"".join(self._pieces)
        taken, rest = (held, b"") if len(held) <= limit else (held[:limit], held[limit:])
        self._pieces = [rest] if rest else []
        self._size = len(rest)
        if self._paused and self._size < self._room // 2:
            self._paused = False
            self._resume()
        return taken

    async def _until(self, wanted: int) -> None:
        if self._size >= wanted or self._ended:
            return
        self._wanted = wanted
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
