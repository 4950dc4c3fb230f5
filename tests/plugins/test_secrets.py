"""Where user names and passwords come from, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest
from nornir.core.inventory import Defaults, Group, Host, ParentGroups

from plugins.secrets import load_secrets, mail_credentials

FILE = """\
defaults: {username: file-all, password: pw-all}
groups:
  lab: {password: pw-lab}
  site: {username: file-site, password: pw-site}
hosts:
  mm-lab.1: {password: pw-host}
mail: {username: mailer, password: pw-mail}
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("USERNAME", "PASSWORD"):
        for name in ("", "_MM_LAB_1", "_LAB", "_SITE"):
            monkeypatch.delenv(f"AOS8_{part}{name}", raising=False)
        monkeypatch.delenv(f"AOS8_MAIL_{part}", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets.yaml"
    path.write_text(FILE)
    return path


def host(name: str = "mm-lab.1", username: str | None = None) -> Host:
    site = Group(name="site")
    lab = Group(name="lab", groups=ParentGroups([site]))
    return Host(name=name, username=username, groups=ParentGroups([lab]), defaults=Defaults())


def test_load_nothing_found_leaves_the_host_without(tmp_path: Path) -> None:
    one = host()
    load_secrets(one)
    assert (one.username, one.password) == (None, None)


def test_load_missing_or_broken_file_never_raises(tmp_path: Path) -> None:
    one = host(username="inventory")
    load_secrets(one, file=str(tmp_path / "nowhere.yaml"))
    (tmp_path / "broken.yaml").write_text("defaults: {password: [\n")
    load_secrets(one, file=str(tmp_path / "broken.yaml"))
    assert (one.username, one.password) == ("inventory", None)


def test_load_nearest_wins_each_part_on_its_own(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(name: str = "mm-lab.1") -> tuple[str | None, str | None]:
        one = host(name, username="inventory")
        load_secrets(one, file=str(file))
        return one.username, one.password

    assert found("mm-other") == ("file-site", "pw-lab")
    assert found() == ("file-site", "pw-host")
    monkeypatch.setenv("AOS8_PASSWORD", "env-all")
    monkeypatch.setenv("AOS8_USERNAME", "env-all")
    assert found() == ("file-site", "pw-host")
    monkeypatch.setenv("AOS8_PASSWORD_LAB", "env-lab")
    assert found("mm-other") == ("file-site", "env-lab")
    assert found() == ("file-site", "pw-host")
    monkeypatch.setenv("AOS8_PASSWORD_MM_LAB_1", "env-host")
    assert found() == ("file-site", "env-host")


def test_load_environment_for_all_beats_file_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secrets.yaml"
    path.write_text("defaults: {username: file-all, password: pw-all}\n")
    monkeypatch.setenv("AOS8_PASSWORD", "env-all")
    one = host()
    load_secrets(one, file=str(path))
    assert (one.username, one.password) == ("file-all", "env-all")


def test_mail_credentials_environment_beats_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mail_credentials(file) == ("mailer", "pw-mail")
    monkeypatch.setenv("AOS8_MAIL_PASSWORD", "env-mail")
    assert mail_credentials(file) == ("mailer", "env-mail")
    assert mail_credentials(None) == ("", "env-mail")


def test_secrets_are_in_no_representation(file: Path) -> None:
    one = host()
    load_secrets(one, file=str(file))
    assert "pw-" not in repr(one)
