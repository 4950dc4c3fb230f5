"""One conductor as a test wants it, and a server for it to push to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator import PROFILES, ConductorSpec, Fleet
from tests.support.emulated import Client, ScpServer

Start = Callable[..., Client]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start one conductor with these members of its specification and log in; `knobs` over 8.10."""
    with ExitStack() as stack:

        def make(*, knobs: dict[str, Any] | None = None, login: bool = True, **spec: Any) -> Client:
            profile = PROFILES[spec.get("profile", "8.10")]
            spec = {"name": "mm1", "address": "127.0.0.1", "port": 0, **spec}
            fleet = Fleet([ConductorSpec(knobs=replace(profile, **(knobs or {})), **spec)])
            client = Client(stack.enter_context(fleet))
            stack.callback(client.http.close)
            if login:
                client.login()
            return client

        yield make


@pytest.fixture
def scp_server(tmp_path: Path) -> Iterator[ScpServer]:
    folder = tmp_path / "landing"
    folder.mkdir()
    with ScpServer(folder) as server:
        yield server
