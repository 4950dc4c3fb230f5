"""A running receiver, tickets, and clients that speak to it."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncssh
import pytest

from tests.support.openssh import OpenSsh
from vault.receiver import ReceiverOptions, Ticket, TransferError
from vault.receiver.host_key import load_host_keys
from vault.receiver.receiver import Receiver

NAME = "bk-20261123T020000Z-3f9c-flash.tar.gz"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a raw client got back."""

    out: bytes
    err: bytes
    status: int | None


@dataclass(frozen=True, slots=True)
class Bench:
    """One running receiver with the folder that its tickets point to."""

    receiver: Receiver
    folder: Path
    home: Path

    def issue(
        self,
        *,
        peer: str | None = "127.0.0.1",
        lifetime: float = 600.0,
        max_bytes: int | None = None,
        source_name: str | None = None,
    ) -> Ticket:
        """Issue a ticket for NAME."""
        return self.receiver.issue(
            NAME,
            self.folder,
            peer,
            lifetime=lifetime,
            max_bytes=max_bytes,
            source_name=source_name,
        )

    def client(self, ticket: Ticket, *options: str, password: str | None = None) -> OpenSsh:
        """Return OpenSSH clients that hold the ticket."""
        return OpenSsh(
            home=self.home,
            port=self.receiver.port,
            username=ticket.username,
            password=password or ticket.password,
            options=options,
        )

    def source(self, size: int = 300_000, name: str = NAME) -> Path:
        """Make a file to send, with content that no block repeats."""
        folder = self.home / "flash"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_bytes(payload(size))
        return path

    def left(self) -> list[str]:
        """Return the names in the folder."""
        return sorted(path.name for path in self.folder.iterdir())

    def speak(self, ticket: Ticket, data: bytes, command: str = f"scp -t {NAME}") -> Answer:
        """Send bytes to a command without waiting for any reply, and return all replies."""
        return asyncio.run(self.say(ticket, data, command))

    def await_error(self, ticket: Ticket, kind: type[TransferError]) -> TransferError | None:
        """Wait until the ticket's error is of that kind: the server may notice after the client."""
        deadline = time.monotonic() + 30
        while not isinstance(ticket.error(), kind) and time.monotonic() < deadline:
            ticket.wait(0.01)
        return ticket.error()

    async def say(self, ticket: Ticket, data: bytes, command: str = f"scp -t {NAME}") -> Answer:
        """Do what `speak` does, from a running event loop."""
        async with self.connect(ticket) as connection:
            process = await connection.create_process(command, encoding=None)
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(data)
                process.stdin.write_eof()
            out, err = await asyncio.wait_for(process.communicate(), 30)
            return Answer(bytes(out or b""), bytes(err or b""), process.exit_status)

    def speak_and_hold(self, ticket: Ticket, data: bytes) -> None:
        """Send bytes to an upload and wait for the server to hang up."""

        async def hold() -> None:
            async with self.connect(ticket) as connection:
                process = await connection.create_process(f"scp -t {NAME}", encoding=None)
                process.stdin.write(data)
                await asyncio.wait_for(connection.wait_closed(), 30)

        asyncio.run(hold())

    def connect(
        self, ticket: Ticket, **options: object
    ) -> AbstractAsyncContextManager[asyncssh.SSHClientConnection]:
        """Log in with asyncssh as a client."""
        connection: AbstractAsyncContextManager[asyncssh.SSHClientConnection] = asyncssh.connect(
            "127.0.0.1",
            self.receiver.port,
            username=ticket.username,
            password=ticket.password,
            known_hosts=None,
            client_keys=None,
            config=None,
            **options,
        )
        return connection


def payload(size: int) -> bytes:
    """Return bytes that differ at every place that matters."""
    block = b"".join(number.to_bytes(4, "big") for number in range(4096))
    return (block * (size // len(block) + 1))[:size]


@pytest.fixture(scope="session")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one host key for all receivers: RSA keys take long to make."""
    path = tmp_path_factory.mktemp("host-key") / "receiver_key"
    load_host_keys(path)
    return path


@pytest.fixture(scope="session")
def options(host_key: Path) -> ReceiverOptions:
    """Return settings of a receiver on a free port of loopback."""
    return ReceiverOptions(
        address="127.0.0.1",
        listen="127.0.0.1",
        port=0,
        host_key=host_key,
        max_file_bytes=64 << 20,
        min_free_bytes=1 << 20,
    )


@pytest.fixture
def start(options: ReceiverOptions, tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Return a function that starts a receiver with changed settings."""
    running: list[Receiver] = []

    def begin(**changes: object) -> Bench:
        receiver = Receiver(replace(options, **changes))  # type: ignore[arg-type]
        receiver.start()
        running.append(receiver)
        folder = tmp_path / f"staging{len(running)}"
        folder.mkdir(mode=0o700)
        home = tmp_path / f"home{len(running)}"
        home.mkdir()
        return Bench(receiver, folder, home)

    yield begin
    for receiver in running:
        receiver.stop()
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture(scope="session")
def everyday_receiver(options: ReceiverOptions) -> Iterator[Receiver]:
    """Return one receiver with everyday settings for all tests that only use it."""
    with Receiver(options) as receiver:
        yield receiver


@pytest.fixture
def bench(everyday_receiver: Receiver, tmp_path: Path) -> Bench:
    """Return the everyday receiver with a folder of this test's own."""
    folder, home = tmp_path / "staging", tmp_path / "home"
    folder.mkdir(mode=0o700)
    home.mkdir()
    return Bench(everyday_receiver, folder, home)
