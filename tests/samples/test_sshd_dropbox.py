"""The drop box of the samples, as sshd really runs it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.openssh import OpenSsh
from tests.support.sshd import SSHD, Account, drop_account, missing, no_passwords, running_sshd

SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE = SAMPLES / "sshd_dropbox.conf"
SCRIPT = SAMPLES / "dropbox-scp"
NAME = "mm-1-0a1b2c3d-bk-20261123T020000Z-3f9c-flash.tar.gz"


@dataclass(frozen=True, slots=True)
class DropBox:
    """The sample's account on a running sshd; `file` is something to push."""

    client: OpenSsh
    account: Account
    file: Path

    @property
    def incoming(self) -> Path:
        return self.account.home / "incoming"

    def names(self) -> list[str]:
        return sorted(path.name for path in self.incoming.iterdir())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DropBox]:
    if reason := missing() or no_passwords():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("dropbox")
    open_to_all = Path(tempfile.mkdtemp(prefix="drop-"))
    open_to_all.chmod(0o755)
    script = shutil.copy(SCRIPT, open_to_all / "dropbox-scp")
    try:
        with drop_account(open_to_all / "home") as account:
            incoming = account.home / "incoming"
            incoming.mkdir()
            shutil.chown(incoming, account.name)
            text = SAMPLE.read_text().replace("conductor-drop\n", f"{account.name}\n", 1)
            text = text.replace("/usr/local/lib/conductor-backup/dropbox-scp", str(script))
            with running_sshd(folder, text) as sshd:
                client = OpenSsh(folder, sshd.port, account.name, account.password)
                (folder / NAME).write_bytes(b"archive" * 1000)
                yield DropBox(client, account, folder / NAME)
    finally:
        shutil.rmtree(open_to_all)


@pytest.fixture
def box(running: DropBox) -> Iterator[DropBox]:
    yield running
    for path in running.incoming.iterdir():
        path.unlink()


def test_sample_is_accepted_by_sshd(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    key, config = tmp_path / "key", tmp_path / "sshd_config"
    subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", str(key)], check=True)
    config.write_text(f"HostKey {key}\nInclude {SAMPLE}\n")
    done = subprocess.run([SSHD, "-t", "-f", str(config)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_dropbox_new_file_lands_and_is_closed_to_others(box: DropBox) -> None:
    done = box.client.scp(str(box.file), f"{{}}:{NAME}")
    assert done.returncode == 0, done.stderr
    assert box.names() == [NAME]
    landed = box.incoming / NAME
    assert landed.read_bytes() == box.file.read_bytes()
    assert landed.stat().st_mode & 0o027 == 0


def test_dropbox_file_that_is_there_is_not_overwritten(box: DropBox) -> None:
    (box.incoming / NAME).write_bytes(b"first")
    assert box.client.scp(str(box.file), f"{{}}:{NAME}").returncode != 0
    assert (box.incoming / NAME).read_bytes() == b"first"


@pytest.mark.parametrize("target", [f"/srv/{NAME}", f"../{NAME}", ".profile", "a b", "$(id)", "."])
def test_dropbox_other_target_is_refused(box: DropBox, target: str) -> None:
    assert box.client.scp(str(box.file), f"{{}}:{target}").returncode != 0
    assert box.names() == []
    assert not (box.account.home / NAME).exists()


def test_dropbox_reading_back_is_refused(box: DropBox, tmp_path: Path) -> None:
    (box.incoming / NAME).write_bytes(b"first")
    done = box.client.scp(f"{{}}:{NAME}", str(tmp_path / "copy"))
    assert done.returncode != 0
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("command", ["", "id", "scp -r -t x", "scp -t x; id", "rm incoming"])
def test_dropbox_other_command_is_refused(box: DropBox, command: str) -> None:
    done = box.client.ssh(command) if command else box.client.ssh()
    assert done.returncode != 0
    assert "uid=" not in done.stdout


def test_dropbox_sftp_is_refused(box: DropBox) -> None:
    assert box.client.sftp().returncode != 0
