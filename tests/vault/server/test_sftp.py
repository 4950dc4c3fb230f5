from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.sshd import Sshd
from vault.server import HostKeyRefused, ReadBack, ReadBackRefused, ServerDown
from vault.server.sftp import SftpPlace

NAME = "mm-1-0a1b2c3d-bk-flash.tar.gz"
OTHER_KEY = "SHA256:" + "A" * 43


def refused(options: ReadBack, error: type[ServerDown]) -> str:
    place = SftpPlace(options)
    with pytest.raises(error) as caught:
        place.start()
    return str(caught.value)


def test_start_known_host_is_accepted(read_back: ReadBack, sshd: Sshd) -> None:
    place = SftpPlace(replace(read_back, fingerprint="", known_hosts=sshd.known_hosts()))
    place.start()
    place.stop()


def test_start_other_fingerprint_is_refused_with_both(read_back: ReadBack, sshd: Sshd) -> None:
    text = refused(replace(read_back, fingerprint=OTHER_KEY), HostKeyRefused)
    assert OTHER_KEY in text
    assert sshd.fingerprint in text


def test_start_host_missing_from_known_hosts_is_refused(
    read_back: ReadBack, sshd: Sshd, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(sshd.known_hosts().read_text().replace("127.0.0.1", "192.0.2.1"))
    text = refused(replace(read_back, fingerprint="", known_hosts=known), HostKeyRefused)
    assert str(known) in text


def test_start_no_host_key_configured_is_refused(read_back: ReadBack) -> None:
    refused(replace(read_back, fingerprint=""), HostKeyRefused)


def test_start_wrong_password_is_refused_without_quoting_it(read_back: ReadBack) -> None:
    options = replace(read_back, private_key=None, password="wrong-secret-1")
    text = refused(options, ReadBackRefused)
    assert "wrong-secret-1" not in text + repr(options)


def test_start_key_open_to_others_is_refused(read_back: ReadBack, tmp_path: Path) -> None:
    assert read_back.private_key is not None
    key = tmp_path / "key"
    key.write_bytes(read_back.private_key.read_bytes())
    key.chmod(0o640)
    assert "0640" in refused(replace(read_back, private_key=key), ServerDown)


def test_start_file_that_is_no_key_is_refused(read_back: ReadBack, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("no key")
    key.chmod(0o600)
    assert "private key" in refused(replace(read_back, private_key=key), ServerDown)


def test_start_missing_folder_is_refused(read_back: ReadBack) -> None:
    assert "no folder" in refused(replace(read_back, folder="/nowhere/at/all"), ServerDown)


def test_start_nobody_listens_is_server_down(read_back: ReadBack) -> None:
    assert "port 1:" in refused(replace(read_back, port=1), ServerDown)


def test_look_after_the_connection_dropped_connects_again(
    read_back: ReadBack, sshd: Sshd, landed: Path
) -> None:
    (landed / NAME).write_bytes(b"0123456789")
    place = SftpPlace(read_back)
    place.start()
    try:
        seen = place.look(NAME)
        sshd.kill_sessions()
        assert place.look(NAME) == seen
        sshd.kill_sessions()
        assert seen is not None
        assert b"".join(place.read(NAME, seen)) == b"0123456789"
    finally:
        place.stop()


def test_read_many_threads_share_one_connection(
    read_back: ReadBack, sshd: Sshd, landed: Path
) -> None:
    contents = {f"{number}-{NAME}": os.urandom(300_000) for number in range(12)}
    for name, content in contents.items():
        (landed / name).write_bytes(content)
    before = (sshd.folder / "sshd.log").read_text().count("Accepted publickey")
    place = SftpPlace(read_back)
    place.start()

    def read(name: str) -> bytes:
        seen = place.look(name)
        assert seen is not None
        return b"".join(place.read(name, seen))

    try:
        with ThreadPoolExecutor(12) as threads:
            assert list(threads.map(read, contents)) == list(contents.values())
    finally:
        place.stop()
    after = (sshd.folder / "sshd.log").read_text().count("Accepted publickey")
    assert after - before == 1
