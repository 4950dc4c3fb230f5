from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from emulator.__main__ import main

ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _fleet(folder: Path, port: int, extra: str = "") -> Path:
    file = folder / "fleet.yaml"
    file.write_text(
        f"conductors: [{{name: mm1, address: 127.0.0.1, port: {port}{extra}}}]", encoding="utf-8"
    )
    return file


@contextmanager
def _running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    ready = folder / "ready"
    command = [sys.executable, "-m", "emulator", str(_fleet(folder, port))]
    command += ["--ready-file", str(ready), "--ca-file", str(folder / "ca.pem")]
    command += ["--request-log", str(folder / "log")]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
    try:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.communicate()


def _login(folder: Path, port: int) -> int:
    reply = requests.post(
        f"https://127.0.0.1:{port}/v1/api/login",
        data={"username": "backup", "password": "Backup-Pass-1"},
        verify=str(folder / "ca.pem"),
        timeout=20,
    )
    return reply.status_code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_main_serves_until_a_signal(tmp_path: Path, number: int) -> None:
    port = _free_port()
    with _running(tmp_path, port) as process:
        assert _login(tmp_path, port) == 200
        process.send_signal(number)
        output, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert output.splitlines()[0] == f"mm1 127.0.0.1 {port}"
    assert (tmp_path / "log").read_text().count("\n") == 1


def test_main_takes_new_faults_on_hangup(tmp_path: Path) -> None:
    port = _free_port()
    with _running(tmp_path, port) as process:
        _fleet(tmp_path, port, ", faults: [{step: login, kind: http, http: 503}]")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 20
        while _login(tmp_path, port) != 503:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_main_bad_fleet_file_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(_fleet(tmp_path, 4343, ", colour: red"))]) == 2
    assert "conductors[0].colour" in capsys.readouterr().err


def test_main_taken_port_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([str(_fleet(tmp_path, port))]) == 1
    assert "cannot listen" in capsys.readouterr().err
