"""One demo at a time, which empties no folder of another one, and ends when told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo.__main__ import empty, main
from tests.support.fleets import ROOT
from vault.lock import VaultLock

STAYING = """
import signal, sys
from pathlib import Path
from rich.console import Console
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does to its background jobs
import demo.__main__ as demo
demo._show = lambda folder, stay: demo._stay(Console()) or 0
sys.exit(demo.main(["--stay"], Path(sys.argv[1])))
"""


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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_play_that_is_a_background_job_ends_with_a_signal(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-u", "-c", STAYING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("export AOS8_USERNAME" in line for line in process.stdout)
        process.send_signal(number)
        assert process.wait(10) == code
