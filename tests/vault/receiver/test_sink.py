"""The SCP protocol byte by byte: order of durability, wrong sizes, failing disks."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.vault.receiver.conftest import NAME, Bench, payload
from vault.receiver import TransferCut, TransferRefused
from vault.receiver.errors import StorageFull
from vault.receiver.part import Part
from vault.receiver.session import UploadSession

HEAD = f"C0644 5 {NAME}\n".encode()
WHOLE = HEAD + b"hello\0"


def test_times_before_the_file_are_taken_and_ignored(bench: Bench) -> None:
    """Each line is acknowledged: start, times, file, content."""
    answer = bench.speak(bench.issue(), b"T1764000000 0 1764000000 0\n" + WHOLE, f"scp -pt {NAME}")

    assert (answer.out, answer.status) == (b"\0\0\0\0", 0)
    assert (bench.folder / NAME).read_bytes() == b"hello"


@pytest.mark.parametrize(
    "command",
    [
        f"scp -t {NAME}",
        f"scp -pt {NAME}",
        f"scp -t -p ./{NAME}",
        f"scp -v -q -t -- {NAME}",
        "scp -t .",
        "scp -tv ./",
        "scp -d -t .",
        f"scp -t '{NAME}'",
    ],
)
def test_command_spellings_of_clients_are_all_served(bench: Bench, command: str) -> None:
    """Flags apart, combined, ended, quoted."""
    assert bench.speak(bench.issue(), WHOLE, command).status == 0
    assert bench.left() == [NAME]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HEAD + b"hello more\0", "more data than the 5 bytes declared"),
        (HEAD + b"hello\1read error\n", "the client failed to read"),
        (HEAD + b"hello\2read error\n", "the client failed to read"),
        (HEAD + b"hello", "cut at byte 5 of 5"),
        (HEAD + b"hel", "cut at byte 3 of 5"),
        (HEAD, "cut at byte 0 of 5"),
        (b"", "no file was announced"),
        (b"\1no such file\n", "the client could not send"),
        (b"D0755 0 conf\n", "folders are refused"),
        (b"E\n", "folders are refused"),
        (b"C0644 5 ../" + HEAD[8:], "name refused"),
        (b"C0644 5 /etc/passwd\n", "name refused"),
        (b"C0644 5 \xff\xfe\n", "name refused"),
        (b"C0644 -5 x\n", "unknown SCP message"),
        (b"C0644 99999999999999999999 x\n", "unknown SCP message"),
        (b"C9644 5 x\n", "unknown SCP message"),
        (b"C0644  5 x\n", "unknown SCP message"),
        (f"C0644 0 {NAME}\n".encode(), "is empty"),
        (b"\n", "not the SCP protocol"),
        (b"A" * 5000, "not the SCP protocol"),
        (b"C0644 5 " + b"A" * 500 + b"\n", "name refused"),
        (b"hello", "not the SCP protocol"),
    ],
)
def test_wrong_stream_is_refused_in_words_and_leaves_the_ticket_usable(
    bench: Bench, data: bytes, words: str
) -> None:
    """Nothing is stored, no part file stays, and a proper push still works."""
    ticket = bench.issue()

    answer = bench.speak(ticket, data)

    error = ticket.error()
    assert answer.status == 1
    assert isinstance(error, TransferCut | TransferRefused)
    assert words in str(error)
    assert words.encode() in answer.out
    assert bench.left() == []
    assert bench.speak(ticket, WHOLE).status == 0


def test_acknowledgement_comes_after_everything_is_durable(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content synced, then named, then the folder synced, and only then the client is told."""
    seen: list[str] = []

    def record(name: str, label: Callable[..., str]) -> None:
        real = getattr(os, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            seen.append(label(*args))
            return result

        monkeypatch.setattr(f"vault.receiver.part.os.{name}", wrapped)

    def kind(descriptor: int) -> str:
        target = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115
        return "folder" if target.endswith("staging") else "file"

    record("fsync", lambda descriptor: f"fsync {kind(descriptor)}")
    record("link", lambda source, name: f"link {name}")
    record("unlink", lambda name: f"unlink {name}")

    def say(session: UploadSession, data: bytes) -> None:
        seen.append(f"say {data!r}")
        session._channel.write(data)

    monkeypatch.setattr("vault.receiver.session.UploadSession._say", say)

    assert bench.speak(bench.issue(), WHOLE).status == 0

    assert seen == [
        "say b'\\x00'",
        "say b'\\x00'",
        "fsync file",
        f"link {NAME}",
        f"unlink {NAME}.part",
        "fsync folder",
        "say b'\\x00'",
    ]


@pytest.mark.parametrize(
    ("call", "number", "code"),
    [
        ("fsync", errno.EIO, "vault-failed"),
        ("fsync", errno.ENOSPC, "vault-full"),
        ("write", errno.ENOSPC, "vault-full"),
        ("write", errno.EDQUOT, "vault-full"),
        ("link", errno.EPERM, "vault-unwritable"),
        ("link", errno.ENOSPC, "vault-full"),
        ("unlink", errno.EIO, "vault-failed"),
    ],
)
def test_failing_disk_is_told_to_the_client_and_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, call: str, number: int, code: str
) -> None:
    """An acknowledgement is only ever sent for a durable file."""
    ticket = bench.issue()
    real = getattr(os, call)
    failures = iter([OSError(number, os.strerror(number))])

    def fail_once(*args: Any, **kwargs: Any) -> Any:
        if error := next(failures, None):
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(f"vault.receiver.part.os.{call}", fail_once)

    done = bench.client(ticket).scp(str(bench.source()), "{}:" + NAME)

    error = ticket.error()
    assert error is not None
    assert error.code == code
    assert done.returncode != 0
    assert os.strerror(number) in done.stderr
    assert ticket.receipt is None
    assert bench.left() == []
    assert bench.client(ticket).scp(str(bench.source()), "{}:" + NAME).returncode == 0


