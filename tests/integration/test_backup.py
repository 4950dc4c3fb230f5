"""The whole run over real HTTPS and SCP, as an operator starts it."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emulator import ConductorSpec
from emulator.knobs import PROFILES
from tests.support.fleets import PASSWORD, ROOT, Ended, FleetProject, fleet_project

SPECS = (
    ConductorSpec("mm-new", profile="8.10"),
    ConductorSpec("mm-mid", profile="8.6"),
    ConductorSpec("mm-old", profile="8.2"),
)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FleetProject, Ended]]:
    """Three releases, backed up once with every artefact."""
    everything = {"artefacts": ["running-config", "flash", "config"]}
    folder = tmp_path_factory.mktemp("releases")
    with fleet_project(folder, SPECS, data={"defaults": everything}) as project:
        yield project, project.process("-vv")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FleetProject]:
    specs = [ConductorSpec(name) for name in ("mm-1", "mm-2", "mm-3")]
    with fleet_project(tmp_path, specs) as running:
        yield running


def test_run_every_release_is_backed_up_whole(releases: tuple[FleetProject, Ended]) -> None:
    project, ended = releases
    assert ended.code == 0, ended.out + ended.err
    assert ended.verdicts == {"mm-new": "PASS", "mm-mid": "PASS", "mm-old": "WARN"}
    assert set(ended.codes("mm-old")) == {"name-not-honoured"}
    project.nothing_is_left()


def test_run_with_a_known_host_key_loads_no_ssh_library(project: FleetProject) -> None:
    """It takes a third of a second, and the receiver's process loads it beside the run."""
    assert project.process().code == 0
    program = (
        "import sys, runbook; code = runbook.main();"
        "print('LOADED', 'asyncssh' in sys.modules, 'vault.receiver_process' in sys.modules);"
        "sys.exit(code)"
    )
    _, _, *arguments = project.command()
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "LOADED False True" in done.stdout


def test_run_files_are_byte_for_byte_those_of_the_device(
    releases: tuple[FleetProject, Ended],
) -> None:
    project, _ = releases
    for device in project.fleet:
        folder = project.generation(device.spec.name)
        pushed = {transfer.name: transfer.content for transfer in device.pushed}
        assert len(pushed) == 3
        kept = {(folder / name).read_bytes() for name in FILES}
        assert kept == set(pushed.values())
        config = (folder / "running-config.cfg").read_text()
        assert config == device.config_text


FILES = ("flash.tar.gz", "config.tar.gz", "running-config.cfg")


def test_run_generation_is_checked_by_coreutils(releases: tuple[FleetProject, Ended]) -> None:
    project, ended = releases
    for device in project.fleet:
        folder = project.generation(device.spec.name)
        subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True)
        sums = {f["file_name"]: f["sha256"] for f in ended.row(device.spec.name)["artefacts"]}
        for name in FILES:
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sums[name]


def test_run_files_are_private(releases: tuple[FleetProject, Ended]) -> None:
    project, _ = releases
    paths = [p for p in project.project.vault.rglob("*") if not p.is_symlink()]
    assert len(paths) > 20
    for path in paths:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_run_no_secret_reaches_requests_log_ledger_or_output(
    releases: tuple[FleetProject, Ended],
) -> None:
    project, ended = releases
    folder = project.project.folder
    texts = {
        "output": ended.out + ended.err,
        "log": (folder / "run.log").read_text(),
        "report": (folder / "report.json").read_text(),
        "ledger": "".join(p.read_text() for p in (project.project.vault / "runs").iterdir()),
        "requests": project.request_log.read_text(),
    }
    tickets = {transfer.password for device in project.fleet for transfer in device.pushed}
    assert len(tickets) == 9
    for place, text in texts.items():
        assert text
        for secret in (PASSWORD, "Fleet+%26", "Fleet%20%26", *tickets):
            assert secret not in text, place


def test_run_new_release_has_no_token_in_any_url(releases: tuple[FleetProject, Ended]) -> None:
    project, _ = releases
    of_new = [r for r in project.requests() if r["conductor"] == "mm-new"]
    assert len(of_new) > 8
    assert [r for r in of_new if "UIDARUBA" in json.dumps(r["query"])] == []
    logins = [r for r in project.requests() if r["path"].endswith("/login")]
    assert [r["method"] for r in logins] == ["POST"] * 3
    assert all(not r["query"] for r in logins)


def test_run_one_session_and_one_connection_a_host(releases: tuple[FleetProject, Ended]) -> None:
    project, _ = releases
    for device in project.fleet:
        assert (device.logins, device.logouts) == (1, 1)
        assert device.connections == 1


