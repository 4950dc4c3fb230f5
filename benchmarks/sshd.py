"""A throw-away OpenSSH server on loopback that one user enters with a key."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

_START_SECONDS: Final = 10.0
_CONFIGURATION: Final = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile {folder}/pid
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
MaxStartups 200
"""


def find_sshd() -> str | None:
    """Return the path of OpenSSH's server, or None when it is not installed."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Sshd:
    """One running server; its processes' CPU time is known when it has stopped."""

    def __init__(self, program: str, folder: Path) -> None:
        self._folder: Final = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        for name in ("host_key", "user_key"):
            if not (folder / name).exists():
                _make_key(folder / name)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: Final[int] = free.getsockname()[1]
        configuration = folder / "sshd_config"
        configuration.write_text(_CONFIGURATION.format(port=self.port, folder=folder))
        self._log: Final = folder / "log"
        self._process: Final = subprocess.Popen(
            [program, "-D", "-f", str(configuration), "-E", str(self._log)]
        )
        self._await_start()

    @property
    def login(self) -> tuple[str, str, tuple[str, ...]]:
        """User, port and options for a client."""
        options = ("-i", str(self._folder / "user_key"))
        return getpass.getuser(), str(self.port), options

    def stop(self) -> float:
        """End the server; return the CPU-seconds of all its processes."""
        self._process.terminate()
        _, _, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = 0
        return usage.ru_utime + usage.ru_stime

    def _await_start(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        self._process.terminate()
        words = self._log.read_text() if self._log.exists() else "no words"
        raise SystemExit(f"sshd did not start: {words.strip()}")


def _make_key(path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(command, check=True)
