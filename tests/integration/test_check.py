"""The verb `check` over real HTTPS, SCP and SMTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from emulator import ConductorSpec, Fault
from emulator.knobs import PROFILES
from emulator.spec import FlashSpec
from tests.support.certificates import make_certificate
from tests.support.fleets import PASSWORD, FleetProject, fleet_project, free_port
from tests.support.projects import write_yaml
from tests.support.smtp import PASSWORD as MAIL_PASSWORD
from tests.support.smtp import USER, SmtpServer, server_context
from vault.lock import VaultLock
from vault.store import Vault

MAIL = {"host": "127.0.0.1", "sender": "a@example.org", "recipients": ["b@example.org"]}
SECRET = {"AOS8_MAIL_USERNAME": USER, "AOS8_MAIL_PASSWORD": MAIL_PASSWORD}


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check ended."""

    code: int
    out: str
    err: str
    report: Mapping[str, Any]

    def here(self, check: str) -> list[tuple[str, str]]:
        """Level and code of the findings of this name on the backup host."""
        return [(f["level"], f["code"]) for f in self.report["here"] if f["check"] == check]

    def host(self, name: str) -> dict[str, tuple[str, str]]:
        """Level and code by check of one conductor."""
        [found] = [each for each in self.report["hosts"] if each["host"] == name]
        return {f["check"]: (f["level"], f["code"]) for f in found["findings"]}

    def text(self, check: str) -> str:
        """All texts of the findings of this name, on whatever they are."""
        findings = [*self.report["here"]]
        findings += [each for host in self.report["hosts"] for each in host["findings"]]
        return "\n".join(each["text"] for each in findings if each["check"] == check)


def check(project: FleetProject, *words: str, **environment: str) -> Checked:
    ended = project.runbook("check", *words, environment=project.environment() | environment)
    return Checked(ended.code, ended.out, ended.err, ended.report)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FleetProject]:
    specs = [ConductorSpec(name) for name in ("mm-1", "mm-2")]
    with fleet_project(tmp_path, specs) as running:
        yield running


@contextmanager
def greeting(address: str, port: int, words: bytes) -> Iterator[None]:
    """Answer one connection with these words, as another program would."""

    def greet() -> None:
        with suppress(OSError):
            peer, _ = listener.accept()
            with peer:
                peer.sendall(words)

    with socket.create_server((address, port)) as listener:
        thread = Thread(target=greet)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def one(tmp_path: Path, spec: ConductorSpec, **data: Any) -> AbstractContextManager[FleetProject]:
    """Run a project of this one conductor."""
    return fleet_project(tmp_path, [spec], data={spec.name: data})


def methods(project: FleetProject) -> set[str]:
    return {r["method"] for r in project.requests() if not r["path"].endswith("/login")}


def test_check_all_is_well_ends_with_0_and_writes_nothing(project: FleetProject) -> None:
    found = check(project)
    assert (found.code, found.report["level"]) == (0, "OK"), found.out
    assert {level for name in ("mm-1", "mm-2") for level, _ in found.host(name).values()} == {"OK"}
    assert set(found.host("mm-1")) == {
        "secrets", "name", "reach", "certificate", "login", "identity", "role", "release",
        "flash", "clock",
    }  # fmt: skip
    assert methods(project) == {"GET"}
    assert not project.project.vault.exists()
    project.nothing_is_left()


def test_check_output_for_cron_is_plain_narrow_and_without_secrets(project: FleetProject) -> None:
    ended = project.process("check", "--push")
    assert ended.code == 0, ended.out + ended.err
    assert "\x1b" not in ended.out
    assert max(map(len, ended.out.splitlines())) <= 100
    log = (project.project.folder / "run.log").read_text()
    assert PASSWORD not in ended.out + ended.err + log


def test_check_selects_as_a_run_does(project: FleetProject) -> None:
    found = check(project, "--site", "hq")
    assert [each["host"] for each in found.report["hosts"]] == ["mm-1"]
    assert {r["conductor"] for r in project.requests()} == {"mm-1"}
    ended = project.runbook("check", "--site", "nowhere")
    assert (ended.code, ended.out) == (2, "")


