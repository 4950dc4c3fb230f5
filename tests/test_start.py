"""What a command line imports: nothing that only other command lines need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from commands.installed import complain_of_missing
from emulator import ConductorSpec
from tests.support.fleets import ROOT, FleetProject, fleet_project

VERBS = ("check", "diff", "list", "prune", "runs", "status", "verify")
NOT_FOR_A_RUN = {
    *(f"commands.{verb}" for verb in VERBS),
    "colorama",
    "commands.ledgers",
    "commands.mailing",
    "jinja2",
    "plugins.progress",
    "reporting.from_json",
    "reporting.mail",
    "rich.live",
    "smtplib",
    "tasks.server",
    "vault.server",
}
FOR_A_RUN = {"commands.backup", "nornir", "pydantic", "requests", "rich.console", "vault.proof"}

_PROGRAM = """
import atexit, runpy, sys
from pathlib import Path

told = Path(sys.argv.pop(1))
atexit.register(lambda: told.write_text("\\n".join(sys.modules)))
runpy.run_path("runbook.py", run_name="__main__")
"""


def imported(folder: Path, *words: str, project: FleetProject | None = None) -> set[str]:
    """Return what `python runbook.py WORDS` has imported when it ends well."""
    told = folder / "modules"
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(told), *words],
        cwd=ROOT,
        env=project.environment() if project else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(told.read_text().splitlines())


def test_run_imports_nothing_of_other_verbs_and_of_what_is_not_set(tmp_path: Path) -> None:
    with fleet_project(tmp_path, [ConductorSpec("mm-1")]) as project:
        found = imported(tmp_path, "--config", str(project.project.config), project=project)
    assert found >= FOR_A_RUN
    assert found & NOT_FOR_A_RUN == set()


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_import_nothing_that_does_work(tmp_path: Path, word: str) -> None:
    found = imported(tmp_path, word)
    assert "commands.parser" in found
    assert found & (FOR_A_RUN | NOT_FOR_A_RUN | {"fleet", "logging", "settings"}) == set()


def test_verb_imports_no_other_verb(tmp_path: Path) -> None:
    found = imported(tmp_path, "status", "--help")
    assert {verb for verb in VERBS if f"commands.{verb}" in found} == {"status"}
    assert found & {"commands.backup", "jinja2", "smtplib"} == set()


def test_client_imports_nothing_that_only_reads_certificates() -> None:
    program = "import aos8, sys; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


@pytest.mark.parametrize("words", [[], ["list"]])
def test_python_without_what_the_program_runs_on_is_told_which_has_it(words: list[str]) -> None:
    """It is a wrong call, 2, and not a conductor that failed."""
    bare = [sys.executable, "-S", str(ROOT / "runbook.py"), *words]
    done = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "which this program runs on" in done.stderr
    assert str(Path(".venv", "bin", "python")) in done.stderr
    assert "Traceback" not in done.stderr


def test_module_of_ours_that_is_missing_is_no_wrong_call() -> None:
    with pytest.raises(ModuleNotFoundError):
        complain_of_missing(ModuleNotFoundError("gone", name="commands.gone"))
