"""The SCP1 protocol, from the side that asks: one file out, or one file in."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn

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


@dataclass(frozen=True, slots=True)
class Sending:
    """One file as it is pushed.

    `announced` is added to the size that is announced, `cut` the number of bytes after which the
    connection ends, by a reset where `reset` says so.
    """

    name: str
    chunks: tuple[bytes, ...]
    announced: int = 0
    cut: int | None = None
    reset: bool = False

    @property
    def control_line(self) -> bytes:
        """The line that announces the file."""
        size = max(0, sum(map(len, self.chunks)) + self.announced)
        return f"C0644 {size} {self.name}\n".encode()


def push_file(sending: Sending) -> Callable[[Wire], Awaitable[bytes]]:
    """Return the transfer that sends one file, or breaks off in it."""

    async def transfer(wire: Wire) -> bytes:
        await wire.answer()
        await wire.send(sending.control_line)
        await wire.answer()
        left = sending.cut
        for block in _blocks(sending.chunks, wire.bytes_per_second):
            if left is not None and left <= len(block):
                await wire.send(block[:left])
                await _break_off(wire, reset=sending.reset)
            left = None if left is None else left - len(block)
            await wire.send(block)
        if sending.announced > 0:
            wire.stdin.write_eof()
        else:
            await wire.send(b"\0")
        await wire.answer()
        return b""

    return transfer


async def _break_off(wire: Wire, *, reset: bool) -> NoReturn:
    await asyncio.sleep(SETTLE_SECONDS)
    sock = wire.connection.get_extra_info("socket")
    if reset and sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.connection.abort()
    raise ScpError("lost connection")


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
