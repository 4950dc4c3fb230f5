"""What is printed, logged and recorded, also when nobody reads it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.desk import whoami
from emulator import ConductorSpec, Fault
from emulator.spec import Delays
from tests.support.fleets import Ended, FleetProject, call_main, fleet_project, free_port
from tests.support.processes import until
from tests.support.smtp import SmtpServer


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FleetProject]:
    with fleet_project(tmp_path, [ConductorSpec("mm-1"), ConductorSpec("mm-2")]) as running:
        yield running


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[FleetProject]:
    """One conductor that takes its time to pack its flash."""
    with fleet_project(
        tmp_path, [ConductorSpec("mm-1", delays=Delays(flash_backup=2.0))]
    ) as running:
        yield running


def through_shell(project: FleetProject, tail: str, *arguments: str) -> Ended:
    words = " ".join(f"'{word}'" for word in project.command(*arguments))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {words} {tail}"],
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr, {})


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        ("> /dev/full", 3),
        ("| head -1", 0),
        ("--print-result | head -1", 0),
        (">&-", 0),
        ("--print-result <&- >&- 2>&-", 0),
    ],
)
def test_run_output_that_nobody_takes_costs_no_mail(
    project: FleetProject, tail: str, code: int
) -> None:
    with SmtpServer() as server:
        with project.project.config.open("a") as stream:
            stream.write(
                f"  mail: {{host: 127.0.0.1, port: {server.port}, security: none,\n"
                "    sender: a@example.org, recipients: [b@example.org]}\n"
            )
        assert through_shell(project, tail, "--host", "mm-1").code == code
        assert len(server.box.mails) == 1
    assert len(list((project.project.vault / "runs").iterdir())) == 1
    project.nothing_is_left()


@pytest.mark.parametrize("tail", ["list >&-", "list 2>&- >&-", "check --host mm-1 >&-"])
def test_verb_with_closed_output_ends_as_with_an_open_one(project: FleetProject, tail: str) -> None:
    assert project.runbook("--host", "mm-1").code == 0
    verb, *rest = tail.split()
    words = [*project.command(), *rest]
    words.insert(2, verb)
    ended = subprocess.run(
        ["bash", "-c", " ".join(words)], env=project.environment(), capture_output=True, check=False
    )
    assert b"Traceback" not in ended.stderr
    assert ended.returncode == 0


def test_run_json_on_stdout_is_whole_where_nobody_can_read_the_table(project: FleetProject) -> None:
    for tail, code in (("2> /dev/full", 3), ("2> >(true)", 0), ("2>&-", 0)):
        ended = through_shell(project, tail, "--host", "mm-1", "--json", "-")
        assert json.loads(ended.out)["exit_code"] == ended.code == code


def test_usage_error_that_nobody_can_read_ends_with_2(project: FleetProject) -> None:
    for tail in ("2> /dev/full", "2> >(true)", "2>&-"):
        assert through_shell(project, tail, "--host", "nobody").code == 2


def test_run_mail_that_no_server_takes_is_in_the_exit_code_of_the_report(
    project: FleetProject,
) -> None:
    with project.project.config.open("a") as stream:
        stream.write(
            f"  mail: {{host: 127.0.0.1, port: {free_port()}, security: none,\n"
            "    sender: a@example.org, recipients: [b@example.org]}\n"
        )
    ended = project.runbook("--host", "mm-1")
    assert (ended.code, ended.report["exit_code"]) == (3, 3)
    assert ended.report["verdict"] == "PASS"
    assert ended.report["run"]["invoked_by"] == whoami()
    (ledger,) = (project.project.vault / "runs").iterdir()
    assert "exit_code" not in json.loads(ledger.read_text()), "it is written before the mail"


def test_run_report_that_nobody_takes_ends_with_3(
    project: FleetProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.json_writing.PATIENCE_SECONDS", 0.1)
    place = project.project.folder / "fifo"
    os.mkfifo(place)
    words = project.command("--host", "mm-1", "--json", str(place))[2:]
    code, out, _ = call_main(words, project.environment())
    assert code == 3
    assert f"NOT DELIVERED: {place} not written: nobody reads it" in out
    assert place.is_fifo()


def test_run_log_names_the_conductor_of_every_line(project: FleetProject) -> None:
    assert project.runbook("-vv").code == 0
    log = (project.project.folder / "run.log").read_text()
    for device in project.fleet:
        assert f"{device.address}:{device.port}: logged in" in log
    assert "***: " not in log


def test_run_warning_is_in_the_manifest(tmp_path: Path) -> None:
    with fleet_project(tmp_path, [ConductorSpec("mm-old", profile="8.2")]) as project:
        assert project.runbook().verdicts == {"mm-old": "WARN"}
        manifest = json.loads((project.generation("mm-old") / "manifest.json").read_text())
    assert manifest["verdict"] == "WARN"


def test_run_changed_host_key_of_the_receiver_is_named(tmp_path: Path) -> None:
    spec = ConductorSpec("mm-1", known_hosts={"127.0.0.1": "SHA256:another"})
    with fleet_project(tmp_path, [spec]) as project:
        ended = project.runbook()
        assert ended.codes("mm-1")[0] == "host-key-changed"
        [reason] = ended.row("mm-1")["reasons"]
        narrow, all_servers = "delete ssh-host-addr ADDRESS", "delete ssh-known-hosts"
        assert 0 < reason["remedy"].index(narrow) < reason["remedy"].index(all_servers)
        project.nothing_is_left()


def test_run_missing_account_is_named_in_one_go(project: FleetProject) -> None:
    plain = {k: v for k, v in project.environment().items() if not k.startswith("AOS8_")}
    ended = project.runbook("--host", "mm-1", environment=plain)
    text = ended.row("mm-1")["reasons"][0]["text"]
    assert "no username and no password" in text
    assert "AOS8_USERNAME_MM_1" in text
    assert "AOS8_PASSWORD_MM_1" in text


def test_run_tells_what_a_killed_run_had_left(project: FleetProject) -> None:
    assert project.runbook("--host", "mm-1").code == 0
    cut = project.project.vault / "staging" / "2026-01-05T020000Z" / "mm-2"
    cut.mkdir(parents=True)
    (cut / "flash.tar.gz.part").write_bytes(b"half")
    ended = project.runbook("--host", "mm-1")
    assert "run 2026-01-05T020000Z was cut off" in ended.out
    assert ended.code == 0


def test_run_failure_says_the_last_proven_backup_and_where_the_rest_is(
    project: FleetProject,
) -> None:
    assert project.runbook("--host", "mm-1").code == 0
    for device in project.fleet:
        device.inject(Fault("flash_backup", "truncated"))
    ended = project.runbook()
    (first,) = project.generations("mm-1")
    proven = ended.row("mm-1")["last_proven"]
    assert (proven["known"], proven["time"].replace(":", "")) == (True, first)
    assert ended.row("mm-2")["last_proven"] == {"known": True, "time": None, "age_seconds": None}
    assert f"last proven backup {first[:10]}" in ended.out
    assert "no proven backup in the vault" in ended.out
    vault = project.project.vault
    for host in ("mm-1", "mm-2"):
        config, archive = (vault / path for path in ended.row(host)["quarantined"])
        assert "version 8" in config.read_text()
        assert f"verify --file {archive}" in ended.out
        assert project.runbook("verify", "--file", str(archive)).code == 1


def test_run_without_a_vault_knows_nothing_of_the_last_proven_backup(
    project: FleetProject,
) -> None:
    vault = project.project.vault
    vault.mkdir()
    (vault / "somebody's").write_text("x")
    ended = project.runbook("--host", "mm-1")
    assert ended.codes("mm-1") == ["vault-unwritable"]
    assert ended.row("mm-1")["last_proven"]["known"] is False
    assert "last proven backup unknown, the vault was not read" in ended.out


@pytest.mark.parametrize("hung_up", [False, True])
def test_run_on_a_terminal_that_goes_away_is_reported_all_the_same(
    slow: FleetProject, hung_up: bool
) -> None:
    """Its progress and its table go nowhere; the ledger and the JSON are there."""
    report = slow.project.folder / "report.json"
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as screen:
        with os.fdopen(follower, "wb") as terminal:
            run = subprocess.Popen(
                slow.command("--json", str(report)),
                env=slow.environment() | {"TERM": "xterm"},
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=terminal,
            )
        assert until(lambda: b"packing" in screen.read(65536))
    if hung_up:
        run.send_signal(signal.SIGHUP)
    code = run.wait(60)
    told = json.loads(report.read_bytes())
    assert code == told["exit_code"] == (128 + signal.SIGHUP if hung_up else 0)
    assert told["hosts"][0]["verdict"] == ("CANCELLED" if hung_up else "PASS")
    assert len(list((slow.project.vault / "runs").glob("*.json"))) == 1
    slow.nothing_is_left()
