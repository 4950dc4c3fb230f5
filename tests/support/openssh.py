"""Run the real OpenSSH clients on loopback, with a password and without a terminal."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_ASKPASS = '#!/bin/sh\nprintf "%s\\n" "$TEST_PASSWORD"\n'
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class OpenSsh:
    """OpenSSH clients that log in as one user at one address; `home` holds the password helper."""

    home: Path
    port: int
    username: str
    password: str
    address: str = "127.0.0.1"
    options: tuple[str, ...] = ()

    def scp(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `scp -O` with the words; `{}` in them stands for user@host."""
        return self.run("scp", "-O", *self._port("-P"), *self._named(words))

    def new_scp(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `scp` as OpenSSH 9 does by itself, over SFTP."""
        return self.run("scp", "-s", *self._port("-P"), *self._named(words))

    def sftp(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `sftp`."""
        return self.run("sftp", *self._port("-P"), *words, f"{self.username}@{self.address}")

    def ssh(self, *words: str, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run `ssh` with a remote command of those words."""
        target = f"{self.username}@{self.address}"
        return self.run("ssh", *self._port("-p"), *flags, target, *words)

    def start_scp(self, *words: str) -> subprocess.Popen[str]:
        """Start `scp -O` and return it; the caller ends it."""
        command = ["scp", *self._common(), "-O", *self._port("-P"), *self._named(words)]
        return subprocess.Popen(
            command,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the programs with everything that makes it ask nobody."""
        return subprocess.run(
            [program, *self._common(), *words],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )

    def _port(self, flag: str) -> tuple[str, str]:
        return (flag, str(self.port))

    def _named(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.replace("{}", f"{self.username}@{self.address}") for word in words)

    def _common(self) -> tuple[str, ...]:
        fixed = (
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "PreferredAuthentications=password",
            "NumberOfPasswordPrompts=1",
        )
        words = [word for option in (*self.options, *fixed) for word in ("-o", option)]
        return ("-F", "/dev/null", *words)

    def _environment(self) -> dict[str, str]:
        helper = self.home / "askpass"
        if not helper.exists():
            helper.write_text(_ASKPASS)
            helper.chmod(0o700)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "SSH_ASKPASS": str(helper),
            "SSH_ASKPASS_REQUIRE": "force",
            "TEST_PASSWORD": self.password,
        }
