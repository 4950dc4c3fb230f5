from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commands.account import last_proven
from reporting import LastProven
from tests.support.vaults import HOST, START, new_vault, publish, run
from vault.store import Generation, VaultReader


def test_last_proven_is_that_of_the_newest_proven_generation(tmp_path: Path) -> None:
    vault = new_vault(tmp_path)
    for number in range(2):
        publish(vault, HOST, run(number))
    vault.note_proven(HOST, run(1), START, ok=False)
    assert last_proven(tmp_path, [HOST, "mm-new"]) == {
        HOST: LastProven(START, known=True),
        "mm-new": LastProven(known=True),
    }


def test_last_proven_vault_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    assert last_proven(tmp_path, [HOST]) == {}
    assert last_proven(tmp_path / "not-mounted", [HOST]) == {}


def test_last_proven_folder_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    vault = new_vault(tmp_path)
    vault.layout.host(HOST).write_text("no folder")
    assert last_proven(tmp_path, [HOST]) == {HOST: LastProven()}


def test_last_proven_generation_that_may_be_a_proven_one_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = publish(new_vault(tmp_path), HOST, run(0))
    hidden = replace(found, manifest=None, error="Permission denied", unreadable=True)

    def newest(_reader: VaultReader, _host: str) -> tuple[Generation, ...]:
        return (hidden,)

    monkeypatch.setattr(VaultReader, "newest", newest)
    assert last_proven(tmp_path, [HOST]) == {HOST: LastProven()}
