"""Host keys are looked at without the SSH library; where that is not enough, it says so."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import asyncssh
import pytest

from vault.receiver import ReceiverDown
from vault.receiver.key_file import ED25519, RSA, are_whole, host_key_files, is_whole, read_key

BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----\n"
END = b"\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def key(host_key: Path, tmp_path: Path) -> Path:
    """Return a copy of a good key pair that a test may spoil."""
    for file, _ in host_key_files(host_key):
        copy = tmp_path / file.name
        copy.touch(mode=0o600)
        copy.write_bytes(file.read_bytes())
    return tmp_path / host_key.name


def decoded(text: bytes) -> bytes:
    return base64.b64decode(text.removeprefix(BEGIN).removesuffix(END))


def encoded(data: bytes) -> bytes:
    return BEGIN + base64.b64encode(data) + END


def generated(folder: Path, *words: str, passphrase: str = "") -> bytes:
    """Return a key that OpenSSH made."""
    file = folder / "made"
    command = ["ssh-keygen", "-q", "-C", "someone@somewhere", "-f", str(file), *words]
    subprocess.run([*command, "-N", passphrase], check=True, stdin=subprocess.DEVNULL)
    return file.read_bytes()


def test_keys_that_we_made_are_whole(key: Path) -> None:
    """Both of them, each as what it is and as nothing else."""
    assert are_whole(key)
    for file, kind in host_key_files(key):
        assert is_whole(file.read_bytes(), kind)
        assert not is_whole(file.read_bytes(), ED25519 if kind == RSA else RSA)


@pytest.mark.parametrize("words", [("-t", "rsa", "-b", "2048"), ("-t", "ed25519")])
def test_keys_of_openssh_are_whole(tmp_path: Path, words: tuple[str, ...]) -> None:
    """An administrator may bring the key that a server had before."""
    assert is_whole(generated(tmp_path, *words), f"ssh-{words[1]}")


@pytest.mark.parametrize("kind", [RSA, ED25519])
def test_key_changed_anywhere_is_not_whole(key: Path, kind: str) -> None:
    """But in the comment and in the seed of an Ed25519 key, from which the rest is derived."""
    good = decoded({k: f.read_bytes() for f, k in host_key_files(key)}[kind])
    assert is_whole(encoded(good), kind)
    comment = good.rindex(b"conductor-backup receiver")
    free = set(range(comment, comment + 25))
    if kind == ED25519:
        free |= set(range(comment - 4 - 64, comment - 4 - 32))

    for place in set(range(len(good))) - free:
        bad = bytearray(good)
        bad[place] ^= 1
        assert not is_whole(encoded(bytes(bad)), kind), place


def test_key_cut_anywhere_is_not_whole(key: Path) -> None:
    """Neither the text nor what it encodes."""
    text = key.read_bytes().strip()
    data = decoded(key.read_bytes())
    assert is_whole(text, RSA)
    assert not any(is_whole(text[:end], RSA) for end in range(len(text)))
    padding = data[-1] if data[-1] < 8 else 0
    assert not any(is_whole(encoded(data[:end]), RSA) for end in range(len(data) - padding))
    assert not is_whole(encoded(data + b"\1\1"), RSA)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no key",
        BEGIN + END,
        encoded(b"openssh-key-v1\0"),
        encoded(b"\0" * 500),
        BEGIN + b"!" * 40 + END,
    ],
)
def test_what_is_no_key_is_not_whole(text: bytes) -> None:
    """And nothing is raised."""
    assert not is_whole(text, RSA)
    assert not is_whole(text, ED25519)


def test_factors_that_are_one_or_nothing_are_not_whole() -> None:
    """They would be divided by."""
    for p in (b"", b"\1", b"\2"):
        words = [b"ssh-rsa", b"\6", b"\1", b"\1", b"\1", p, b"\3", b""]
        private = b"\0" * 8 + b"".join(map(string, words))
        public = b"".join(map(string, [b"ssh-rsa", b"\1", b"\6"]))
        head = b"openssh-key-v1\0" + string(b"none") * 2 + string(b"") + b"\0\0\0\1"
        assert not is_whole(encoded(head + string(public) + string(private)), RSA)


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def test_encrypted_key_and_other_formats_are_left_to_the_library(tmp_path: Path) -> None:
    """They may be good or not; this module does not know."""
    pair = asyncssh.generate_private_key("ssh-ed25519")
    assert not is_whole(pair.export_private_key("pkcs8-pem"), ED25519)
    assert not is_whole(generated(tmp_path, "-t", "rsa", "-m", "PEM"), RSA)
    (tmp_path / "made").unlink()
    assert not is_whole(generated(tmp_path, "-t", "rsa", passphrase="secret"), RSA)


def test_missing_key_is_not_whole(key: Path) -> None:
    """Of either kind."""
    key.with_name(key.name + ".ed25519").unlink()
    assert not are_whole(key)
    assert read_key(key.with_name("nothing")) is None


def test_key_that_others_may_read_is_refused(key: Path) -> None:
    """However whole it is."""
    key.chmod(0o644)
    with pytest.raises(ReceiverDown, match="0644"):
        are_whole(key)
