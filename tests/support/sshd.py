"""Debian's OpenSSH server on loopback: as an ordinary user with a key, as root with a password."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = "/usr/sbin/sshd"
SFTP_SERVER = "/usr/lib/openssh/sftp-server"
_START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine for the length of a test."""

    name: str
    password: str
    home: Path


@dataclass(frozen=True, slots=True)
class Sshd:
    """A running sshd; `private_key` logs in as `username`, who runs the tests."""

    port: int
    username: str
    folder: Path

    @property
    def private_key(self) -> Path:
        return self.folder / "client_key"

    @property
    def host_key(self) -> Path:
        return self.folder / "host_key"

    @property
    def fingerprint(self) -> str:
        """The host key's fingerprint as OpenSSH itself prints it."""
        words = ["ssh-keygen", "-lf", str(self.host_key) + ".pub"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()[1]

    def known_hosts(self) -> Path:
        """Write and return a file that knows this server."""
        path = self.folder / "known_hosts"
        key = (self.folder / "host_key.pub").read_text()
        path.write_text(f"[127.0.0.1]:{self.port} {key}")
        return path

    def kill_sessions(self) -> None:
        """End every connection, as a reboot would; the listener stays."""
        listener = int((self.folder / "pid").read_text())
        for task in Path(f"/proc/{listener}/task/{listener}/children").read_text().split():
            os.kill(int(task), signal.SIGKILL)


def missing() -> str:
    """Say what this machine lacks for an sshd, "" for nothing."""
    lacking = [path for path in (SSHD, SFTP_SERVER) if not Path(path).exists()]
    return f"no {', '.join(lacking)} here" if lacking else ""


def no_passwords() -> str:
    """Say why no account with a password can be made, "" when it can."""
    if os.geteuid() != 0:
        return "an account with a password can only be made by root"
    return "" if shutil.which("useradd") and shutil.which("chpasswd") else "no useradd here"


@contextmanager
def running_sshd(folder: Path, *lines: str, port: int = 0) -> Iterator[Sshd]:
    """Run sshd with the test runner's key, and `lines` added to its configuration."""
    sshd = Sshd(port or _free_port(), pwd.getpwuid(os.geteuid()).pw_name, folder)
    for key in (sshd.host_key, sshd.private_key):
        subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", str(key)], check=True)
    rsa = ["ssh-keygen", "-qt", "rsa", "-b", "2048", "-N", "", "-f", str(folder / "rsa_key")]
    subprocess.run(rsa, check=True)
    shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    config = folder / "sshd_config"
    config.write_text("\n".join(_config(sshd) + list(lines)) + "\n")
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=log)
    try:
        _await(process, sshd.port)
        yield sshd
    finally:
        process.terminate()
        process.wait(timeout=_START_SECONDS)


@contextmanager
def drop_account(home: Path) -> Iterator[Account]:
    """Make an account with a password whose home is `home`; only root can."""
    account = Account(f"bkdrop{secrets.token_hex(3)}", secrets.token_hex(12), home)
    words = ["--no-create-home", "--home-dir", str(home), "--shell", "/bin/sh", account.name]
    subprocess.run(["useradd", *words], check=True, capture_output=True)
    try:
        entry = f"{account.name}:{account.password}"
        subprocess.run(["chpasswd"], input=entry, text=True, check=True, capture_output=True)
        home.mkdir(exist_ok=True)
        shutil.chown(home, account.name)
        yield account
    finally:
        subprocess.run(["userdel", "-f", account.name], check=False, capture_output=True)


def _config(sshd: Sshd) -> list[str]:
    return [
        f"Port {sshd.port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {sshd.host_key}",
        f"HostKey {sshd.folder / 'rsa_key'}",
        f"PidFile {sshd.folder / 'pid'}",
        f"AuthorizedKeysFile {sshd.folder / 'authorized_keys'}",
        "StrictModes no",
        "PermitRootLogin prohibit-password",
        f"UsePAM {'yes' if os.geteuid() == 0 else 'no'}",
        "MaxStartups 100",
        f"Subsystem sftp {SFTP_SERVER}",
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("sshd did not start; see sshd.log")
        time.sleep(0.05)
