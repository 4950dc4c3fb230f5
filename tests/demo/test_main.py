"""One demo at a time: a second one must not empty the folder under the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.__main__ import empty, main
from vault.lock import VaultLock


@pytest.mark.parametrize("words", [[], ["--stay"]])
def test_second_demo_ends_at_once_and_touches_nothing(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "nornir_config.yaml"
    settings.write_text("of the first")
    with VaultLock(tmp_path, "make play"):
        assert main(words, tmp_path) == 1
    told = capsys.readouterr().err
    assert "(make play)" in told
    assert "End that one first" in told
    assert {path.name for path in tmp_path.iterdir()} == {"nornir_config.yaml", ".lock"}
    assert settings.read_text() == "of the first"


def test_empty_removes_all_but_the_lock(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    folder = tmp_path / "demo-output"
    for path in (outside, folder / "vault" / "runs"):
        path.mkdir(parents=True)
        (path / "file").write_text("x")
    (folder / "settings.yaml").write_text("x")
    (folder / "link").symlink_to(outside)
    with VaultLock(folder, "make demo"):
        empty(folder)
        assert [path.name for path in folder.iterdir()] == [".lock"]
    assert (outside / "file").exists()