def test_check_push_brings_a_file_whole_and_leaves_nothing(project: FleetProject) -> None:
    found = check(project, "--push")
    assert found.code == 0, found.out
    assert found.host("mm-1")["push"] == ("OK", "")
    for device in project.fleet:
        assert [pushed.content.decode() for pushed in device.pushed] == [device.config_text]
        assert project.generations(device.spec.name) == []
    vault = project.project.vault
    assert [*vault.glob("staging/*"), *vault.glob("runs/*"), *vault.glob("quarantine/*")] == []
    assert "flash_backup" not in project.request_log.read_text()
    project.nothing_is_left()


def test_check_push_that_does_not_arrive_fails_that_conductor(tmp_path: Path) -> None:
    specs = [ConductorSpec("mm-1", faults=(Fault("scp", "cut", after=10),)), ConductorSpec("mm-2")]
    with fleet_project(tmp_path, specs) as project:
        found = check(project, "--push")
        assert found.code == 1
        assert found.host("mm-1")["push"] == ("FAIL", "transfer-cut")
        assert found.host("mm-2")["push"] == ("OK", "")
        project.nothing_is_left()


def test_check_push_refused_by_a_standby_says_so(tmp_path: Path) -> None:
    knobs = replace(PROFILES["8.10"], standby_writes="refused")
    with one(tmp_path, ConductorSpec("mm-1", role="standby", knobs=knobs)) as project:
        assert check(project).code == 0
        assert check(project, "--push").host("mm-1")["push"] == ("FAIL", "standby-refused")


def test_check_push_that_cannot_be_removed_warns_and_the_next_check_knows(tmp_path: Path) -> None:
    knobs = replace(PROFILES["8.10"], delete_object="unknown")
    with one(tmp_path, ConductorSpec("mm-1", knobs=knobs)) as project:
        first = check(project, "--push")
        assert (first.code, first.host("mm-1")["left-over"]) == (0, ("WARN", "left-over"))
        again = check(project)
        assert again.host("mm-1")["left-over"] == ("WARN", "left-over")
        assert "left by earlier runs, or by one under way: bk-" in again.text("left-over")


