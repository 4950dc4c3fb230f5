"""Host keys are made once, guarded, and never replaced."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import asyncssh
import pytest

from vault.receiver import ReceiverDown
from vault.receiver.host_key import load_host_keys


@pytest.fixture
def key(host_key: Path, tmp_path: Path) -> Path:
    """Return a copy of a good key pair that a test may spoil."""
    path = tmp_path / "receiver_key"
    for suffix in ("", ".ed25519"):
        copy = tmp_path / f"receiver_key{suffix}"
        copy.write_bytes(host_key.with_name(host_key.name + suffix).read_bytes())
        copy.chmod(0o600)
    return path


def test_missing_keys_are_made_for_us_alone(tmp_path: Path) -> None:
    """RSA with 3072 bits first, Ed25519 beside it, folder and files private."""
    path = tmp_path / "new" / "receiver_key"

    first = load_host_keys(path)
    second = load_host_keys(path)

    assert [one.get_algorithm() for one in first] == ["ssh-rsa", "ssh-ed25519"]
    assert [one.public_data for one in first] == [one.public_data for one in second]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name, f"{path.name}.ed25519"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_key_open_to_others_is_refused(key: Path, mode: int) -> None:
    """Somebody else may have read it."""
    key.chmod(mode)

    with pytest.raises(ReceiverDown, match=f"{mode:04o}"):
        load_host_keys(key)


def test_damaged_key_is_refused_and_kept(key: Path) -> None:
    """A new key would make every conductor refuse the receiver."""
    key.write_bytes(key.read_bytes()[:500])
    before = key.read_bytes()

    with pytest.raises(ReceiverDown, match="damaged") as caught:
        load_host_keys(key)

    assert "BEGIN" not in str(caught.value)
    assert key.read_bytes() == before


def test_key_whose_numbers_do_not_belong_together_is_refused(key: Path) -> None:
    """The text is well-formed; only the numbers tell."""
    begin, *lines, end = key.read_text("ascii").splitlines()
    data = bytearray(base64.b64decode("".join(lines)))
    data[-200] ^= 1
    key.write_text("\n".join([begin, base64.b64encode(data).decode(), end]), "ascii")

    with pytest.raises(ReceiverDown, match="damaged"):
        load_host_keys(key)


def test_key_in_another_format_is_taken(key: Path, host_key: Path) -> None:
    """An administrator may bring one."""
    whole = load_host_keys(host_key)[0]
    key.write_bytes(whole.export_private_key("pkcs1-pem"))

    assert load_host_keys(key)[0].public_data == whole.public_data


def test_encrypted_key_is_refused(key: Path) -> None:
    """Nobody is there to type a passphrase."""
    pair = asyncssh.generate_private_key("ssh-ed25519")
    key.write_bytes(pair.export_private_key(format_name="pkcs8-pem", passphrase="secret"))

    with pytest.raises(ReceiverDown, match="encrypted"):
        load_host_keys(key)


def test_key_of_another_kind_is_refused(key: Path) -> None:
    """Old conductors know RSA only."""
    key.write_bytes(key.with_name(key.name + ".ed25519").read_bytes())

    with pytest.raises(ReceiverDown, match="is ssh-ed25519, not ssh-rsa"):
        load_host_keys(key)


def test_key_behind_a_symbolic_link_is_refused(key: Path, tmp_path: Path) -> None:
    """What is read is what was checked."""
    link = tmp_path / "link"
    link.symlink_to(key)

    with pytest.raises(ReceiverDown, match="link"):
        load_host_keys(link)


def test_folder_in_place_of_a_key_is_refused(tmp_path: Path) -> None:
    """Also without hanging on a pipe or a device."""
    with pytest.raises(ReceiverDown, match="not a regular file"):
        load_host_keys(tmp_path)
