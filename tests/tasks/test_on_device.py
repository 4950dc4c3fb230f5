from __future__ import annotations

from pathlib import Path

import pytest

from tasks.on_device import OnDevice
from tests.support.vaults import HOST, new_vault
from vault.store import Vault

CONFIG, FLASH = "bk-20260105T020000Z-3f9c-running.cfg", "bk-20260105T020000Z-3f9c-flash.tar.gz"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path / "vault")


def recorded(vault: Vault) -> tuple[str, ...]:
    """Return what the next run finds if this one is killed now."""
    return OnDevice(Vault(vault.root), HOST).recall()


def test_plan_is_recorded_whole_before_anything_is_made(vault: Vault) -> None:
    ours = OnDevice(vault, HOST)
    ours.plan([CONFIG, FLASH])
    assert recorded(vault) == (CONFIG, FLASH)
    assert ours.names == (), "nothing is on the flash before the device was asked"


def test_planned_file_is_counted_without_another_write(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = OnDevice(vault, HOST)
    ours.plan([CONFIG, FLASH])
    monkeypatch.setattr(vault, "note_on_device", None)
    ours.about_to_make(CONFIG)
    assert list(ours.names) == [CONFIG]
    ours.about_to_make(FLASH)
    assert list(ours.names) == [CONFIG, FLASH]
    assert recorded(vault) == (CONFIG, FLASH)


def test_file_without_a_plan_is_recorded_before_it_is_made(vault: Vault) -> None:
    OnDevice(vault, HOST).about_to_make(CONFIG)
    assert recorded(vault) == (CONFIG,)


def test_name_that_the_device_chose_is_recorded_beside_what_is_planned(vault: Vault) -> None:
    ours = OnDevice(vault, HOST)
    ours.plan([FLASH, CONFIG])
    ours.about_to_make(FLASH)
    ours.is_called(FLASH, "bk-other.tar.gz")
    assert ours.names == ("bk-other.tar.gz",)
    assert recorded(vault) == ("bk-other.tar.gz", CONFIG)


def test_name_outside_of_our_prefix_is_never_taken_over(vault: Vault) -> None:
    OnDevice(vault, HOST).plan([CONFIG, "flash.tar.gz"])
    assert recorded(vault) == (CONFIG,)


def test_gone_forgets_what_was_planned_and_never_made(vault: Vault) -> None:
    ours = OnDevice(vault, HOST)
    ours.plan([CONFIG, FLASH])
    ours.about_to_make(CONFIG)
    assert ours.gone_but([CONFIG]) == ()
    assert recorded(vault) == (CONFIG,)
    ours.gone_but([])
    assert not vault.layout.on_device(HOST).exists()


def test_gone_keeps_what_may_still_come(vault: Vault) -> None:
    ours = OnDevice(vault, HOST)
    ours.plan([CONFIG, FLASH])
    ours.about_to_make(CONFIG)
    ours.about_to_make(FLASH)
    ours.may_come([FLASH])
    assert ours.gone_but([]) == (FLASH,)
    assert recorded(vault) == (FLASH,)