def test_run_again_adds_a_generation_and_moves_latest(project: FleetProject) -> None:
    assert project.runbook("--host", "mm-1").code == 0
    first = project.generation("mm-1")
    assert project.runbook("--host", "mm-1").code == 0
    assert project.generation("mm-1") != first
    assert first.exists()
    assert len(project.generations("mm-1")) == 2
    assert project.generations("mm-2") == []
    project.nothing_is_left()


def test_dry_run_selected_writes_nothing_anywhere(project: FleetProject) -> None:
    ended = project.runbook("--dry-run", "--site", "hq", "--group", "all")
    assert ended.code == 0, ended.out + ended.err
    assert ended.verdicts == {"mm-1": "PASS", "mm-3": "PASS"}
    assert {r["conductor"] for r in project.requests()} == {"mm-1", "mm-3"}
    assert {r["method"] for r in project.requests() if not r["path"].endswith("/login")} == {"GET"}
    assert not project.project.vault.exists()
    assert not (project.project.folder / "run.log").exists()
    project.nothing_is_left()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--site", "hqq"], 'no site "hqq"; did you mean "hq"?'),
        (["--group", "nowhere"], "known groups: all, hq, lab"),
        (["--host", "mm-9"], 'no host "mm-9"; did you mean'),
        (
            ["--site", "hq", "--host", "mm-2"],
            "matches site hq, host mm-2: both must match",
        ),
        (["--site", ""], "an empty name"),
        (["--workers", "0"], "not a whole number above 0"),
        (["--sit", "hq"], "unrecognized arguments"),
    ],
)
def test_run_bad_selection_ends_with_2_and_touches_nobody(
    project: FleetProject, arguments: list[str], words: str
) -> None:
    ended = project.runbook(*arguments)
    assert ended.code == 2
    assert words in ended.err
    assert ended.out == ""
    assert project.requests() == []
    assert not project.project.vault.exists()


def test_run_bad_inventory_ends_with_2_and_touches_nobody(project: FleetProject) -> None:
    device = project.fleet.conductor("mm-1")
    with project.project.hosts.open("a") as stream:
        stream.write(f"mm-4:\n  hostname: {device.address}\n  port: {device.port}\n  grups: []\n")
    ended = project.runbook()
    assert ended.code == 2
    assert "mm-4.grups: unknown key" in ended.err
    assert 'the same address as "mm-1"' in ended.err
    assert project.requests() == []


