"""What is offered, negotiated with a client that knows only that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncssh
import pytest

from tests.vault.receiver.conftest import NAME, Bench
from vault.receiver import AlgorithmMismatch, Ticket
from vault.receiver.algorithms import LEGACY_EXTRA, MODERN, offered_algorithms

GROUP1_CBC = {
    "kex_algs": ["diffie-hellman-group1-sha1"],
    "encryption_algs": ["3des-cbc"],
    "mac_algs": ["hmac-sha1-96"],
    "server_host_key_algs": ["ssh-rsa"],
}
FIPS_MODE = {
    "kex_algs": ["diffie-hellman-group14-sha1"],
    "encryption_algs": ["aes128-cbc"],
    "mac_algs": ["hmac-sha1-96"],
    "server_host_key_algs": ["ssh-rsa"],
}
GROUP_EXCHANGE = {
    "kex_algs": ["diffie-hellman-group-exchange-sha1"],
    "encryption_algs": ["aes256-cbc"],
    "mac_algs": ["hmac-sha1"],
}


async def push(bench: Bench, ticket: Ticket, algorithms: dict[str, list[str]]) -> int | None:
    """Push five bytes with exactly these algorithms; return the exit status."""
    async with bench.connect(ticket, **algorithms) as connection:
        process = await connection.create_process(f"scp -t {NAME}", encoding=None)
        process.stdin.write(f"C0644 5 {NAME}\n".encode() + b"hello\0")
        process.stdin.write_eof()
        await process.communicate()
        status: int | None = process.exit_status
        return status


@pytest.mark.parametrize("algorithms", [GROUP1_CBC, FIPS_MODE, GROUP_EXCHANGE])
def test_legacy_client_is_served_when_switched_on(
    start: Callable[..., Bench], algorithms: dict[str, list[str]]
) -> None:
    """Group 1, group exchange with SHA-1, CBC, 3DES and the short MAC all carry a file."""
    bench = start(legacy_algorithms=True)
    ticket = bench.issue()

    assert asyncio.run(push(bench, ticket, algorithms)) == 0
    assert ticket.receipt is not None
    assert ticket.receipt.algorithms.startswith(algorithms["encryption_algs"][0])


@pytest.mark.parametrize(("algorithms", "part"), [(GROUP1_CBC, "kex"), (FIPS_MODE, "encryption")])
def test_legacy_client_is_refused_by_default_and_the_ticket_knows_why(
    bench: Bench, algorithms: dict[str, list[str]], part: str
) -> None:
    """Nothing is weakened silently, and the missing algorithm is named."""
    ticket = bench.issue()

    with pytest.raises(asyncssh.Error):
        asyncio.run(push(bench, ticket, algorithms))

    error = bench.await_error(ticket, AlgorithmMismatch)
    assert isinstance(error, AlgorithmMismatch)
    assert error.code == "algorithm-mismatch"
    assert part in str(error)
    assert algorithms["encryption_algs" if part == "encryption" else "kex_algs"][0] in str(error)


def test_offered_legacy_names_come_after_the_everyday_ones() -> None:
    """A client that knows better is not led to something old."""
    offered = offered_algorithms(legacy=True)

    assert offered.kex == MODERN.kex + LEGACY_EXTRA.kex
    assert not set(MODERN.encryption) & set(LEGACY_EXTRA.encryption)
    assert offered_algorithms(legacy=False) == MODERN
