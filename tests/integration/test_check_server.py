"""The verb `check` where conductors push to an SCP server that exists already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import ConductorSpec
from tests.support.fleets import Ended
from tests.support.server_sites import Site, server_site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with server_site(tmp_path, [ConductorSpec("mm-1")], monkeypatch) as running:
        monkeypatch.setattr("tasks.this_host.SCP_PORT", running.sshd.port)
        yield running


def check(site: Site, *words: str, password: str | None = None, **server: Any) -> Ended:
    site.configure(**server)
    secret = site.account.password if password is None else password
    environment = site.project.environment() | {"AOS8_SCP_PASSWORD": secret}
    return site.project.runbook("check", *words, environment=environment)


def server_findings(ended: Ended) -> list[tuple[str, str]]:
    return [(f["level"], f["code"]) for f in ended.report["here"] if f["check"] == "server"]


@pytest.mark.parametrize("way", ["landing", "read_back"])
def test_check_push_to_a_server_comes_back_whole_and_is_taken_away(site: Site, way: str) -> None:
    ended = check(site, "--push", **getattr(site, way))
    assert ended.code == 0, ended.out
    assert server_findings(ended) == [("OK", ""), ("OK", "")]
    [host] = ended.report["hosts"]
    assert ("push", "OK") in [(f["check"], f["level"]) for f in host["findings"]]
    assert site.landed == []
    site.project.nothing_is_left()


def test_check_server_at_which_nobody_looks_is_a_warning(site: Site) -> None:
    ended = check(site, "--push")
    assert ended.code == 0, ended.out
    assert server_findings(ended) == [("WARN", "unverified"), ("OK", "")]
    [host] = ended.report["hosts"]
    assert ("push", "unverified") in [(f["check"], f["code"]) for f in host["findings"]]


def test_check_server_that_cannot_be_looked_at_fails(site: Site) -> None:
    missing = check(site, landing_folder=str(site.account.home / "absent"))
    assert (missing.code, server_findings(missing)) == (1, [("FAIL", "server-down")])
    account = site.read_back["read_back"] | {"host_key_fingerprint": "SHA256:" + "A" * 43}
    for words in ([], ["--push"]):
        other = check(site, *words, read_back=account)
        assert (other.code, server_findings(other)) == (1, [("FAIL", "server-key")])


def test_check_server_without_its_password_fails(site: Site) -> None:
    ended = check(site, password="", **site.landing)
    assert server_findings(ended) == [("FAIL", "secret-missing")]


def test_check_server_that_does_not_greet_from_here_is_doubtful(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.this_host.SCP_PORT", 1)
    ended = check(site, **site.landing)
    assert (ended.code, server_findings(ended)) == (0, [("OK", ""), ("WARN", "server-down")])
