from __future__ import annotations

import os
import threading
from types import MappingProxyType

import pytest

from tests.support.vaults import HOST, run, tree
from vault.store import JSON, UnsafeName, Vault, VaultFailed


def test_ledger_written_is_read_back(vault: Vault) -> None:
    content: dict[str, JSON] = {
        "left_over": {HOST: ["bk-20260105T020000Z-3f9c-flash.tar.gz"]},
        "verdicts": [1],
    }
    vault.write_ledger(run(0), MappingProxyType(content))
    assert vault.read_ledger(run(0)) == content
    assert (vault.root / "runs" / f"{run(0)}.json").read_text().endswith("}\n")
    assert tree(vault.root / "staging") == set()


def test_ledger_written_again_replaces_the_first(vault: Vault) -> None:
    vault.write_ledger(run(0), {"a": 1})
    vault.write_ledger(run(0), {"b": 2})
    assert vault.read_ledger(run(0)) == {"b": 2}


def test_ledgers_are_newest_first_without_foreign_files(vault: Vault) -> None:
    for number in (1, 0, 2):
        vault.write_ledger(run(number), {})
    (vault.root / "runs" / "notes.json").write_text("x")
    assert vault.ledgers() == (run(2), run(1), run(0))


def test_ledgers_without_their_folder_are_none(vault: Vault) -> None:
    (vault.root / "runs").rmdir()
    assert vault.ledgers() == ()


def test_ledgers_that_cannot_be_listed_are_an_error(vault: Vault) -> None:
    (vault.root / "runs").rmdir()
    (vault.root / "runs").write_text("no folder")
    with pytest.raises(VaultFailed, match=r"list .*runs"):
        vault.ledgers()


@pytest.mark.parametrize("text", [None, "", "[]", "{", "nul", '{"a": NaN}', '{"a": -1e999}'])
def test_ledger_missing_or_broken_is_an_error(vault: Vault, text: str | None) -> None:
    if text is not None:
        (vault.root / "runs" / f"{run(0)}.json").write_text(text)
    with pytest.raises(VaultFailed, match=run(0)):
        vault.read_ledger(run(0))


def test_ledger_with_an_unsafe_run_is_refused(vault: Vault) -> None:
    with pytest.raises(UnsafeName):
        vault.write_ledger("../../x", {})


def test_ledger_with_something_that_is_no_json_writes_nothing(vault: Vault) -> None:
    with pytest.raises(TypeError, match="has no place"):
        vault.write_ledger(run(0), {"a": object()})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="JSON"):
        vault.write_ledger(run(0), {"a": float("nan")})
    assert vault.ledgers() == ()


def test_identity_accepted_is_read_back(vault: Vault) -> None:
    assert vault.read_identity(HOST) is None
    accepted = vault.accept_identity(HOST, {"serial": "CX1", "hostname": HOST}, "new box", "ops")
    assert vault.read_identity(HOST) == accepted
    assert accepted.at == "2026-01-05T02:00:00Z"
    assert vault.generations(HOST) == ()


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"schema": 1, "accepted": [], "reason": "", "by": "", "at": ""}',
     '{"schema": 9, "accepted": {}, "reason": "", "by": "", "at": ""}',
     '{"schema": 1, "accepted": {}}'],
)  # fmt: skip
def test_identity_broken_never_passes_for_none(vault: Vault, text: str) -> None:
    vault.accept_identity(HOST, {"serial": "CX1"}, "new box", "ops")
    vault.layout.identity(HOST).write_text(text)
    with pytest.raises(VaultFailed, match=r"identity\.json"):
        vault.read_identity(HOST)


def test_on_device_names_are_kept_until_there_are_none(vault: Vault) -> None:
    assert vault.read_on_device(HOST) == ()
    names = ("bk-20260105T020000Z-3f9c-running.cfg", "bk-20260105T020000Z-3f9c-flash.tar.gz")
    vault.note_on_device(HOST, names)
    assert Vault(vault.root).read_on_device(HOST) == names
    vault.note_on_device(HOST, ())
    assert vault.read_on_device(HOST) == ()
    assert tree(vault.root / "staging") == set()
    assert not (vault.root / "conductors" / HOST).exists()
    vault.note_on_device(HOST, ())


def test_on_device_record_that_goes_leaves_what_else_is_kept_of_the_host(vault: Vault) -> None:
    vault.accept_identity(HOST, {"serial": "S1"}, "first", "tester")
    vault.note_on_device(HOST, ("a",))
    vault.note_on_device(HOST, ())
    assert vault.read_identity(HOST) is not None


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2, "files": []}', '{"schema": 1}'])
def test_on_device_broken_record_is_never_guessed_at(vault: Vault, text: str) -> None:
    vault.note_on_device(HOST, ("a",))
    (vault.root / "conductors" / HOST / "on-device.json").write_text(text)
    with pytest.raises(VaultFailed, match=r"on-device\.json"):
        vault.read_on_device(HOST)


def test_slow_disk_under_one_host_holds_up_no_other(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, goes_on = threading.Event(), threading.Event()
    real = os.fsync

    def syncing(descriptor: int) -> None:
        if threading.current_thread() is slow:
            waits.set()
            assert goes_on.wait(30)
        real(descriptor)

    slow = threading.Thread(target=vault.note_on_device, args=("mm-slow", ["bk-1"]))
    monkeypatch.setattr(os, "fsync", syncing)
    slow.start()
    assert waits.wait(30)
    vault.staging(run(0), HOST)
    vault.note_on_device(HOST, ["bk-2"])
    vault.accept_identity(HOST, {"serial": "CX1"}, "new box", "ops")
    vault.drop_staging(run(0), HOST)
    assert slow.is_alive()
    goes_on.set()
    slow.join(30)
    assert vault.read_on_device("mm-slow") == ("bk-1",)


def test_identities_are_all_that_can_be_read(vault: Vault) -> None:
    assert vault.identities() == {}
    kept = vault.accept_identity("mm-1", {"serial": "S1"}, "x", "ops")
    vault.accept_identity("mm-2", {"serial": "S2"}, "x", "ops")
    vault.note_on_device("mm-3", ["bk-x"])
    vault.layout.identity("mm-2").write_text("{}")
    assert vault.identities() == {"mm-1": kept}


def test_identity_restored_is_the_one_before_or_none(vault: Vault) -> None:
    before = vault.accept_identity(HOST, {"serial": "S1"}, "x", "ops")
    vault.accept_identity(HOST, {"serial": "S2"}, "x", "ops")
    vault.restore_identity(HOST, before)
    assert vault.read_identity(HOST) == before
    for _ in range(2):
        vault.restore_identity(HOST, None)
        assert vault.read_identity(HOST) is None
