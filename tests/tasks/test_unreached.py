"""A conductor that gets no connection is told where it pushes to, and what listens where."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nornir.core.inventory import Host

from aos8 import Aos8Error, DeviceError, Unreachable
from emulator import ConductorSpec
from settings import Settings
from tasks.errors import ReceiverUnreached
from tasks.transfer import _why_not
from tasks.unreached import told_unreached
from tests.support.fleets import FleetProject, fleet_project, free_port
from vault.receiver.register import Register

HOST = Host("mm-1", hostname="127.0.0.1")
REFUSED = DeviceError("scp to 192.0.2.21 failed: Connection refused")


def settings(**receiver: Any) -> Settings:
    return Settings.model_validate({"receiver": {"address": "192.0.2.21", **receiver}})


def without_a_way(project: FleetProject) -> int:
    """Have the receiver listen where nothing leads to; return that port."""
    port = free_port()
    text = project.project.config.read_text()
    project.project.config.write_text(text.replace(f"port: {project.port}", f"port: {port}"))
    return port


def test_backup_without_a_way_to_the_receiver_names_both_ports(tmp_path: Path) -> None:
    with fleet_project(tmp_path, [ConductorSpec("mm-1")]) as project:
        port = without_a_way(project)
        ended = project.runbook()
        assert ended.verdicts == {"mm-1": "FAIL"}
        [reason] = ended.row("mm-1")["reasons"]
        assert reason["code"] == "receiver-unreached"
        assert "Connection refused; it pushes to 127.0.0.1 port 22" in reason["text"]
        assert f"listens on port {port}, saw no connection: 22 has to be" in reason["text"]
        assert "docs/operating.md#receiving-on-port-22" in reason["remedy"]
        project.nothing_is_left()


def test_check_push_without_a_way_to_the_receiver_says_that_none_pushed(tmp_path: Path) -> None:
    with fleet_project(tmp_path, [ConductorSpec("mm-1")]) as project:
        without_a_way(project)
        ended = project.runbook("check", "--push")
        [found] = [f for f in ended.report["hosts"][0]["findings"] if f["check"] == "push"]
        assert (ended.code, found["code"]) == (1, "receiver-unreached")
        assert "none pushed a small file" in ended.out
        project.nothing_is_left()


@pytest.mark.parametrize(
    "words",
    [
        "scp failed: Connection refused",
        "connect to host 192.0.2.21: Connection timed out",
        "ssh: connect to host 192.0.2.21 port 22: No route to host",
        "Network is unreachable",
    ],
)
def test_told_words_about_the_way_are_unreached(words: str) -> None:
    error = told_unreached(DeviceError(words), HOST, settings(port=2222))
    assert isinstance(error, ReceiverUnreached)
    assert str(error) == (
        f"{words}; it pushes to 192.0.2.21 port 22, and the receiver, which listens on port 2222, "
        "saw no connection: 22 has to be forwarded to it"
    )


def test_told_port_22_needs_nothing_forwarded() -> None:
    assert "forwarded" not in str(told_unreached(REFUSED, HOST, settings()))


def test_told_server_of_the_team_is_what_has_to_answer() -> None:
    server = {"address": "192.0.2.9", "username": "drop"}
    error = told_unreached(
        REFUSED, HOST, Settings.model_validate({"receiver": {"mode": "server"}, "server": server})
    )
    assert "192.0.2.9 port 22, and an SCP server has to answer there" in str(error)


@pytest.mark.parametrize(
    "words",
    [
        DeviceError("Permission denied"),
        DeviceError("No such file bk-1.cfg"),
        Unreachable("192.0.2.11:4343: Connection refused"),
    ],
)
def test_told_other_words_stay_as_they_are(words: Aos8Error) -> None:
    assert told_unreached(words, HOST, settings()) is words


@pytest.mark.parametrize(("connected", "kind"), [(False, ReceiverUnreached), (True, DeviceError)])
def test_why_not_of_one_that_connected_is_never_unreached(
    tmp_path: Path, connected: bool, kind: type[Exception]
) -> None:
    register = Register(1000)
    ticket = register.issue("bk-1.cfg", tmp_path, "192.0.2.1", lifetime=60)
    if connected:
        register.note_peer("192.0.2.1", "192.0.2.1 connected but did not log in")
    run = cast(Any, SimpleNamespace(settings=settings()))
    assert type(_why_not(HOST, run, "bk-1.cfg", cast(Any, ticket), REFUSED)) is kind
