"""Reading a channel's bytes in lines and blocks."""

from __future__ import annotations

import asyncio

import pytest

from vault.receiver import TransferRefused
from vault.receiver.stream import BLOCK, Stream


def make(calls: list[str] | None = None, room: int = 2 * BLOCK) -> Stream:
    """Return a stream that records when it pushes back."""
    seen = [] if calls is None else calls
    return Stream(lambda: seen.append("pause"), lambda: seen.append("resume"), room)


def test_line_in_pieces_is_joined_and_what_follows_is_kept() -> None:
    """Packets have nothing to do with lines."""

    async def read() -> tuple[bytes, bytes]:
        stream = make()
        for piece in (b"C06", b"44 5 x", b"\nhel", b"lo"):
            asyncio.get_running_loop().call_soon(stream.feed, piece)
        return await stream.line(100), await stream.block(5)

    assert asyncio.run(read()) == (b"C0644 5 x", b"hello")


def test_line_without_end_is_refused_at_the_limit() -> None:
    """A client cannot make the receiver remember without bound."""

    async def read() -> None:
        stream = make()
        stream.feed(b"A" * 100)
        await stream.line(100)

    with pytest.raises(TransferRefused):
        asyncio.run(read())


def test_line_at_the_end_is_empty_and_keeps_the_first_reason() -> None:
    """The end is no error by itself."""

    async def read() -> tuple[bytes, str]:
        stream = make()
        stream.end("silent for 60 s")
        stream.end("connection lost")
        return await stream.line(100), stream.why_ended

    assert asyncio.run(read()) == (b"", "silent for 60 s")


def test_block_waits_for_a_large_piece_but_not_beyond_the_file() -> None:
    """Small packets are joined; the last block is as short as it has to be."""

    async def read() -> tuple[bool, int, int, bytes]:
        stream = make()
        reader = asyncio.ensure_future(stream.block(BLOCK + 10))
        stream.feed(bytes(BLOCK - 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting = not reader.done()
        stream.feed(bytes(100))
        first = await reader
        rest = await stream.block(BLOCK + 10 - len(first))
        stream.end("done")
        return waiting, len(first), len(rest), await stream.block(500)

    assert asyncio.run(read()) == (True, BLOCK + 10, 0, bytes(89))


def test_slow_reader_pauses_the_channel_and_resumes_it() -> None:
    """Memory is bounded by pushing back, not by luck."""
    calls: list[str] = []

    async def read() -> None:
        stream = make(calls)
        for _ in range(20):
            stream.feed(bytes(BLOCK // 2))
        assert calls == ["pause"]
        await stream.block(64 * BLOCK)
        stream.end("done")
        await stream.block(64 * BLOCK)

    asyncio.run(read())
    assert calls == ["pause", "resume"]


def test_little_room_is_kept_to_and_still_read_in_one_piece() -> None:
    """Among many uploads each has less of the memory, and none waits for what does not fit."""
    calls: list[str] = []

    async def read() -> int:
        stream = make(calls, room=1000)
        stream.feed(bytes(1000))
        assert calls == []
        stream.feed(b"x")
        assert calls == ["pause"]
        return len(await stream.block(64 * BLOCK))

    assert asyncio.run(read()) == 1001
    assert calls == ["pause", "resume"]
