from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from settings import ConfigurationError, Settings, load_configuration
from tasks.inbox import inbox_of
from tasks.server import place_of
from tests.support.projects import Project, write_yaml
from vault.inbox import Embedded
from vault.server import PasswordMissing, Server, ServerDown

SERVER = {"address": "192.0.2.9", "username": "drop"}
FINGERPRINT = "SHA256:" + "A" * 43


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AOS8_SCP_PASSWORD", "AOS8_READBACK_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def loaded(place: Path, /, **server: Any) -> Settings:
    project = Project(place)
    secrets = place / "secrets.yaml"
    if not secrets.exists():
        write_yaml(secrets, {})
    secrets.chmod(0o600)
    project.settings(
        receiver={"mode": "server"}, server=SERVER | server, secrets={"file": "secrets.yaml"}
    )
    return load_configuration(project.config).settings


def complaint(place: Path, /, **server: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        loaded(place, **server)
    return str(caught.value)


def test_inbox_default_is_the_embedded_receiver(tmp_path: Path) -> None:
    settings = load_configuration(Project(tmp_path).config).settings
    inbox = inbox_of(settings)
    assert isinstance(inbox, Embedded)
    assert inbox.fetches
    assert settings.push_address == "auto"


def test_inbox_server_without_a_way_to_look_does_not_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOS8_SCP_PASSWORD", "one-1")
    settings = loaded(tmp_path)
    inbox = inbox_of(settings)
    assert isinstance(inbox, Server)
    assert not inbox.verifies
    assert not inbox.fetches
    assert str(settings.push_address) == "192.0.2.9"


def test_inbox_passwords_come_from_the_secrets_file(tmp_path: Path) -> None:
    passwords = {"scp": {"password": "one-1"}, "readback": {"password": "two-2"}}
    write_yaml(tmp_path / "secrets.yaml", passwords)
    account = {"username": "reader", "host_key_fingerprint": FINGERPRINT}
    inbox = inbox_of(loaded(tmp_path, read_back=account))
    assert inbox.verifies


def test_inbox_push_password_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasswordMissing, match="AOS8_SCP_PASSWORD"):
        inbox_of(loaded(tmp_path))


def test_inbox_read_back_password_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOS8_SCP_PASSWORD", "one-1")
    account = {"username": "reader", "host_key_fingerprint": FINGERPRINT}
    with pytest.raises(PasswordMissing, match="AOS8_READBACK_PASSWORD"):
        inbox_of(loaded(tmp_path, read_back=account))


def test_inbox_landing_folder_counts_from_the_settings_and_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOS8_SCP_PASSWORD", "one-1")
    settings = loaded(tmp_path, landing_folder="landed")
    with pytest.raises(ServerDown, match="landing folder"), inbox_of(settings):
        pass
    (tmp_path / "landed").mkdir()
    with inbox_of(settings) as inbox:
        assert inbox.verifies
        assert inbox.fetches


def test_inbox_that_keeps_archives_on_the_server_does_not_fetch_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOS8_SCP_PASSWORD", "one-1")
    inbox = inbox_of(loaded(tmp_path, landing_folder="landed", keep="server"))
    assert inbox.verifies
    assert not inbox.fetches


def test_place_without_a_way_to_look_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServerDown, match="name no landing_folder"):
        place_of(loaded(tmp_path))


@pytest.mark.parametrize("remove", [True, False])
def test_place_removes_only_where_it_may(tmp_path: Path, remove: bool) -> None:
    (tmp_path / "landed").mkdir()
    (tmp_path / "landed" / "file").touch()
    place = place_of(loaded(tmp_path, landing_folder="landed", keep="server", remove=remove))
    place.start()
    assert bool(place.remove("file")) is not remove
    assert (place.look("file") is None) is remove
    place.stop()


def test_settings_server_mode_without_server_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.settings(receiver={"mode": "server"})
    with pytest.raises(ConfigurationError, match="needs the part `server`"):
        load_configuration(project.config)


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"address": "backup.example.org"}, "address"),
        ({"folder": "../up"}, "folder"),
        ({"folder": "a/../../b"}, "folder"),
        ({"folder": "with space"}, "folder"),
        ({"landing_folder": "x", "read_back": {"username": "r", "known_hosts": "k"}}, "not both"),
        ({"read_back": {"username": "r"}}, "one of known_hosts"),
        ({"read_back": {"username": "r", "host_key_fingerprint": "MD5:aa"}}, "fingerprint"),
        ({"read_back": {"username": "r", "known_hosts": "absent"}}, "no such file"),
        ({"landing": "x"}, "unknown key"),
        ({"keep": "server"}, "needs landing_folder or read_back"),
        ({"keep": "both", "landing_folder": "x"}, "keep"),
    ],
)
def test_settings_server_mistake_is_refused(
    tmp_path: Path, server: dict[str, Any], words: str
) -> None:
    assert words in complaint(tmp_path, **server)


def test_settings_windows_folder_is_accepted(tmp_path: Path) -> None:
    server = loaded(tmp_path, folder="C:/backups/aos8").server
    assert server is not None
    assert server.folder == "C:/backups/aos8"
