"""A look at a vault that may not be there yet, which makes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from vault.store import Vault, VaultError, VaultUnwritable


def test_rehearse_where_a_vault_can_be_begun_makes_nothing(tmp_path: Path) -> None:
    assert Vault(tmp_path / "vault").rehearse() > 0
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "vault").mkdir()
    assert Vault(tmp_path / "vault").rehearse() > 0
    assert list((tmp_path / "vault").iterdir()) == []


def test_rehearse_a_vault_in_use_says_what_is_free(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.prepare()
    before = sorted(tmp_path.rglob("*"))
    free = vault.free_bytes()
    said = vault.rehearse()
    assert abs(said - free) < 1_000_000_000  # others write on the same disk meanwhile
    assert said > 0
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("place", ["absent/vault", "foreign"])
def test_rehearse_where_none_can_be_begun_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "holiday.jpg").touch()
    with pytest.raises(VaultUnwritable):
        Vault(tmp_path / place).rehearse()


def test_rehearse_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault.store.presence.os.access", lambda *_: False)
    with pytest.raises(VaultUnwritable, match="may not write there"):
        Vault(tmp_path / "vault").rehearse()


def test_rehearse_a_missing_mount_is_refused(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.prepare()
    with pytest.raises(VaultError, match="nothing is mounted there"):
        vault.rehearse(require_mount=True)
