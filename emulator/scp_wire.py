"""The SCP1 protocol, from the side that asks: one file out, or one file in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

import asyncssh

from emulator.errors import ScpError

BLOCK: Final = 128 * 1024
LONGEST_LINE: Final = 2048
SETTLE_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Wire:
    """An open session that runs scp at the other end; `bytes_per_second` 0: no brake."""

    connection: asyncssh.SSHClientConnection
    stdin: asyncssh.SSHWriter[bytes]
    stdout: asyncssh.SSHReader[bytes]
    bytes_per_second: int

    async def answer(self) -> None:
        """Read one answer; ScpError with the other end's words when it is not yes."""
        code = await self.stdout.readexactly(1)
        if code != b"\0":
            words = (await self.stdout.readline())[:LONGEST_LINE]
            raise ScpError((code.strip(b"\1\2") + words).decode(errors="replace").strip())

    async def send(self, block: bytes) -> None:
        """Write one block at the pace asked for."""
        self.stdin.write(block)
        await self.stdin.drain()
        if self.bytes_per_second:
            await asyncio.sleep(len(block) / self.bytes_per_second)


def push_file(
    name: str, chunks: tuple[bytes, ...], cut: int | None
) -> Callable[[Wire], Awaitable[bytes]]:
    """Return the transfer that sends these chunks as one file, or only `cut` bytes of it."""

    async def transfer(wire: Wire) -> bytes:
        await wire.answer()
        await wire.send(f"C0644 {sum(map(len, chunks))} {name}\n".encode())
        await wire.answer()
        left = cut
        for block in _blocks(chunks, wire.bytes_per_second):
            if left is not None and left <= len(block):
                await wire.send(block[:left])
                await asyncio.sleep(SETTLE_SECONDS)
                wire.connection.abort()
                raise ScpError("lost connection")
            left = None if left is None else left - len(block)
            await wire.send(block)
        await wire.send(b"\0")
        await wire.answer()
        return b""

    return transfer


def pull_file(limit: int) -> Callable[[Wire], Awaitable[bytes]]:
    """Return the transfer that receives one file of at most `limit` bytes."""

    async def transfer(wire: Wire) -> bytes:
        await wire.send(b"\0")
        line = await _control_line(wire)
        parts = line.split(" ", 2)
        if len(parts) != 3 or not parts[1].isdigit():
            raise ScpError(f"protocol error: {line}")
        size = int(parts[1])
        if size > limit:
            raise ScpError("No space left on device")
        await wire.send(b"\0")
        content = await wire.stdout.readexactly(size)
        await wire.answer()
        await wire.send(b"\0")
        return content

    return transfer


async def _control_line(wire: Wire) -> str:
    while True:
        line = (await wire.stdout.readline())[:LONGEST_LINE].decode(errors="replace").rstrip("\n")
        if line.startswith("C"):
            return line
        if not line.startswith("T"):
            raise ScpError(line.strip("\1\2 ") or "lost connection")
        await wire.send(b"\0")


def _blocks(chunks: tuple[bytes, ...], bytes_per_second: int) -> Iterator[bytes]:
    size = min(BLOCK, max(1, bytes_per_second // 10)) if bytes_per_second else BLOCK
    for chunk in chunks:
        for start in range(0, len(chunk), size):
            yield chunk[start : start + size]
