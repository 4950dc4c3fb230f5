"""A file is proven when it holds, and when it is the one that was received."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from nornir.core.task import MultiResult

from fleet import build_nornir, select
from settings.policy import ArtefactKind
from tasks import prove
from tasks.transfer import Received
from tests.support import archives as a
from tests.support.projects import Project

ARCHIVE = a.gz(a.tar(a.file(b"./config/default.cfg", b"x" * 900)))
CONFIG = b'version 8.10\nhostname "mm-hq-1"\n' + b"interface vlan 1\n!\n" * 20 + b"end\n"
CASES = [
    pytest.param(ArtefactKind.FLASH, ARCHIVE, id="flash"),
    pytest.param(ArtefactKind.RUNNING_CONFIG, CONFIG, id="running-config"),
]


def received(place: Path, content: bytes) -> Received:
    path = place / "received"
    path.write_bytes(content)
    return Received("received", path, len(content), hashlib.sha256(content).hexdigest(), 0.1)


def proven(place: Path, kind: ArtefactKind, file: Received) -> MultiResult:
    nr = select(build_nornir(Project(place).config), host="mm-hq-1")
    return nr.run(task=prove, kind=kind, received=file, hostname="mm-hq-1")["mm-hq-1"]


@pytest.mark.parametrize(("kind", "content"), CASES)
def test_prove_file_that_was_received_is_proven(
    tmp_path: Path, kind: ArtefactKind, content: bytes
) -> None:
    file = received(tmp_path, content)
    result = proven(tmp_path, kind, file)
    assert not result.failed, result[0].result
    assert result[0].result.received == file


@pytest.mark.parametrize(("kind", "content"), CASES)
def test_prove_whole_file_that_is_not_the_received_one_is_refused(
    tmp_path: Path, kind: ArtefactKind, content: bytes
) -> None:
    other = hashlib.sha256(content + b"!").hexdigest()
    result = proven(tmp_path, kind, replace(received(tmp_path, content), sha256=other))
    assert result.failed
    assert "vault-failed" in str(result[0].result)
    assert f"{other} was received" in str(result[0].result)