def test_failing_sync_of_the_folder_takes_the_name_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that may not survive a power cut is not left lying there."""
    ticket = bench.issue()
    real, calls = os.fsync, iter([False, True])

    def fail_second(descriptor: int) -> None:
        if next(calls, False):
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr("vault.receiver.part.os.fsync", fail_second)

    assert bench.speak(ticket, WHOLE).status == 1
    assert bench.left() == []
    assert ticket.receipt is None


def test_disk_that_fills_in_the_middle_is_told_after_the_client_wrote_all(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client looks at replies only between files: hanging up would cost it the words."""
    ticket = bench.issue()
    real = Part.write

    def write(part: Part, data: bytes) -> None:
        if part.size > 2 << 20:
            raise StorageFull("cannot write: No space left on device")
        real(part, data)

    monkeypatch.setattr("vault.receiver.part.Part.write", write)

    done = bench.client(ticket).scp(str(bench.source(12 << 20)), "{}:" + NAME)

    assert "No space left on device" in done.stderr
    assert bench.left() == []


def test_file_that_would_fill_the_disk_is_refused_before_any_data(
    start: Callable[..., Bench],
) -> None:
    """The room is checked against what is declared."""
    bench = start(min_free_bytes=1 << 60)
    ticket = bench.issue()

    done = bench.client(ticket).scp(str(bench.source()), "{}:" + NAME)

    error = ticket.error()
    assert error is not None
    assert (error.code, ticket.bytes_received) == ("vault-full", 0)
    assert "no room" in done.stderr
    assert bench.left() == []


def test_folder_that_went_away_is_told_to_the_client(bench: Bench) -> None:
    """A vault that is not mounted is a vault problem, not a transfer problem."""
    ticket = bench.issue()
    bench.folder.rmdir()

    answer = bench.speak(ticket, WHOLE)

    error = ticket.error()
    assert error is not None
    assert error.code == "vault-unwritable"
    assert b"cannot create" in answer.out
    bench.folder.mkdir()


def test_symbolic_link_in_the_way_of_the_part_file_is_refused(bench: Bench) -> None:
    """Nothing is written through a link."""
    victim = bench.home / "victim"
    victim.write_bytes(b"mine")
    (bench.folder / f"{NAME}.part").symlink_to(victim)
    ticket = bench.issue()

    assert bench.speak(ticket, WHOLE).status == 1
    assert victim.read_bytes() == b"mine"


def test_large_file_in_odd_pieces_is_stored_exactly(bench: Bench) -> None:
    """Joining and splitting of blocks loses no byte."""
    size = (5 << 20) + 12345
    ticket = bench.issue()

    answer = bench.speak(ticket, f"C0600 {size} {NAME}\n".encode() + payload(size) + b"\0")

    assert answer.status == 0
    assert (bench.folder / NAME).read_bytes() == payload(size)
