"""A real sshd, and places that look at a folder through it or directly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sshd import Sshd, missing, running_sshd
from vault.server import Landing, Place, ReadBack
from vault.server.sftp import SftpPlace


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if reason := missing():
        pytest.skip(reason)
    with running_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    """The folder in which pushed files lie."""
    folder = tmp_path / "landed"
    folder.mkdir()
    return folder


@pytest.fixture
def read_back(sshd: Sshd, landed: Path) -> ReadBack:
    return ReadBack(
        "127.0.0.1",
        sshd.username,
        port=sshd.port,
        private_key=sshd.private_key,
        fingerprint=sshd.fingerprint,
        folder=str(landed),
    )


@pytest.fixture(params=["landing folder", "sftp"])
def place(request: pytest.FixtureRequest, landed: Path) -> Iterator[Place]:
    """Either way to look at `landed`."""
    chosen: Place
    if request.param == "sftp":
        chosen = SftpPlace(request.getfixturevalue("read_back"))
    else:
        chosen = Landing(landed)
    chosen.start()
    yield chosen
    chosen.stop()
