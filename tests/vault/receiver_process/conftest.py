"""A receiver in a process of its own, and real clients that push to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.openssh import OpenSsh
from tests.support.processes import children_of
from vault.receiver import ReceiverOptions
from vault.receiver.host_key import load_host_keys
from vault.receiver_process import ReceiverProcess, RemoteTicket

NAME = "bk-20261123T020000Z-3f9c-flash.tar.gz"


class Bench:
    """A receiver's process with the folder that its tickets point to."""

    def __init__(self, receiver: ReceiverProcess, home: Path) -> None:
        self.receiver = receiver
        self.home = home
        self.folder = home / "staging"
        self.folder.mkdir(mode=0o700)

    @property
    def pid(self) -> int:
        """The receiver's process, the only one that this one has."""
        (pid,) = children_of(os.getpid(), "receiver_process")
        return pid

    def issue(self, peer: str | None = "127.0.0.1") -> RemoteTicket:
        """Issue a ticket for NAME."""
        return self.receiver.issue(NAME, self.folder, peer, lifetime=600)

    def client(self, ticket: RemoteTicket, password: str | None = None) -> OpenSsh:
        """Return OpenSSH clients that hold the ticket."""
        return OpenSsh(
            home=self.home,
            port=self.receiver.port,
            username=ticket.username,
            password=password or ticket.password,
        )

    def push(self, ticket: RemoteTicket, password: str | None = None) -> int:
        """Push a file of 300,000 bytes and return the client's status."""
        return self.client(ticket, password).scp(str(source(self.home)), "{}:" + NAME).returncode


def source(home: Path, size: int = 300_000) -> Path:
    """Return a file to send."""
    path = home / NAME
    path.write_bytes(bytes(range(250)) * (size // 250))
    return path


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> ReceiverOptions:
    """Return settings of a receiver on a free port of loopback; its keys are made once."""
    host_key = tmp_path_factory.mktemp("host-key") / "receiver_key"
    load_host_keys(host_key)
    return ReceiverOptions(
        address="127.0.0.1",
        listen="127.0.0.1",
        port=0,
        host_key=host_key,
        max_file_bytes=64 << 20,
        min_free_bytes=1 << 20,
    )


@pytest.fixture
def bench(options: ReceiverOptions, tmp_path: Path) -> Iterator[Bench]:
    """Return a receiver's process of this test's own."""
    receiver = ReceiverProcess(options)
    receiver.start()
    yield Bench(receiver, tmp_path)
    receiver.stop()
