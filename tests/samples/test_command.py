"""The command `conductor-backup`: what it makes of what was typed, and as whom."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from commands.parser import parse

SAMPLE = Path(__file__).parents[2] / "samples" / "conductor-backup"
PYTHON = "/opt/conductor-backup/.venv/bin/python"
SETTINGS = Path("/etc/conductor-backup/nornir_config.yaml")
SHOW_WORDS = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"


def said(folder: Path, *words: str, user_id: int) -> list[str]:
    """Return the words that Python, or setpriv for root, is started with."""
    for name in ("python", "setpriv"):
        (folder / name).write_text(SHOW_WORDS)
        (folder / name).chmod(0o755)
    (folder / "id").write_text(f"#!/bin/sh\necho {user_id}\n")
    (folder / "id").chmod(0o755)
    command = folder / "conductor-backup"
    command.write_text(SAMPLE.read_text().replace(PYTHON, str(folder / "python")))
    done = subprocess.run(
        ["/bin/sh", str(command), *words],
        env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("typed", ["", "check --push", "hold mm-hq-1 --reason 'being restored'"])
def test_command_of_the_account_adds_the_settings(typed: str, tmp_path: Path) -> None:
    words = shlex.split(typed)
    runbook, *rest = said(tmp_path, *words, user_id=998)
    assert runbook == "/opt/conductor-backup/runbook.py"
    assert rest[: len(words)] == words
    assert parse(rest).config == SETTINGS


def test_command_of_root_becomes_the_account_with_one_right(tmp_path: Path) -> None:
    words = said(tmp_path, "list", user_id=0)
    middle = words.index("--")
    options, program = words[:middle], words[middle + 1 :]
    assert {"--reuid=conductor-backup", "--regid=conductor-backup", "--init-groups"} < set(options)
    assert [word for word in options if "cap" in word or "bounding" in word] == [
        "--inh-caps=-all,+net_bind_service",
        "--ambient-caps=-all,+net_bind_service",
        "--bounding-set=-all,+net_bind_service",
    ]
    assert program[0] == str(tmp_path / "python")
    assert parse(program[2:]).config == SETTINGS


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv"
)
def test_command_of_root_really_runs_as_another_user_with_one_right(tmp_path: Path) -> None:
    text = SAMPLE.read_text().replace("=conductor-backup", "=65534")
    text = text.replace(PYTHON, "/bin/sh -c 'cat /proc/self/status'")
    command = tmp_path / "conductor-backup"
    command.write_text(text)
    done = subprocess.run(["/bin/sh", str(command)], capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip("no right to give capabilities here")
    status = dict(line.split(":", 1) for line in done.stdout.splitlines())
    assert status["Uid"].split() == ["65534"] * 4
    for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 1 << 10
