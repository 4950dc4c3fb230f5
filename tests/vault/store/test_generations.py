from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.vaults import HOST, publish, run
from vault.store import UnknownGeneration, Vault, VaultReader
from vault.store.latest import repoint


def test_generations_of_a_host_are_newest_first(vault: Vault) -> None:
    for number in (1, 0, 2):
        publish(vault, HOST, run(number))
    assert [found.run_id for found in vault.generations(HOST)] == [run(2), run(1), run(0)]
    assert vault.hosts() == (HOST,)


def test_generations_of_an_unknown_host_are_none(vault: Vault) -> None:
    assert vault.generations("mm-nowhere") == ()
    assert vault.latest("mm-nowhere") is None
    assert VaultReader(vault.root / "nowhere").hosts() == ()


def test_generation_unknown_run_is_an_error(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    with pytest.raises(UnknownGeneration, match="no generation"):
        vault.generation(HOST, run(1))


def test_generation_knows_its_files_size_and_time(vault: Vault) -> None:
    found = publish(vault, HOST, run(0))
    assert found.file("flash") == found.path / "flash.tar.gz"
    assert found.file("config") is None
    assert found.size == sum((found.path / n).stat().st_size for n in
                             ("flash.tar.gz", "running-config.cfg"))  # fmt: skip
    assert f"{found.time:%Y-%m-%dT%H%M%SZ}" == run(0)


def test_generations_leave_out_what_is_not_a_generation(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    folder = vault.layout.host(HOST)
    (folder / "notes.txt").write_text("x")
    (folder / run(1)).write_text("a file")
    (folder / run(2)).symlink_to(run(0))
    (vault.root / "conductors" / ".hidden").mkdir()
    assert [found.run_id for found in vault.generations(HOST)] == [run(0)]
    assert vault.hosts() == (HOST,)


def broken(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def rewrite(text: str) -> str:
        content: dict[str, Any] = json.loads(text)
        change(content)
        return json.dumps(content)

    return rewrite


MANIFESTS: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda text: "", "not readable as JSON"),
    "cut": (lambda text: text[:-20], "not readable as JSON"),
    "binary": (lambda text: "\udcff", "not readable as JSON"),
    "deep": (lambda text: "[" * 100_000, "not readable as JSON"),
    "list": (lambda text: "[]", "no JSON object"),
    "schema": (broken(lambda m: m.update(schema=2)), "schema 2"),
    "missing key": (broken(lambda m: m.pop("verdict")), "'verdict'"),
    "verdict": (broken(lambda m: m.update(verdict="FINE")), "FINE"),
    "host": (broken(lambda m: m.update(host="mm-other")), "belongs to 'mm-other'"),
    "run": (broken(lambda m: m.update(run=run(7))), "belongs to"),
    "text": (broken(lambda m: m.update(program=3)), "'program' is no text"),
    "mapping": (broken(lambda m: m.update(proof=[])), "'proof' is no object"),
    "no files": (broken(lambda m: m.update(files=[])), "no list of files"),
    "entry": (broken(lambda m: m.update(files=[3])), "no object"),
    "name": (broken(lambda m: m["files"][0].update(name="../../x")), "is named '../../x'"),
    "kind": (broken(lambda m: m["files"][0].update(kind="core")), "'core'"),
    "size": (broken(lambda m: m["files"][0].update(size=-1)), "size of"),
    "truth": (broken(lambda m: m["files"][0].update(size=True)), "size of"),
    "sha256": (broken(lambda m: m["files"][0].update(sha256="abc")), "sha256 of"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_generations_broken_manifest_is_told_not_raised(vault: Vault, name: str) -> None:
    publish(vault, HOST, run(0))
    path = publish(vault, HOST, run(1)).path / "manifest.json"
    change, words = MANIFESTS[name]
    path.write_text(change(path.read_text()), errors="surrogateescape")
    found = vault.generations(HOST)[0]
    assert words in found.error
    assert found.manifest is None
    assert not found.proven
    assert found.proven_at == ""
    assert found.size == 0
    assert vault.latest(HOST) == vault.generations(HOST)[1]


def test_generations_missing_manifest_is_told_not_raised(vault: Vault) -> None:
    (publish(vault, HOST, run(0)).path / "manifest.json").unlink()
    assert vault.generations(HOST)[0].error.endswith("missing")


def test_generations_verdict_fail_in_a_manifest_is_not_proven(vault: Vault) -> None:
    path = publish(vault, HOST, run(0)).path / "manifest.json"
    path.write_text(path.read_text().replace('"PASS"', '"FAIL"'))
    assert not vault.generation(HOST, run(0)).proven


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        '{"schema": 2, "hold": null, "check": null}',
        '{"schema": 1, "hold": [], "check": null}',
        '{"schema": 1, "hold": {"reason": "x"}, "check": null}',
        '{"schema": 1, "hold": null, "check": {"at": "x", "ok": "yes", "note": ""}}',
    ],
)
def test_generations_broken_state_counts_as_held_and_not_proven(vault: Vault, text: str) -> None:
    (publish(vault, HOST, run(0)).path / "state.json").write_text(text)
    found = vault.generation(HOST, run(0))
    assert "state.json" in found.error
    assert found.held
    assert found.hold is None
    assert not found.proven


def test_generations_pruned_while_listing_are_left_out(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        publish(vault, HOST, run(number))
    real = Path.open

    def prune_first(path: Path, *args: Any) -> Any:
        if path.name == "manifest.json" and path.parent.name == run(1):
            shutil.rmtree(path.parent)
        return real(path, *args)

    monkeypatch.setattr(Path, "open", prune_first)
    assert [found.run_id for found in vault.generations(HOST)] == [run(2), run(0)]


def test_repoint_without_proven_generation_takes_the_link_away(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    assert repoint(vault.layout, HOST, without=run(0)) is None
    assert not vault.layout.latest(HOST).is_symlink()
    assert repoint(vault.layout, HOST, without=run(0)) is None
    found = repoint(vault.layout, HOST)
    assert found == vault.generation(HOST, run(0))
    assert vault.layout.latest(HOST).readlink() == Path(run(0))


def test_latest_link_survives_a_moved_vault(vault: Vault, tmp_path: Path) -> None:
    publish(vault, HOST, run(0))
    moved = vault.root.rename(tmp_path / "elsewhere")
    assert (moved / "conductors" / HOST / "latest" / "flash.tar.gz").is_file()
