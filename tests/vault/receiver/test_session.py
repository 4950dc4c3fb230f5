"""Everything but the one upload is refused, and the client is told in words."""

from __future__ import annotations

import asyncio
import os
import subprocess

import asyncssh
import pytest

from tests.vault.receiver.conftest import NAME, Bench
from vault.receiver import Ticket, TransferRefused

OTHER = "bk-20261116T020000Z-77aa-flash.tar.gz"


def check_refused(
    bench: Bench, ticket: Ticket, words: str, done: subprocess.CompletedProcess[str]
) -> None:
    """The client failed and saw the words; nothing lies there; the ticket still works."""
    assert done.returncode != 0
    assert words in done.stderr
    assert bench.left() == []
    assert bench.client(ticket).scp(str(bench.source()), "{}:" + NAME).returncode == 0
    assert ticket.receipt is not None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (OTHER, "name refused"),
        ("../" + NAME, "name refused"),
        ("/etc/" + NAME, "name refused"),
        (f"{NAME} x", "exactly one target"),
    ],
)
def test_push_to_another_path_is_refused(bench: Bench, target: str, words: str) -> None:
    """No spelling reaches beyond the one name."""
    ticket = bench.issue()

    done = bench.client(ticket).scp(str(bench.source()), "{}:" + target)

    assert isinstance(ticket.error(), TransferRefused)
    check_refused(bench, ticket, words, done)


@pytest.mark.parametrize("target", [NAME, "."])
def test_push_of_another_file_is_refused(bench: Bench, target: str) -> None:
    """Last week's archive does not become today's."""
    ticket = bench.issue()

    done = bench.client(ticket).scp(str(bench.source(name=OTHER)), "{}:" + target)

    assert OTHER in str(ticket.error())
    check_refused(bench, ticket, f"name refused: '{OTHER}'", done)


def test_push_of_two_files_stores_the_first_and_refuses_the_second(bench: Bench) -> None:
    """One ticket is for one file; the stored one is not touched by the refusal."""
    ticket = bench.issue()

    done = bench.client(ticket).scp(str(bench.source()), str(bench.source(name=OTHER)), "{}:.")

    assert done.returncode != 0
    assert "one ticket is for one file" in done.stderr
    assert ticket.receipt is not None
    assert bench.left() == [NAME]


def test_push_of_a_folder_is_refused(bench: Bench) -> None:
    """scp -r asks for trees."""
    ticket = bench.issue()
    folder = bench.source().parent

    done = bench.client(ticket).scp("-r", str(folder), "{}:.")

    check_refused(bench, ticket, "folders are refused", done)


def test_push_of_an_empty_file_is_refused(bench: Bench) -> None:
    """A backup is never empty."""
    ticket = bench.issue()

    done = bench.client(ticket).scp(str(bench.source(0)), "{}:" + NAME)

    check_refused(bench, ticket, "is empty", done)


def test_push_beyond_the_limit_is_refused_before_any_data(bench: Bench) -> None:
    """The declared size is judged."""
    ticket = bench.issue(max_bytes=1000)

    done = bench.client(ticket).scp(str(bench.source(1001)), "{}:" + NAME)

    error = ticket.error()
    assert error is not None
    assert (error.code, ticket.bytes_received) == ("too-large", 0)
    assert "at most 1000" in done.stderr
    assert bench.client(ticket).scp(str(bench.source(1000)), "{}:" + NAME).returncode == 0


def test_reading_back_is_refused(bench: Bench) -> None:
    """Even what was just stored cannot be fetched."""
    ticket = bench.issue()
    (bench.folder / OTHER).write_bytes(b"secret")

    done = bench.client(ticket).scp("{}:" + OTHER, str(bench.home / "copy"))

    assert done.returncode != 0
    assert "reading files back is refused" in done.stderr
    assert not (bench.home / "copy").exists()


def test_sftp_mode_of_scp_is_refused_with_the_way_out(bench: Bench) -> None:
    """OpenSSH 9 uses SFTP by itself: the words name the switch."""
    ticket = bench.issue()

    done = bench.client(ticket).new_scp(str(bench.source()), "{}:" + NAME)

    check_refused(bench, ticket, "use the SCP protocol (scp -O)", done)


def test_sftp_is_refused(bench: Bench) -> None:
    """No listing, no reading."""
    ticket = bench.issue()

    check_refused(bench, ticket, "SFTP is not offered", bench.client(ticket).sftp())


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        ((), ()),
        (("id",), ()),
        ((f"scp -t {NAME}; id",), ()),
        (("/usr/bin/scp", "-f", NAME), ()),
        (("-s", "netconf"), ()),
    ],
)
def test_shell_command_and_terminal_are_refused(
    bench: Bench, words: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    """There is no shell here, with or without a terminal."""
    ticket = bench.issue()

    done = bench.client(ticket).ssh(*words, flags=flags)

    assert done.returncode != 0
    assert "uid=" not in done.stdout
    assert any(words in done.stderr + done.stdout for words in ("only receives", "one target"))
    assert bench.left() == []


def test_forwarding_of_ports_is_refused(bench: Bench) -> None:
    """The receiver is no way into its network."""
    ticket = bench.issue()
    client = bench.client(ticket)

    there = client.ssh(flags=("-W", "127.0.0.1:22"))
    back = client.ssh(
        flags=("-N", "-o", "ExitOnForwardFailure=yes", "-R", "127.0.0.1:0:127.0.0.1:9")
    )

    assert (there.returncode != 0, back.returncode != 0) == (True, True)
    assert "open failed" in there.stderr
    assert "forwarding failed" in back.stderr


def test_forwarding_of_the_agent_is_refused(bench: Bench) -> None:
    """asyncssh would open a socket for it."""

    async def ask() -> tuple[bool | None, bool | None]:
        async with bench.connect(bench.issue()) as connection:
            channel, _ = await connection.create_session(
                asyncssh.SSHClientSession[bytes], None, encoding=None, request_pty=False
            )
            agent = await channel._make_request(b"auth-agent-req@openssh.com")
            display = await channel._make_request(
                b"x11-req", b"\0", b"\0\0\0\1a", b"\0\0\0\1b", b"\0\0\0\0"
            )
            return agent, display

    assert asyncio.run(ask()) == (False, False)


def test_second_session_on_one_connection_is_refused(bench: Bench) -> None:
    """One login, one session."""

    async def ask() -> None:
        async with bench.connect(bench.issue()) as connection:
            await connection.create_process(f"scp -t {NAME}", encoding=None)
            await connection.create_process(f"scp -t {NAME}", encoding=None)

    with pytest.raises(asyncssh.ChannelOpenError):
        asyncio.run(ask())


def test_refusals_do_not_leak_descriptors(bench: Bench) -> None:
    """Forty refused sessions leave as many open files as one."""
    ticket = bench.issue()
    bench.speak(ticket, b"", "id")
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    for _ in range(40):
        bench.speak(ticket, b"", "id")

    assert len(os.listdir("/proc/self/fd")) <= before + 1  # noqa: PTH208
