"""Who gets in: the right password, in time, from the right address, not too often at once."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable

import pytest

from tests.vault.receiver.conftest import NAME, Answer, Bench
from vault.receiver import NotReceived, TransferCut, TransferRefused


def test_wrong_password_is_refused_and_noted(bench: Bench) -> None:
    """The ticket knows that somebody tried."""
    ticket = bench.issue()

    done = bench.client(ticket, password="guess").scp(str(bench.source()), "{}:" + NAME)

    assert done.returncode != 0
    assert "Permission denied" in done.stderr
    assert isinstance(ticket.error(), TransferRefused)
    assert "wrong password" in str(ticket.error())
    assert "guess" not in str(ticket.diagnosis)


def test_unknown_user_is_refused_and_noted_for_the_peers_ticket(bench: Bench) -> None:
    """A device that logs in with an old account name explains a missing file."""
    ticket, other = bench.issue(), bench.issue(peer="127.0.0.9")
    client = bench.client(ticket)

    done = type(client)(home=client.home, port=client.port, username="backup", password="x").scp(
        str(bench.source()), "{}:" + NAME
    )

    assert done.returncode != 0
    assert "unknown user 'backup'" in str(ticket.diagnosis)
    assert other.diagnosis == ()


@pytest.mark.parametrize("kind", ["expired", "revoked", "not for 127.0.0.1"])
def test_closed_ticket_is_refused_with_words(bench: Bench, kind: str) -> None:
    """The right password of a ticket that no longer counts."""
    ticket = bench.issue(
        lifetime=0 if kind == "expired" else 60,
        peer="127.0.0.7" if kind.startswith("not") else "127.0.0.1",
    )
    if kind == "revoked":
        ticket.revoke()

    done = bench.client(ticket).scp(str(bench.source()), "{}:" + NAME)

    assert done.returncode != 0
    assert f"this ticket is {kind}" in done.stderr
    assert bench.left() == []
    assert kind in str(ticket.error())


def test_ticket_is_accepted_from_its_own_address(bench: Bench) -> None:
    """The peer check looks at the real source address."""
    ticket = bench.issue(peer="127.0.0.7")

    done = bench.client(ticket, "BindAddress=127.0.0.7").scp(str(bench.source()), "{}:" + NAME)

    assert done.returncode == 0, done.stderr
    assert ticket.receipt is not None
    assert ticket.receipt.peer == "127.0.0.7"


def test_third_wrong_password_ends_the_connection(bench: Bench) -> None:
    """Guessing costs a connection for every three tries."""
    ticket = bench.issue()
    client = bench.client(ticket, "NumberOfPasswordPrompts=9", password="guess")

    done = client.ssh("id")

    assert done.returncode != 0
    assert "Too many failed logins" in done.stderr
    assert done.stderr.count("try again") == 2


def test_other_login_methods_are_not_offered(bench: Bench) -> None:
    """Passwords are the only way in."""
    client = bench.client(bench.issue(), "PreferredAuthentications=none,publickey")

    done = client.ssh("id")

    assert "(password)" in done.stderr


def test_connections_over_the_limit_of_a_peer_are_turned_away(
    start: Callable[..., Bench],
) -> None:
    """One address cannot take all the places, and others are not affected."""
    bench = start(connections_per_peer=2)
    ticket = bench.issue(peer=None)
    held = [socket.create_connection(("127.0.0.1", bench.receiver.port)) for _ in range(2)]
    greetings = [one.recv(64) for one in held]

    crowded = bench.client(ticket).scp(str(bench.source()), "{}:" + NAME)
    elsewhere = bench.client(ticket, "BindAddress=127.0.0.8").scp(str(bench.source()), "{}:" + NAME)

    for one in held:
        one.close()
    assert all(greeting.startswith(b"SSH-2.0") for greeting in greetings)
    assert crowded.returncode != 0
    assert "too many connections from 127.0.0.1" in str(ticket.diagnosis)
    assert elsewhere.returncode == 0, elsewhere.stderr


def test_place_is_free_again_after_a_connection_ends(start: Callable[..., Bench]) -> None:
    """Counting goes both ways."""
    bench = start(connections_per_peer=1)
    ticket = bench.issue()
    for _ in range(3):
        assert bench.speak(ticket, b"", "id").status == 1

    assert bench.client(ticket).scp(str(bench.source()), "{}:" + NAME).returncode == 0


def test_silent_stranger_is_hung_up_on(start: Callable[..., Bench]) -> None:
    """A connection that never logs in does not stay."""
    bench = start(idle_seconds=0.3)
    ticket = bench.issue()
    with socket.create_connection(("127.0.0.1", bench.receiver.port)) as stranger:
        stranger.settimeout(30)
        while stranger.recv(4096):
            pass

    assert isinstance(ticket.error(), NotReceived)
    assert "silent for 0.3 s" in str(ticket.error())


def test_client_that_falls_silent_in_the_file_is_cut(start: Callable[..., Bench]) -> None:
    """The part file goes, the ticket stays, and the byte is named."""
    bench = start(idle_seconds=0.5)
    ticket = bench.issue()
    head = f"C0644 1000 {NAME}\n".encode() + bytes(400)

    bench.speak_and_hold(ticket, head)

    error = bench.await_error(ticket, TransferCut)
    assert isinstance(error, TransferCut)
    assert "cut at byte 400 of 1000: silent for 0.5 s" in str(error)
    assert bench.left() == []


def test_killed_client_leaves_nothing_and_a_usable_ticket(bench: Bench) -> None:
    """What findings call a normal-looking truncated file does not exist here."""
    ticket = bench.issue()
    source = bench.source(8 << 20)
    client = bench.client(ticket).start_scp("-l", "8000", str(source), "{}:" + NAME)
    deadline = time.monotonic() + 30
    while ticket.bytes_received < 1 << 20 and time.monotonic() < deadline:
        assert ticket.wait(0.02) is None
    client.kill()
    client.communicate()
    while bench.left() and time.monotonic() < deadline:
        ticket.wait(0.02)

    error = ticket.error()
    assert isinstance(error, TransferCut)
    assert f"of {8 << 20}" in str(error)
    assert bench.left() == []
    assert bench.client(ticket).scp(str(source), "{}:" + NAME).returncode == 0
    assert (bench.folder / NAME).stat().st_size == 8 << 20


def test_revoke_in_the_middle_leaves_nothing(bench: Bench) -> None:
    """When revoke returns, no file appears any more."""
    ticket = bench.issue()
    client = bench.client(ticket).start_scp("-l", "8000", str(bench.source(8 << 20)), "{}:" + NAME)
    deadline = time.monotonic() + 30
    while NAME + ".part" not in bench.left() and time.monotonic() < deadline:
        ticket.wait(0.02)

    ticket.revoke()

    assert bench.left() == []
    client.communicate(timeout=60)
    assert client.returncode != 0
    assert "revoked" in str(ticket.error())


def test_second_transfer_with_a_ticket_in_use_is_refused(bench: Bench) -> None:
    """Two clients never write the same file."""
    ticket = bench.issue()
    head = f"C0644 5 {NAME}\n".encode()

    async def push_twice() -> tuple[Answer, int | None]:
        async with bench.connect(ticket) as connection:
            process = await connection.create_process(f"scp -t {NAME}", encoding=None)
            process.stdin.write(head)
            await process.stdout.readexactly(2)
            second = await bench.say(ticket, head + b"wrong\0")
            process.stdin.write(b"hello\0")
            process.stdin.write_eof()
            await process.wait()
            return second, process.exit_status

    second, status = asyncio.run(push_twice())

    assert b"another transfer with this ticket is under way" in second.out
    assert status == 0
    assert (bench.folder / NAME).read_bytes() == b"hello"
