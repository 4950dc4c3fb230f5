from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.outside import publish_outside, remote_file
from tests.support.vaults import FACTS, HOST, PROOF, publish, run, stage, sums_hold
from vault.server import Landing
from vault.store import (
    QuarantineLimits,
    RemoteChanged,
    RemoteFile,
    RemoteUnreachable,
    Vault,
    VaultFailed,
)


def test_publish_outside_is_whole_by_both_sums(vault: Vault, landed: Path, place: Landing) -> None:
    made = publish_outside(vault, landed, place, 0)
    assert sums_hold(made.path)
    name = made.locations[0].name
    text = (made.path / "REMOTE-SHA256SUMS").read_text()
    assert text.endswith(f"  {name}\n")
    assert name not in (made.path / "SHA256SUMS").read_text()
    assert made.file("flash") is None
    assert made.file("running-config") == made.path / "running-config.cfg"
    assert b"".join(made.chunks("flash", place)) == (landed / name).read_bytes()
    assert made.size > (landed / name).stat().st_size


def test_publish_local_files_only_writes_no_second_sums(vault: Vault) -> None:
    made = publish(vault, HOST, run(0))
    assert not (made.path / "REMOTE-SHA256SUMS").exists()
    assert "location" not in (made.path / "manifest.json").read_text()
    with pytest.raises(VaultFailed, match="no flash outside"):
        made.chunks("flash", None)


def test_publish_configuration_outside_is_refused(
    vault: Vault, landed: Path, place: Landing
) -> None:
    text = remote_file(vault, landed, place, run(0))
    file = RemoteFile("running-config", text.location, text.size, text.sha256)
    with pytest.raises(VaultFailed, match="belongs in the vault"):
        vault.publish(HOST, run(0), [file], FACTS, PROOF)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ({"name": "../x", "folder": "/mnt"}, "none of ours"),
        ({"name": "", "folder": "/mnt"}, "none of ours"),
        ({"name": "x"}, "names no place"),
        ({"name": "x", "folder": 1}, "names no place"),
        ("x", "no object"),
    ],
)
def test_manifest_with_a_bad_location_is_not_proven(
    vault: Vault, landed: Path, place: Landing, location: Any, words: str
) -> None:
    made = publish_outside(vault, landed, place, 0)
    path = made.path / "manifest.json"
    content = json.loads(path.read_text())
    content["files"][0]["location"] = location
    path.write_text(json.dumps(content))
    found = vault.generation(HOST, run(0))
    assert not found.proven
    assert words in found.error


def test_chunks_of_a_missing_or_other_file_are_refused(
    vault: Vault, landed: Path, place: Landing
) -> None:
    made = publish_outside(vault, landed, place, 0)
    path = landed / made.locations[0].name
    path.write_bytes(b"another size")
    with pytest.raises(RemoteChanged, match="12 bytes"):
        list(made.chunks("flash", place))
    path.unlink()
    with pytest.raises(RemoteChanged, match="missing") as caught:
        list(made.chunks("flash", place))
    assert caught.value.missing
    path.symlink_to(landed)
    with pytest.raises(RemoteUnreachable, match="symbolic link"):
        list(made.chunks("flash", place))
    with pytest.raises(RemoteUnreachable, match="no place"):
        list(made.chunks("flash", None))


def test_sweep_takes_what_a_killed_run_left_and_nothing_else(
    vault: Vault, landed: Path, place: Landing
) -> None:
    made = publish_outside(vault, landed, place, 0)
    left = remote_file(vault, landed, place, run(1))
    (landed / "someone-elses").write_bytes(b"x")
    assert vault.unused_on_server(HOST) == (left.location,)
    assert vault.sweep(HOST, place) == ()
    assert {path.name for path in landed.iterdir()} == {made.locations[0].name, "someone-elses"}
    assert vault.unused_on_server(HOST) == ()


def test_sweep_with_another_place_leaves_them_and_says_so(
    vault: Vault, landed: Path, place: Landing, tmp_path: Path
) -> None:
    left = remote_file(vault, landed, place, run(1))
    other = Landing(tmp_path)
    other.start()
    (words,) = vault.sweep(HOST, other)
    other.stop()
    assert "another place" in words
    assert vault.unused_on_server(HOST) == (left.location,)


def test_sweep_leaves_what_belongs_to_the_quarantine_until_that_forgets(
    tmp_path: Path, landed: Path, place: Landing
) -> None:
    vault = Vault(tmp_path / "small", quarantine_limits=QuarantineLimits(per_host=1))
    vault.prepare()
    made = publish_outside(vault, landed, place, 0)
    folder = vault.quarantine_generation(HOST, run(0), "archive-damaged", "rotten")
    reason = json.loads((folder / "reason.json").read_text())
    name = made.locations[0].name
    assert reason["remote"] == [{"name": name, "folder": str(landed)}]
    assert vault.sweep(HOST, place) == ()
    assert (landed / name).exists()
    spoilt = stage(vault, HOST, run(1))
    vault.quarantine(HOST, run(1), [spoilt.path], "wrong-content", "is HTML")
    assert vault.sweep(HOST, place) == ()
    assert not (landed / name).exists()


def test_sweep_broken_record_is_refused(vault: Vault, landed: Path, place: Landing) -> None:
    left = remote_file(vault, landed, place, run(1))
    record = vault.layout.on_server(HOST)
    for text in ("{}", '{"schema": 1, "files": [{"run": "../..", "name": "x", "folder": "/"}]}'):
        record.write_text(text)
        with pytest.raises(VaultFailed, match="broken record"):
            vault.sweep(HOST, place)
    assert (landed / left.location.name).exists()
