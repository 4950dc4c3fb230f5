from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.vaults import new_vault
from vault.store import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path / "vault")
