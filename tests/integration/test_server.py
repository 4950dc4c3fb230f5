"""The whole way device -> OpenSSH's sshd -> landing folder or SFTP -> proof -> vault."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from emulator import ConductorSpec
from emulator.faults import Fault
from outcome import HostOutcome, Verdict
from tests.support.server_sites import Site, server_site
from vault.server import ServerDown
from vault.store import VaultReader

SPECS = [ConductorSpec("mm-1"), ConductorSpec("mm-2"), ConductorSpec("mm-old", profile="8.2")]
NAMES = {spec.name for spec in SPECS}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with server_site(tmp_path, SPECS, monkeypatch) as running:
        yield running


def verdicts(outcomes: Mapping[str, HostOutcome]) -> dict[str, str]:
    return {name: str(outcome.verdict) for name, outcome in outcomes.items()}


def codes(outcome: HostOutcome) -> list[str]:
    return [reason.code for reason in outcome.reasons]


@pytest.mark.parametrize("way", ["landing", "read_back"])
def test_backup_files_of_every_conductor_are_proven_and_taken_away(site: Site, way: str) -> None:
    outcomes = site.back_up(**getattr(site, way))
    assert verdicts(outcomes) == {"mm-1": "PASS", "mm-2": "PASS", "mm-old": "WARN"}
    assert codes(outcomes["mm-old"]) == ["name-not-honoured"]
    assert site.landed == []
    for device in site.project.fleet:
        pushed = {len(transfer.content): transfer.content for transfer in device.pushed}
        for kind in ("flash", "running-config"):
            content = site.content(device.spec.name, kind)
            assert pushed[len(content)] == content
    site.project.nothing_is_left()


@pytest.mark.parametrize("way", ["landing", "read_back"])
def test_backup_upload_cut_once_is_asked_for_again(site: Site, way: str) -> None:
    cut = Fault("scp", "cut", times=1, after=1000)
    site.project.fleet.conductor("mm-1").faults.add(cut)
    outcomes = site.back_up(**getattr(site, way))
    assert verdicts(outcomes)["mm-1"] == "PASS"
    assert site.landed == []


def test_backup_upload_always_cut_fails_and_leaves_no_rest(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.project.fleet.conductor("mm-1").faults.add(Fault("scp", "cut", after=1000))
    with caplog.at_level(logging.DEBUG):
        outcomes = site.back_up(**site.landing)
    assert "asking once more" in caplog.text
    assert site.account.password not in caplog.text + str(outcomes)
    assert verdicts(outcomes) == {"mm-1": "FAIL", "mm-2": "PASS", "mm-old": "WARN"}
    assert codes(outcomes["mm-1"]) == ["transfer-cut"]
    assert "the device gave up" in outcomes["mm-1"].reasons[0].text
    assert site.landed == []


def test_backup_archive_short_though_the_device_says_sent_fails_the_proof(site: Site) -> None:
    short = Fault("flash_backup", "truncated")
    site.project.fleet.conductor("mm-2").faults.add(short)
    outcomes = site.back_up(**site.read_back)
    assert codes(outcomes["mm-2"]) == ["archive-damaged"]
    assert outcomes["mm-2"].generation == ""


def test_backup_success_words_without_a_file_fail(site: Site) -> None:
    site.project.fleet.conductor("mm-1").faults.add(Fault("scp", "silent"))
    outcomes = site.back_up(**site.landing)
    assert codes(outcomes["mm-1"]) == ["not-received"]
    assert verdicts(outcomes)["mm-2"] == "PASS"


def test_backup_lost_answer_takes_the_file_once_it_stands_still(site: Site) -> None:
    site.project.fleet.conductor("mm-1").faults.add(Fault("copy_flash_scp", "lost-answer", times=1))
    outcomes = site.back_up(**site.landing)
    assert verdicts(outcomes)["mm-1"] == "PASS"
    assert site.landed == []


def test_backup_with_nobody_to_look_is_a_warning_and_no_generation(site: Site) -> None:
    outcomes = site.back_up()
    assert {outcome.verdict for outcome in outcomes.values()} == {Verdict.WARN}
    for name, outcome in outcomes.items():
        assert codes(outcome)[-1] == "unverified"
        assert (outcome.generation, outcome.artefacts) == ("", ())
        assert VaultReader(site.project.project.vault).latest(name) is None
    assert len(site.landed) == 2 * len(NAMES)


def test_backup_nobody_looks_and_the_device_cannot_send_fails(site: Site) -> None:
    site.project.fleet.conductor("mm-1").faults.add(Fault("scp", "cut", after=10))
    site.project.fleet.conductor("mm-2").faults.add(Fault("copy_flash_scp", "lost-answer"))
    outcomes = site.back_up()
    assert [verdicts(outcomes)[name] for name in ("mm-1", "mm-2")] == ["FAIL", "FAIL"]
    assert codes(outcomes["mm-2"]) == ["not-received"]


def test_backup_files_to_be_kept_on_the_server_stay(site: Site) -> None:
    outcomes = site.back_up(**site.landing, remove=False)
    assert verdicts(outcomes)["mm-1"] == "PASS"
    assert len(site.landed) == 2 * len(NAMES)
    assert any(name.startswith("mm-1-") for name in site.landed)


def test_open_run_landing_folder_missing_contacts_nobody(site: Site) -> None:
    with pytest.raises(ServerDown, match="landing folder"):
        site.back_up(landing_folder=str(site.account.home / "absent"))
    assert all(device.logins == 0 for device in site.project.fleet)


def test_open_run_other_host_key_contacts_nobody(site: Site) -> None:
    account = site.read_back["read_back"] | {"host_key_fingerprint": "SHA256:" + "A" * 43}
    with pytest.raises(ServerDown, match="nothing was sent"):
        site.back_up(read_back=account)
    assert all(device.logins == 0 for device in site.project.fleet)
