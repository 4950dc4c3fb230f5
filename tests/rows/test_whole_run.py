"""Rows 13, 15, 17, 19 to 23 and 25 of what a run survives: the run, its vault and its report."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fault
from tests.support.fleets import PASSWORD
from tests.support.processes import children_of, until
from tests.support.rows import BAD, CONTENT, GOOD, Trouble, trouble
from tests.support.smtp import SmtpServer
from vault.lock import VaultLock
from vault.store import Vault, VaultFull


def test_row_13_vault_full_at_the_start_contacts_nobody_and_reports(tmp_path: Path) -> None:
    with SmtpServer() as server:
        mail = {
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "sender": "backup@example.org",
            "recipients": ["a@example.org"],
        }
        settings = {"vault": {"min_free_mb": 10**9}, "mail": mail}
        with trouble(tmp_path, settings=settings) as it:
            ended = it.project.runbook()
            assert ended.code == 1
            assert {c for host in ended.verdicts for c in ended.codes(host)} == {"vault-full"}
            assert it.project.requests() == []
        assert "3 FAIL" in server.box.mails[0]["Subject"]


def test_row_13_vault_that_fills_up_fails_the_waiting_hosts_and_forgets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with trouble(tmp_path) as it:
        it.run()
        before = {host: it.project.generations(host) for host in (*GOOD, BAD)}
        calls = iter([10**12])
        monkeypatch.setattr(Vault, "free_bytes", lambda _self: next(calls, 0))
        ended = it.project.runbook("--workers", "1")
        assert ended.code == 1
        assert [ended.codes(host)[:1] for host in (BAD, GOOD[1])] == [["vault-full"]] * 2
        assert it.asked("flash_backup") == 1, "nothing was asked of those that waited"
        assert before[BAD] == it.project.generations(BAD)
        it.nobody_is_logged_in()
        it.flashes_are_clean()


def test_row_13_vault_without_room_for_one_file_fails_that_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Vault.publish

    def full(self: Vault, host: str, *arguments: object, **options: object) -> object:
        if host == BAD:
            raise VaultFull("no space left on the vault's file system")
        return publish(self, host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Vault, "publish", full)
    with trouble(tmp_path) as it:
        it.fails("vault-full")


def test_row_15_second_run_ends_at_once_and_names_the_first(tmp_path: Path) -> None:
    with trouble(tmp_path) as it:
        Vault(it.vault).prepare()
        with VaultLock(it.vault, "the first run"):
            ended = it.project.runbook()
        assert ended.code == 75
        assert "the first run" in ended.err
        assert f"pid {os.getpid()}" in ended.err
        assert it.project.requests() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_row_17_signal_ends_cleanly_with_a_whole_report(
    tmp_path: Path, number: signal.Signals
) -> None:
    hang = Fault("flash_backup", "hang", seconds=3)
    with trouble(tmp_path, hang) as it, _started(it) as process:
        _wait_for(it, "running.cfg")
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 128 + number, out
        assert "stopping once the steps under way are done" in out
        ended = it.project.last_report(process.returncode)
        assert set(ended.verdicts) == {BAD, *GOOD}
        it.nobody_is_logged_in()
        it.device.clear_faults()
        it.device.stop.wait(3)
        assert it.run().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


def test_row_17_second_signal_ends_at_once_and_the_next_run_cleans_up(tmp_path: Path) -> None:
    hang = Fault("flash_backup", "hang", seconds=30)
    with trouble(tmp_path, hang) as it, _started(it) as process:
        _wait_for(it, "running.cfg")
        process.send_signal(signal.SIGINT)
        assert (output := process.stdout) is not None
        assert until(lambda: "again to end at once" in output.readline())
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 130, out
        assert "ended at once; the next run cleans up" in out
        it.device.clear_faults()
        for device in it.project.fleet:
            device.sessions.drop_all()
        assert it.project.runbook().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


def test_row_17_signal_while_a_release_packs_that_names_its_archives_itself(
    tmp_path: Path,
) -> None:
    """It lists nothing, so only the delete tells under which name the archive lies."""
    spec = ConductorSpec(BAD, profile="8.2", content=CONTENT)
    slow = replace(spec, delays=replace(spec.delays, flash_backup=2.0))
    with trouble(tmp_path, spec=slow) as it, _started(it) as process:
        assert until(lambda: bool(it.device.pushed))
        it.device.stop.wait(0.7)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 143, out
        ended = it.project.last_report(143)
        assert ended.row(BAD)["left_over"] == []
        it.flashes_are_clean()
        assert it.run().verdicts[BAD] == "WARN"
        assert Vault(it.vault).read_on_device(BAD) == ()


def test_row_17_killed_run_is_put_right_by_the_next_and_nothing_else_is_removed(
    tmp_path: Path,
) -> None:
    hang = Fault("flash_backup", "late", seconds=60)
    with trouble(tmp_path, hang) as it, _started(it) as process:
        _wait_for(it, "flash.tar.gz")
        foreign = set(it.device.flash) - _ours(it)
        process.kill()
        process.wait(timeout=60)
        it.device.clear_faults()
        for device in it.project.fleet:
            device.sessions.drop_all()
        ended = it.project.runbook()
        assert set(ended.verdicts.values()) == {"PASS"}, ended.out
        it.flashes_are_clean()
        assert foreign <= set(it.device.flash)
        assert list((it.vault / "staging").iterdir()) == []


def test_receiver_that_is_killed_in_mid_upload_is_replaced_and_costs_no_verdict(
    tmp_path: Path,
) -> None:
    slow = Fault("scp", "slow", times=1, skip=1, bytes_per_second=20_000)
    with trouble(tmp_path, slow) as it, _started(it) as process:
        part = f"{BAD}/bk-*-flash.tar.gz.part"
        assert until(lambda: any((it.vault / "staging").glob(f"*/{part}")))
        (receiver,) = children_of(process.pid, "receiver_process")
        os.kill(receiver, signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
        ended = it.project.last_report(process.returncode)
        assert ended.verdicts == dict.fromkeys((BAD, *GOOD), "PASS"), out
        assert it.asked("flash_backup") == 1, "the archive is sent again, not made again"
        it.flashes_are_clean()


def test_row_19_clock_of_the_device_wrong_is_a_warning(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("login", "clock-jump", seconds=-86400.0)) as it:
        ended = it.run()
        assert ended.codes(BAD) == ["clock-skew"]
        assert "behind" in it.text(ended)


def test_row_20_failed_runs_in_a_row_cost_no_proven_copy(tmp_path: Path) -> None:
    with trouble(tmp_path, data={"keep_last": 1, "keep_within": "1h"}) as it:
        it.run()
        proven = it.project.generation(BAD)
        it.device.inject(Fault("flash_backup", "error"))
        for _ in range(4):
            it.fails("device-error")
        assert it.project.generation(BAD) == proven


def test_row_21_mail_that_is_not_taken_costs_no_verdict_and_is_kept(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        mail = {
            "host": "127.0.0.1",
            "port": nobody.getsockname()[1],
            "security": "none",
            "sender": "backup@example.org",
            "recipients": ["a@example.org"],
        }
        with trouble(tmp_path, settings={"mail": mail}) as it:
            ended = it.run()
            assert ended.code == 3
            assert set(ended.verdicts.values()) == {"PASS"}
            assert "NOT DELIVERED" in ended.out
            assert len(list((it.vault / "mail").iterdir())) == 1


def test_row_22_host_without_a_backup_is_found_by_status(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("flash_backup", "error")) as it:
        it.run()
        config = ["--config", str(it.project.project.config)]
        command = [it.project.command()[0], it.project.command()[1], "status", *config]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert BAD in done.stdout


def test_row_23_inventory_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    with trouble(tmp_path) as it:
        address, port = it.device.address, it.device.port
        with it.project.project.hosts.open("a") as stream:
            stream.write(f"mm-twin: {{hostname: {address}, port: {port}, grups: []}}\n")
            stream.write("../escape: {hostname: 192.0.2.1}\n")
        ended = it.project.runbook()
        assert ended.code == 2
        for words in ("mm-twin.grups: unknown key", f'the same address as "{BAD}"', "../escape"):
            assert words in ended.err
        assert it.project.requests() == []


def test_row_25_no_secret_is_told_on_any_path_and_files_are_private(tmp_path: Path) -> None:
    echo = Fault("copy_flash_scp", "fail", text=f"scp: backup:{PASSWORD} refused")
    with trouble(tmp_path, echo) as it:
        ended = it.fails("device-error")
        assert "***" in it.text(ended)
        for path in (p for p in it.vault.rglob("*") if not p.is_symlink()):
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@contextmanager
def _started(it: Trouble) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        it.project.command("--json", str(it.project.report_file)),
        env=it.project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _wait_for(it: Trouble, ending: str) -> None:
    """Wait until a file of ours with this ending is on the flash."""
    assert until(lambda: bool(_ours(it, ending)), 60)


def _ours(it: Trouble, ending: str = "") -> set[str]:
    return {n for n in it.device.flash if n.startswith("bk-") and n.endswith(ending)}
