from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.vaults import new_vault
from vault.server import Landing
from vault.store import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path / "vault")


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    folder = tmp_path / "landed"
    folder.mkdir()
    return folder


@pytest.fixture
def place(landed: Path) -> Iterator[Landing]:
    chosen = Landing(landed)
    chosen.start()
    yield chosen
    chosen.stop()
