"""The mail of a real run: delivered, refused, kept and sent later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fault
from tests.support.fleets import FleetProject, fleet_project, free_port
from tests.support.smtp import SmtpServer

MAIL = {
    "security": "none",
    "sender": "backup@example.org",
    "recipients": ["a@example.org", "b@example.org"],
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FleetProject]:
    broken = Fault("flash_backup", "truncated")
    specs = [ConductorSpec("mm-1"), ConductorSpec("mm-2", faults=(broken,))]
    with fleet_project(tmp_path, specs) as running:
        yield running


def send_to(project: FleetProject, port: int, **more: object) -> None:
    text = project.project.config.read_text()
    lines = [f"  mail: {{host: 127.0.0.1, port: {port},"]
    lines += [f"    {key}: {value}," for key, value in (MAIL | more).items()]
    project.project.config.write_text(text.split("  mail:")[0] + "\n".join([*lines, "  }\n"]))


def test_run_mail_tells_failures_first_to_all(project: FleetProject) -> None:
    with SmtpServer() as server:
        send_to(project, server.port)
        assert project.runbook().code == 1
        [message] = server.box.mails
    assert "1 FAIL, 1 PASS of 2" in message["Subject"]
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    text = plain.get_content()
    assert text.index("mm-2") < text.index("mm-1")
    assert "archive-damaged: flash.tar.gz: truncated at byte" in text
    assert "archive-damaged" in html.get_content()


def test_run_no_mail_and_dry_run_send_none(project: FleetProject) -> None:
    with SmtpServer() as server:
        send_to(project, server.port)
        project.runbook("--no-mail", "--host", "mm-1")
        project.runbook("--dry-run")
        assert server.box.mails == []


def test_run_mail_server_down_ends_with_3_and_next_run_sends_both(project: FleetProject) -> None:
    send_to(project, free_port())
    ended = project.runbook("--host", "mm-1")
    assert ended.code == 3
    assert ended.verdicts == {"mm-1": "PASS"}
    assert "NOT DELIVERED: mail not sent: 127.0.0.1" in ended.out
    assert "kept in" in ended.out
    assert project.runbook("--host", "mm-2").code == 1
    with SmtpServer() as server:
        send_to(project, server.port)
        assert project.runbook("--host", "mm-1").code == 0
        subjects = [m["Subject"] for m in server.box.mails]
    assert ["1 PASS" in subjects[0], "1 FAIL" in subjects[1], "1 PASS" in subjects[2]] == [True] * 3
    assert list((project.project.vault / "mail").iterdir()) == []


def test_run_login_without_password_is_said(project: FleetProject) -> None:
    send_to(project, 25, login="true", security="starttls")
    ended = project.runbook("--host", "mm-1")
    assert ended.code == 3
    assert "AOS8_MAIL_PASSWORD" in ended.out
