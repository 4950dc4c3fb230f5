"""A project with a vault for each test of a verb."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.generations import VerbProject


@pytest.fixture
def verbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VerbProject:
    """A project with an empty vault folder yet to be made, in which no verb may open a socket."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a verb contacts somebody")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return VerbProject(tmp_path)