def test_run_from_another_folder_finds_its_files(project: FleetProject, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert project.process("--host", "mm-1", cwd=elsewhere).code == 0
    assert project.generations("mm-1")
    assert list(elsewhere.iterdir()) == []


def test_run_missing_secret_fails_the_host_without_contact(project: FleetProject) -> None:
    environment = project.environment()
    del environment["AOS8_PASSWORD"]
    environment["AOS8_PASSWORD_MM_1"] = PASSWORD
    ended = project.runbook(environment=environment)
    assert ended.code == 1
    assert ended.verdicts == {"mm-1": "PASS", "mm-2": "FAIL", "mm-3": "FAIL"}
    assert ended.codes("mm-2") == ["secret-missing"]
    assert {r["conductor"] for r in project.requests()} == {"mm-1"}


def test_run_wrong_password_is_tried_once(project: FleetProject) -> None:
    ended = project.runbook(environment=project.environment() | {"AOS8_PASSWORD_MM_2": "wrong"})
    assert ended.verdicts == {"mm-1": "PASS", "mm-2": "FAIL", "mm-3": "PASS"}
    assert ended.codes("mm-2") == ["login-refused"]
    assert len([r for r in project.requests() if r["conductor"] == "mm-2"]) == 1


def test_run_secrets_file_serves_group_and_host(project: FleetProject) -> None:
    secrets = project.project.folder / "secrets.yaml"
    secrets.touch(0o600)
    secrets.write_text(
        f"groups: {{all: {{username: backup, password: {json.dumps(PASSWORD)}}}}}\n"
        "hosts: {mm-2: {password: wrong}}\n"
    )
    text = project.project.config.read_text()
    project.project.config.write_text(f"{text}  secrets:\n    file: secrets.yaml\n")
    plain = {k: v for k, v in project.environment().items() if not k.startswith("AOS8_")}
    ended = project.runbook(environment=plain)
    assert ended.verdicts == {"mm-1": "PASS", "mm-2": "FAIL", "mm-3": "PASS"}
    assert ended.codes("mm-2") == ["login-refused"]


def test_run_second_run_ends_with_75_and_names_the_first(project: FleetProject) -> None:
    from vault.lock import VaultLock
    from vault.store import Vault

    Vault(project.project.vault).prepare()
    with VaultLock(project.project.vault, "the first run"):
        ended = project.runbook()
    assert ended.code == 75
    assert "the first run" in ended.err
    assert f"pid {os.getpid()}" in ended.err
    assert project.requests() == []


def test_run_receiver_port_taken_fails_all_and_contacts_nobody(project: FleetProject) -> None:
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", project.port))
        holder.listen()
        ended = project.runbook()
    assert ended.code == 1
    assert {code for host in ended.verdicts for code in ended.codes(host)} == {"receiver-down"}
    assert project.requests() == []


def test_run_print_result_shows_every_step(project: FleetProject) -> None:
    ended = project.runbook("--host", "mm-1", "--print-result")
    for name in ("check_conductor", "copy_running_config", "back_up_flash", "transfer", "clean_up"):
        assert name in ended.out
    assert PASSWORD not in ended.out
    assert "\x1b" not in ended.out, "no terminal, no colours"


@pytest.mark.parametrize(("setting", "coloured"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_run_print_result_on_a_terminal_has_colours_unless_told(
    project: FleetProject, setting: str, coloured: bool
) -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as screen, os.fdopen(follower, "wb") as stdout:
        words = ("--dry-run", "--host", "mm-1", "--print-result")
        environment = project.environment() | {setting: "1", "TERM": "xterm"}
        command = project.command(*words)
        done = subprocess.run(command, env=environment, stdout=stdout, check=False)
        shown = screen.read(65536)
    assert done.returncode == 0
    assert b"END rehearse_backup" in shown
    assert (b"\x1b[32m" in shown) == coloured


def test_run_print_result_beside_json_on_stdout_is_on_stderr(project: FleetProject) -> None:
    command = project.command("--dry-run", "--host", "mm-1", "--json", "-", "--print-result")
    done = subprocess.run(command, env=project.environment(), capture_output=True, check=False)
    assert json.loads(done.stdout)["verdict"] == "PASS"
    assert b"END rehearse_backup" in done.stderr


def test_run_json_to_stdout_is_only_json(project: FleetProject) -> None:
    command = project.command("--host", "mm-1", "--json", "-")
    done = subprocess.run(command, env=project.environment(), capture_output=True, check=False)
    assert json.loads(done.stdout)["verdict"] == "PASS"
    assert b"CONDUCTOR" in done.stderr


def test_run_output_for_cron_is_plain_and_narrow(project: FleetProject) -> None:
    ended = project.process()
    assert "\x1b" not in ended.out
    assert ended.err == ""
    assert max(map(len, ended.out.splitlines())) <= 100


def test_run_tar_clean_policy_uses_the_name_flash(tmp_path: Path) -> None:
    data = {"defaults": {"clean_up": "tar-clean"}}
    with fleet_project(tmp_path, [ConductorSpec("mm-1")], data=data) as project:
        ended = project.runbook()
        assert ended.verdicts == {"mm-1": "PASS"}, ended.out
        assert "flash.tar.gz" in {p.name for p in project.fleet.conductor("mm-1").pushed}
        assert any(r["path"].endswith("tar_flash_clean") for r in project.requests())
        assert "flash.tar.gz" not in project.fleet.conductor("mm-1").flash
        project.nothing_is_left()


def test_run_device_without_delete_object_says_what_is_left(tmp_path: Path) -> None:
    knobs = replace(PROFILES["8.10"], delete_object="unknown")
    with fleet_project(tmp_path, [ConductorSpec("mm-1", knobs=knobs)]) as project:
        ended = project.runbook()
        assert ended.verdicts == {"mm-1": "WARN"}
        assert ended.codes("mm-1") == ["left-over"]
        assert len(ended.row("mm-1")["left_over"]) == 2
        assert any(r["path"].endswith("tar_flash_clean") for r in project.requests())


def test_run_clean_up_never_removes_what_it_did_not_make(tmp_path: Path) -> None:
    from emulator.spec import FlashSpec

    files = {"flash.tar.gz": 5000, "flashbackup.tar.gz": 5000, "bk-notes.txt": 10}
    spec = ConductorSpec("mm-1", flash=FlashSpec(files=files))
    with fleet_project(tmp_path, [spec]) as project:
        before = set(project.fleet.conductor("mm-1").flash)
        assert project.runbook().code == 0
        assert set(project.fleet.conductor("mm-1").flash) == before
