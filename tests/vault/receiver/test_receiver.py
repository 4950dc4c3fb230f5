"""The receiver as a conductor meets it: real scp, whole files, nothing else."""

from __future__ import annotations

import hashlib
import stat
import threading
from collections.abc import Callable

import pytest

from tests.vault.receiver.conftest import NAME, Bench, payload
from vault.receiver import NotReceived, ReceiverDown, ReceiverOptions
from vault.receiver.receiver import Receiver

SHA1_CLIENT = (
    "KexAlgorithms=diffie-hellman-group14-sha1",
    "HostKeyAlgorithms=ssh-rsa",
    "Ciphers=aes128-ctr",
    "MACs=hmac-sha1",
)


def test_push_with_scp_is_stored_whole(bench: Bench) -> None:
    """The receipt tells size and hash of what lies there, readable by us alone."""
    ticket = bench.issue()
    source = bench.source(3_000_001)

    done = bench.client(ticket).scp(str(source), "{}:" + NAME)

    assert (done.returncode, ticket.error()) == (0, None), done.stderr
    receipt = ticket.wait(10)
    assert receipt is not None
    assert receipt.path == bench.folder / NAME
    assert receipt.path.read_bytes() == source.read_bytes()
    assert receipt.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert (receipt.size, ticket.bytes_received) == (3_000_001, 3_000_001)
    assert receipt.peer == "127.0.0.1"
    assert receipt.client_version.startswith("SSH-2.0-OpenSSH")
    assert "aes" in receipt.algorithms
    assert stat.S_IMODE(receipt.path.stat().st_mode) == 0o600
    assert bench.left() == [NAME]


@pytest.mark.parametrize(
    ("target", "flags"),
    [(NAME, ("-p",)), (f"./{NAME}", ("-v",)), (".", ("-p", "-v")), ("./", ()), ("", ("-p",))],
)
def test_push_to_every_spelling_of_the_target_is_stored(
    bench: Bench, target: str, flags: tuple[str, ...]
) -> None:
    """File name, the same in the current folder, and the folder itself; times may be sent."""
    ticket = bench.issue()

    done = bench.client(ticket).scp(*flags, str(bench.source()), "{}:" + target)

    assert done.returncode == 0, done.stderr
    assert bench.left() == [NAME]


def test_push_with_sha1_algorithms_is_stored(start: Callable[..., Bench]) -> None:
    """What old controllers speak works without any switch."""
    bench = start()
    ticket = bench.issue()

    done = bench.client(ticket, *SHA1_CLIENT).scp(str(bench.source()), "{}:" + NAME)

    assert done.returncode == 0, done.stderr
    assert ticket.receipt is not None
    assert ticket.receipt.algorithms == "aes128-ctr hmac-sha1"


def test_push_of_renamed_source_is_stored_when_the_ticket_says_so(bench: Bench) -> None:
    """Old releases ignore the wanted name on flash and announce their own."""
    ticket = bench.issue(source_name="flashbackup.tar.gz")

    done = bench.client(ticket).scp(str(bench.source(name="flashbackup.tar.gz")), "{}:" + NAME)

    assert done.returncode == 0, done.stderr
    assert bench.left() == [NAME]


def test_parallel_pushes_are_all_stored(bench: Bench) -> None:
    """Tickets do not disturb each other."""
    folders = [bench.home / f"in{number}" for number in range(4)]
    tickets = []
    for folder in folders:
        folder.mkdir(mode=0o700)
        tickets.append(bench.receiver.issue(NAME, folder, "127.0.0.1", lifetime=60))
    source = bench.source(2_000_000)

    clients = [bench.client(one).start_scp(str(source), "{}:" + NAME) for one in tickets]
    ends = [client.communicate(timeout=60)[1] for client in clients]

    assert [client.returncode for client in clients] == [0, 0, 0, 0], ends
    assert {one.receipt.size for one in tickets if one.receipt} == {2_000_000}
    assert all((folder / NAME).read_bytes() == payload(2_000_000) for folder in folders)


def test_second_push_with_a_used_ticket_is_refused_with_words(bench: Bench) -> None:
    """A stored file closes its ticket and stays as it is."""
    ticket = bench.issue()
    assert bench.client(ticket).scp(str(bench.source(1000)), "{}:" + NAME).returncode == 0

    again = bench.client(ticket).scp(str(bench.source(2000)), "{}:" + NAME)

    assert again.returncode != 0
    assert "ticket is used" in again.stderr
    assert (bench.folder / NAME).stat().st_size == 1000


def test_push_over_an_existing_file_is_refused(bench: Bench) -> None:
    """Nothing is ever replaced."""
    (bench.folder / NAME).write_bytes(b"last good")
    ticket = bench.issue()

    done = bench.client(ticket).scp(str(bench.source()), "{}:" + NAME)

    assert done.returncode != 0
    assert "already there" in done.stderr
    assert (bench.folder / NAME).read_bytes() == b"last good"
    assert bench.left() == [NAME]


def test_ticket_nobody_used_says_so(bench: Bench) -> None:
    """Silence has an error of its own."""
    ticket = bench.issue()

    assert ticket.wait(0.01) is None
    error = ticket.error()
    assert isinstance(error, NotReceived)
    assert (error.code, "nobody connected" in str(error)) == ("not-received", True)


def test_wait_returns_when_the_ticket_is_revoked(bench: Bench) -> None:
    """Nobody waits for a file that can no longer come."""
    ticket = bench.issue()
    waiter = threading.Thread(target=ticket.wait, args=(60,))
    waiter.start()

    ticket.revoke()

    waiter.join(10)
    assert not waiter.is_alive()


def test_stop_breaks_off_a_transfer_and_leaves_nothing(start: Callable[..., Bench]) -> None:
    """The end of the run is not held up by a client, and nothing can be issued after it."""
    bench = start()
    ticket = bench.issue()
    client = bench.client(ticket).start_scp("-l", "800", str(bench.source(8 << 20)), "{}:" + NAME)
    pause = threading.Event()
    while bench.left() != [NAME + ".part"]:
        pause.wait(0.02)

    bench.receiver.stop()

    client.communicate(timeout=60)
    assert client.returncode != 0
    assert bench.left() == []
    with pytest.raises(ReceiverDown, match="not running"):
        bench.issue()


def test_start_on_a_taken_port_says_what_holds_it(
    bench: Bench, start: Callable[..., Bench]
) -> None:
    """The message names the server that is in the way and the ways out."""
    with pytest.raises(ReceiverDown, match=r"greets with 'SSH-2.0-ConductorBackup'") as caught:
        start(port=bench.receiver.port)

    assert caught.value.code == "receiver-down"
    assert "ListenAddress" in str(caught.value)


def test_start_twice_in_a_row_keeps_the_host_key(options: ReceiverOptions) -> None:
    """Conductors remember the key."""
    before = options.host_key.read_bytes()

    for _ in range(2):
        with Receiver(options):
            pass

    assert options.host_key.read_bytes() == before
