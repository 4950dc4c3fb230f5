"""Mutated protocol streams: whatever comes, a file lies there only with its receipt."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

from tests.vault.receiver.conftest import NAME, Bench, payload

STREAMS = 160
BODY = payload(3000)
STREAM = f"T1 0 1 0\nC0644 {len(BODY)} {NAME}\n".encode() + BODY + b"\0"
HEAD_LENGTH = len(STREAM) - len(BODY) - 1


def flip(dice: random.Random, data: bytes) -> bytes:
    """Change one byte, mostly in the protocol's own lines."""
    place = dice.randrange(HEAD_LENGTH if dice.random() < 0.7 else len(data))
    return data[:place] + bytes([dice.randrange(256)]) + data[place + 1 :]


def cut(dice: random.Random, data: bytes) -> bytes:
    """End early."""
    return data[: dice.randrange(len(data))]


def drop(dice: random.Random, data: bytes) -> bytes:
    """Leave out a piece."""
    place = dice.randrange(len(data))
    return data[:place] + data[place + dice.randrange(1, 40) :]


def insert(dice: random.Random, data: bytes) -> bytes:
    """Put noise in."""
    place = dice.randrange(len(data))
    return data[:place] + dice.randbytes(dice.randrange(1, 40)) + data[place:]


def append(dice: random.Random, data: bytes) -> bytes:
    """Go on after the end."""
    return data + dice.choice([STREAM, b"E\n", b"\0", dice.randbytes(100)])


def noise(dice: random.Random, data: bytes) -> bytes:
    """Send nothing of the protocol at all."""
    return dice.randbytes(dice.randrange(1, 2000))


MUTATIONS: list[Callable[[random.Random, bytes], bytes]] = [flip, cut, drop, insert, append, noise]


def test_mutated_streams_store_nothing_without_a_receipt(bench: Bench) -> None:
    """No left-over part file, no growth of descriptors, and the receipt tells the truth."""
    dice = random.Random(20261123)
    ticket = bench.issue()
    bench.speak(ticket, b"")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    stored = 0

    for number in range(STREAMS):
        data = MUTATIONS[number % len(MUTATIONS)](dice, STREAM)
        bench.speak(ticket, data)
        receipt = ticket.receipt
        assert bench.left() == ([NAME] if receipt else []), data[:HEAD_LENGTH]
        if receipt is not None:
            assert receipt.size == (bench.folder / NAME).stat().st_size
            (bench.folder / NAME).unlink()
            stored += 1
            ticket = bench.issue()

    assert stored < STREAMS // 2
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # noqa: PTH208
    assert bench.speak(ticket, STREAM).status == 0
