from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reasons import REMEDIES
from vault.lock import VaultLock, VaultLocked
from vault.store import VaultUnwritable

WHEN = datetime(2026, 11, 23, 2, tzinfo=UTC)
HOLD = """
import sys
from pathlib import Path
from vault.lock import VaultLock
VaultLock(Path(sys.argv[1]), "runbook.py run").acquire()
print("held", flush=True)
sys.stdin.read()
"""
PROJECT = Path(__file__).resolve().parents[2]


def lock(root: Path) -> VaultLock:
    return VaultLock(root, "runbook.py", clock=lambda: WHEN)


def holder_process(root: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_lock_second_holder_is_told_who_and_since_when(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(VaultLocked) as caught:
        lock(tmp_path).acquire()
    holder = caught.value.holder
    assert holder is not None
    assert holder.pid == os.getpid()
    assert f"held by pid {os.getpid()} (runbook.py)" in str(caught.value)
    assert str(caught.value).endswith("since 2026-11-23T02:00:00Z")


def test_lock_released_can_be_taken_again_without_text_left(tmp_path: Path) -> None:
    with lock(tmp_path):
        pass
    assert (tmp_path / ".lock").read_bytes() == b""
    with lock(tmp_path):
        assert (tmp_path / ".lock").stat().st_mode & 0o777 == 0o600


def test_lock_acquire_twice_by_the_same_object_is_harmless(tmp_path: Path) -> None:
    held = lock(tmp_path)
    held.acquire()
    held.acquire()
    held.release()
    held.release()
    with lock(tmp_path):
        pass


def test_lock_of_another_process_is_named_and_ends_with_sigkill(tmp_path: Path) -> None:
    with holder_process(tmp_path) as process:
        with pytest.raises(VaultLocked, match=rf"pid {process.pid} \(runbook.py run\)"):
            lock(tmp_path).acquire()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert str(process.pid) in (tmp_path / ".lock").read_text()
        with lock(tmp_path):
            assert str(os.getpid()) in (tmp_path / ".lock").read_text()


def test_lock_stale_text_is_not_mistaken_for_a_lock(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text('{"pid": 1, "host": "h", "user": "u", "command": "c"}')
    with lock(tmp_path):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', "\0\0"])
def test_lock_held_with_unreadable_text_is_still_refused(tmp_path: Path, text: str) -> None:
    with lock(tmp_path):
        (tmp_path / ".lock").write_text(text)
        with pytest.raises(VaultLocked, match="held by another run") as caught:
            lock(tmp_path).acquire()
    assert caught.value.holder is None


def test_lock_refused_leaks_no_descriptor(tmp_path: Path) -> None:
    with lock(tmp_path):
        before = len(list(Path("/dev/fd").iterdir()))
        for _ in range(20):
            with pytest.raises(VaultLocked):
                lock(tmp_path).acquire()
        assert len(list(Path("/dev/fd").iterdir())) == before


def test_lock_is_not_inherited_by_a_started_program(tmp_path: Path) -> None:
    with lock(tmp_path):
        child = subprocess.Popen(["sleep", "60"])
    try:
        with lock(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()


def test_lock_missing_vault_is_unwritable(tmp_path: Path) -> None:
    with pytest.raises(VaultUnwritable):
        lock(tmp_path / "none").acquire()


def test_lock_file_that_is_a_symlink_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / ".lock").symlink_to(victim)
    with pytest.raises(Exception, match="lock the vault"):
        lock(tmp_path).acquire()
    assert victim.read_text() == "precious"


def test_vault_locked_code_has_a_remedy() -> None:
    assert VaultLocked.code in REMEDIES