@pytest.mark.parametrize(
    ("spec", "data", "name", "finding"),
    [
        (ConductorSpec("mm-1", profile="8.2"), {}, "release", ("WARN", "name-not-honoured")),
        (ConductorSpec("mm-1", clock_offset_seconds=900), {}, "clock", ("WARN", "clock-skew")),
        (ConductorSpec("mm-1", role="md"), {}, "role", ("WARN", "wrong-conductor")),
        (
            ConductorSpec("mm-1", flash=FlashSpec(size_mb=1000, used_mb=995)),
            {},
            "flash",
            ("FAIL", "flash-full"),
        ),
        (ConductorSpec("mm-1"), {"tls_verify": False}, "certificate", ("WARN", "tls-unverified")),
        (
            ConductorSpec("mm-1"),
            {"tls_fingerprint": "0" * 64},
            "certificate",
            ("FAIL", "tls-failed"),
        ),
        (
            ConductorSpec("mm-1", faults=(Fault("login", "session-full"),)),
            {"retry_seconds": 0.1},
            "login",
            ("FAIL", "session-limit"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_check_conductor_not_as_it_should_be_is_found(
    tmp_path: Path,
    spec: ConductorSpec,
    data: dict[str, Any],
    name: str,
    finding: tuple[str, str],
) -> None:
    with one(tmp_path, spec, **data) as project:
        found = check(project)
        assert found.host("mm-1")[name] == finding, found.out
        assert found.code == int(finding[0] == "FAIL")
        project.nothing_is_left()


def test_check_untrusted_certificate_shows_what_could_be_pinned(tmp_path: Path) -> None:
    other = make_certificate(tmp_path / "other", "127.0.0.1")
    with one(tmp_path, ConductorSpec("mm-1"), tls_ca=str(other.ca)) as project:
        found = check(project)
        assert found.host("mm-1")["certificate"] == ("FAIL", "tls-failed")
        assert project.fleet.fingerprint in found.text("certificate")
        assert project.requests() == []


def test_check_certificate_about_to_expire_warns(
    project: FleetProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.judgement.SOON", timedelta(days=400))
    found = check(project, "--host", "mm-1")
    assert found.code == 0
    assert found.host("mm-1")["certificate"] == ("WARN", "certificate-expiring")


def test_check_unreachable_and_unknown_names_are_told_apart(project: FleetProject) -> None:
    hosts = {
        "mm-1": {"hostname": "127.0.0.1", "port": free_port(), "groups": ["hq"]},
        "mm-2": {"hostname": "no-such-name.invalid", "groups": ["hq"]},
    }
    write_yaml(project.project.hosts, hosts)
    found = check(project)
    assert found.code == 1
    assert found.host("mm-1")["reach"] == ("FAIL", "unreachable")
    assert found.host("mm-2")["name"] == ("FAIL", "name-unresolved")
    assert "login" not in {*found.host("mm-1"), *found.host("mm-2")}


def test_check_missing_secret_is_found_and_the_certificate_still_seen(
    project: FleetProject,
) -> None:
    found = check(project, AOS8_PASSWORD="")
    assert found.host("mm-1")["secrets"] == ("FAIL", "secret-missing")
    assert found.host("mm-1")["certificate"] == ("OK", "")
    assert project.requests() == []


def test_check_another_box_is_found_before_the_backup_does(project: FleetProject) -> None:
    assert project.runbook("--host", "mm-1").code == 0
    vault = Vault(project.project.vault)
    vault.accept_identity("mm-1", {"serial": "ANOTHER"}, "a test", "tester")
    found = check(project, "--host", "mm-1", "--push")
    assert found.host("mm-1")["identity"] == ("FAIL", "identity-changed")
    assert "push" not in found.host("mm-1")


def test_check_vault_that_is_none_fails(project: FleetProject) -> None:
    project.project.vault.mkdir()
    (project.project.vault / "holiday.jpg").touch()
    for words in ([], ["--push"]):
        found = check(project, *words)
        assert (found.code, found.here("vault")) == (1, [("FAIL", "vault-unwritable")])
        assert found.host("mm-1")["login"] == ("OK", "")


def test_check_vault_without_room_for_what_is_expected_fails(
    project: FleetProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.runbook().code == 0
    monkeypatch.setattr("vault.store.presence.shutil.disk_usage", lambda _: Disk(free=1_000_000))
    found = check(project)
    assert found.here("room") == [("OK", "")]
    monkeypatch.setattr("vault.store.presence.shutil.disk_usage", lambda _: Disk(free=900_000))
    found = check(project)
    assert (found.code, found.here("room")) == (1, [("FAIL", "vault-full")])


@dataclass(frozen=True, slots=True)
class Disk:
    """What the system says of a file system."""

    free: int


def test_check_mount_that_is_missing_fails(project: FleetProject) -> None:
    text = project.project.config.read_text()
    project.project.config.write_text(text.replace("min_free_mb: 1", "require_mount: true"))
    found = check(project)
    assert found.here("vault") == [("FAIL", "vault-unwritable")]
    assert "nothing is mounted there" in found.text("vault")


@pytest.mark.parametrize("words", [[], ["--push"]])
def test_check_while_a_run_holds_the_vault_says_who(
    project: FleetProject, words: Sequence[str]
) -> None:
    Vault(project.project.vault).prepare()
    with VaultLock(project.project.vault, "the first run"):
        found = check(project, *words)
    assert (found.code, found.here("lock")) == (1, [("FAIL", "vault-locked")])
    assert "the first run" in found.text("lock")
    assert found.here("receiver") == []
    assert found.host("mm-1")["login"] == ("OK", "")


@pytest.mark.parametrize("words", [[], ["--push"]])
def test_check_port_taken_names_what_answers_there(
    project: FleetProject, words: Sequence[str]
) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", project.port))
        holder.listen()
        found = check(project, *words)
    assert (found.code, found.here("receiver")) == (1, [("FAIL", "receiver-down")])
    assert f"cannot listen on 127.0.0.1 port {project.port}" in found.text("receiver")


def test_check_port_without_the_privilege_names_the_ways(
    project: FleetProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vault.receiver.sockets._bind", refuse)
    found = check(project)
    assert found.here("receiver") == [("FAIL", "receiver-down")]
    assert "ip_unprivileged_port_start" in found.text("receiver")


def test_check_receiver_address_where_another_server_answers_fails(project: FleetProject) -> None:
    text = project.project.config.read_text()
    project.project.config.write_text(text.replace("address: 127.0.0.1", "address: 127.0.0.9"))
    with greeting("127.0.0.9", project.port, b"SSH-2.0-Other\r\n"):
        found = check(project)
    assert ("FAIL", "receiver-down") in found.here("receiver")
    assert "greets with 'SSH-2.0-Other'" in found.text("receiver")


def test_check_receiver_address_that_is_not_ours_is_doubtful(
    project: FleetProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.this_host.CONNECT_SECONDS", 0.05)
    text = project.project.config.read_text()
    project.project.config.write_text(text.replace("address: 127.0.0.1", "address: 192.0.2.1"))
    found = check(project)
    assert (found.code, found.here("receiver")[-1]) == (0, ("WARN", "receiver-down"))


def mail(project: FleetProject, **settings: Any) -> None:
    """Add mail to the settings."""
    text = project.project.config.read_text().split("  mail:")[0]
    lines = [f"    {key}: {value}" for key, value in (MAIL | settings).items()]
    project.project.config.write_text("\n".join([text + "  mail:", *lines, ""]))


def test_check_mail_relay_lets_in_and_gets_no_mail(project: FleetProject, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "tls", "127.0.0.1")
    with SmtpServer(starttls=server_context(certificate)) as server:
        mail(project, port=server.port, login="true", ca_file=certificate.ca)
        assert check(project, **SECRET).here("mail") == [("OK", "")]
        wrong = check(project, **SECRET | {"AOS8_MAIL_PASSWORD": "wrong"})
        assert (wrong.code, wrong.here("mail")) == (1, [("FAIL", "mail-not-sent")])
        assert "login" in wrong.text("mail")
        assert check(project).here("mail") == [("FAIL", "secret-missing")]
        assert server.box.mails == []


def test_check_mail_relay_down_or_without_starttls_is_found(project: FleetProject) -> None:
    mail(project, port=free_port())
    assert "connect" in check(project).text("mail")
    with SmtpServer() as server:
        mail(project, port=server.port)
        found = check(project)
    assert found.here("mail") == [("FAIL", "mail-not-sent")]
    assert "TLS" in found.text("mail")


def test_check_terminated_closes_every_session_and_ends_with_143(tmp_path: Path) -> None:
    slow = Fault("copy_running_flash", "late", seconds=1.5)
    with one(tmp_path, ConductorSpec("mm-1", faults=(slow,))) as project:
        command = project.command("check", "--push")
        running = subprocess.Popen(
            command, env=project.environment(), stdout=subprocess.PIPE, text=True
        )
        device, until = project.fleet.conductor("mm-1"), time.monotonic() + 60
        while not any(name.startswith("bk-") for name in device.flash):
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGTERM)
        out, _ = running.communicate(timeout=60)
        assert running.returncode == 143, out
        assert "interrupted by SIGTERM" in out
        project.nothing_is_left()


def test_check_interrupted_says_so_in_one_line_for_each_conductor(tmp_path: Path) -> None:
    names = ["mm-1", "mm-2", "mm-3"]
    slow = Fault("show", "late", seconds=1.5)
    with fleet_project(
        tmp_path, [ConductorSpec(name, faults=(slow,)) for name in names]
    ) as project:
        command = project.command("check", "--workers", "2", "--json", "found.json")
        running = subprocess.Popen(
            command, env=project.environment(), stdout=subprocess.PIPE, text=True, cwd=tmp_path
        )
        until = time.monotonic() + 60
        while not all(project.fleet.conductor(name).logins for name in names[:2]):
            assert time.monotonic() < until
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGINT)
        out, _ = running.communicate(timeout=60)
        found = json.loads((tmp_path / "found.json").read_text())
        assert running.returncode == 130, out
        project.nothing_is_left()
    assert "Interrupted by SIGINT: 3 of 3 conductors not looked at to the end" in out
    assert "Not ready" not in out
    assert [out.count(f"CANCELLED  {name}") for name in names] == [1, 1, 1]
    assert (found["interrupted"], found["level"]) == ("SIGINT", "CANCELLED")
    for host in found["hosts"]:
        assert [f["code"] for f in host["findings"] if f["level"] != "OK"] == ["cancelled"]
