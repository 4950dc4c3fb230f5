"""Where `--json` writes: refused before the work, replaced whole, or written to as it is."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from commands import json_writing
from commands.json_target import descriptor_of, is_stream
from commands.json_writing import write_document
from commands.parser import parse
from tests.support.accounts import OTHER, THIRD, folder_of, needs_root, run_as
from tests.support.fleets import ROOT

NULL, FULL = os.makedev(1, 3), os.makedev(1, 7)
TEXT = '{"schema": 1}\n'


def refused(target: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        parse(["--json", target])
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def test_target_that_cannot_take_a_document_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        assert f"{place} is a socket" in refused(str(place), capsys)
    assert "an empty name" in refused("", capsys)
    assert f"{tmp_path} is a folder" in refused(str(tmp_path), capsys)
    assert "no such folder: " in refused(f"{tmp_path}/new/", capsys)
    (tmp_path / "loop").symlink_to("loop")
    assert "cannot be written: " in refused(str(tmp_path / "loop"), capsys)
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing" / "report.json")
    assert "no such folder: " in refused(str(tmp_path / "nowhere"), capsys)
    assert "cannot be written: " in refused("/proc/report.json", capsys)
    assert "/dev/fd/919 is not open" in refused("/dev/fd/919", capsys)
    with (tmp_path / "input").open("w+") as file, (tmp_path / "input").open() as stream:
        assert "for reading only" in refused(f"/dev/fd/{stream.fileno()}", capsys)
        assert parse(["--json", f"/dev/fd/{file.fileno()}"]).json


@needs_root
def test_target_block_device_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "disk"
    os.mknod(place, 0o600 | stat.S_IFBLK, os.makedev(240, 99))
    assert "is a block device" in refused(str(place), capsys)


@needs_root
def test_target_of_another_account_ends_with_2() -> None:
    code = "from commands.parser import parse\nparse(['--json', sys.argv[3]])"
    with folder_of(THIRD) as home:
        os.mkfifo(home / "fifo", 0o600)
        os.chown(home / "fifo", THIRD, THIRD)
        for name, said in (("new.json", "may not write in"), ("fifo", "may not write to")):
            done = run_as(OTHER, code, home, str(home / name))
            assert done.returncode == 2
            assert f"this account {said} {home}" in done.stderr


def test_target_is_only_looked_at_before_the_work(fifo: Path) -> None:
    for target in (fifo, fifo.with_name("new.json")):
        assert parse(["--json", str(target)]).json == str(target)
    assert [path.name for path in fifo.parent.iterdir()] == ["fifo"]
    assert fifo.is_fifo()


def test_write_new_file_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert write_document(TEXT, str(path)) == ""
    assert path.read_text() == TEXT
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_write_existing_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o644)
    before = path.stat()
    with path.open() as monitoring:
        assert write_document(TEXT, str(path)) == ""
        assert monitoring.read() == "old", "whoever reads meanwhile has one or the other"
    assert path.read_text() == TEXT
    assert path.stat().st_mode == before.st_mode
    assert path.stat().st_ino != before.st_ino


@needs_root
def test_write_existing_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    os.chown(path, OTHER, THIRD)
    assert write_document(TEXT, str(path)) == ""
    assert (path.stat().st_uid, path.stat().st_gid) == (OTHER, THIRD)


@needs_root
def test_write_file_of_another_group_gives_no_other_group_its_rights() -> None:
    code = (
        "from commands.json_writing import write_document\n"
        "sys.exit(write_document('{}', sys.argv[3]) or 0)"
    )
    with folder_of(OTHER) as home:
        path = home / "report.json"
        path.write_text("old")
        path.chmod(0o664)
        os.chown(path, THIRD, THIRD)
        done = run_as(OTHER, code, home, str(path))
        assert done.stderr == ""
        assert path.read_text() == "{}"
        assert (path.stat().st_uid, path.stat().st_gid) == (OTHER, OTHER)
        assert path.stat().st_mode & 0o777 == 0o604


def test_write_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    link, there = tmp_path / "latest.json", tmp_path / "kept" / "report.json"
    link.symlink_to("kept/report.json")
    for text in (TEXT, "{}\n"):
        assert write_document(text, str(link)) == ""
        assert link.is_symlink()
        assert there.read_text() == text
    assert list((tmp_path / "kept").iterdir()) == [there]


def test_write_fifo_stays_and_its_reader_gets_all(fifo: Path) -> None:
    long = TEXT * 20_000
    got = fifo.with_name("got")
    with got.open("w") as out, subprocess.Popen(["cat", str(fifo)], stdout=out) as reader:
        assert write_document(long, str(fifo)) == ""
        assert reader.wait(10) == 0
    assert got.read_text() == long
    assert fifo.is_fifo()


def test_write_fifo_that_nobody_reads_is_told(fifo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_writing, "PATIENCE_SECONDS", 0.1)
    assert "fifo not written: nobody reads it" in write_document(TEXT, str(fifo))
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    assert "fifo not written: nobody reads it" in write_document(TEXT * 20_000, str(fifo))
    os.close(reader)


@needs_root
@pytest.mark.parametrize(("number", "said"), [(NULL, ""), (FULL, "No space left on device")])
def test_write_device_stays_a_device(tmp_path: Path, number: int, said: str) -> None:
    path = tmp_path / "device"
    os.mknod(path, 0o600 | stat.S_IFCHR, number)
    assert is_stream(path)
    assert said in write_document(TEXT, str(path))
    assert stat.S_ISCHR(path.lstat().st_mode)
    assert path.stat().st_rdev == number


def test_write_own_descriptor_goes_behind_what_is_there(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("first\n")
    program = (
        "import sys; from commands.json_writing import write_document\n"
        "print('second', flush=True); sys.exit(write_document('third\\n', sys.argv[1]) or 0)"
    )
    link = tmp_path / "link"
    link.symlink_to("/dev/stdout")
    for target in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", str(link)):
        log.write_text("first\n")
        with log.open("a") as stream:
            command = [sys.executable, "-c", program, target]
            subprocess.run(command, cwd=ROOT, stdout=stream, check=True)
        assert log.read_text() == "first\nsecond\nthird\n"
    assert link.is_symlink()


def test_write_process_substitution_is_read(tmp_path: Path) -> None:
    program = (
        "import sys; from commands.json_writing import write_document as w; w('{}', sys.argv[1])"
    )
    words = f'"{sys.executable}" -c "{program}" >(cat > "$1"); wait $!'
    got = tmp_path / "got"
    subprocess.run(["bash", "-c", words, "-", str(got)], cwd=ROOT, check=True)
    assert got.read_text() == "{}"


def test_descriptor_of_other_paths_is_none(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "7").write_text("")
    for name in ("loop", "7", "missing"):
        assert descriptor_of(tmp_path / name) is None
