from __future__ import annotations

import io
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from emulator import ConductorSpec, ContentSpec, Fault, FlashSpec, Fleet
from emulator.fault_kinds import FaultKind, kinds_where
from emulator.objects import NAME_KINDS
from emulator.steps import STRIKES
from emulator.storing import STORING_KINDS
from tests.emulator.conftest import Start
from tests.support.emulated import Client, ScpServer, push

IDENTITY = "./config/device-identity.txt"


def _status(reply: dict[str, Any]) -> int:
    status = reply["_global_result"]["status"]
    assert isinstance(status, int)
    return status


def _backed_up(start: Start, kind: FaultKind, **parameters: Any) -> tuple[bytes, bytes]:
    """Return the archive that the fault left and one without it."""
    client = start(faults=(Fault("flash_backup", kind, times=1, **parameters),))
    for name in ("bad", "good"):
        assert _status(client.post("flash_backup", backup_flash="flash", filename=name)) == 0
    return client.conductor.flash["bad.tar.gz"], client.conductor.flash["good.tar.gz"]


def _copied(start: Start, kind: FaultKind, **parameters: Any) -> tuple[str, str]:
    """Return the configuration that the fault left and one without it."""
    client = start(faults=(Fault("copy_running_flash", kind, times=1, **parameters),))
    for name in ("bad", "good"):
        assert _status(client.post("copy_running_flash", filename=name)) == 0
    flash = client.conductor.flash
    return flash["bad"].decode(errors="replace"), flash["good"].decode()


def _identity(archive: bytes) -> str:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        member = opened.extractfile(IDENTITY)
        assert member is not None
        return member.read().decode()


def test_storing_covers_every_kind_of_a_file() -> None:
    kinds = kinds_where("flash_backup", "tar_flash", "copy_running_flash")

    assert kinds - STRIKES.keys() == STORING_KINDS | NAME_KINDS


def test_archive_corrupted_has_one_bit_wrong(start: Start) -> None:
    bad, good = _backed_up(start, "corrupted", after=5000)

    assert [i for i in range(len(good)) if bad[i] != good[i]] == [5000]
    assert len(bad) == len(good)
    assert (bad[5000] ^ good[5000]).bit_count() == 1


def test_archive_corrupted_without_a_place_is_wrong_in_the_middle(start: Start) -> None:
    bad, good = _backed_up(start, "corrupted")

    assert bad[len(good) // 2] != good[len(good) // 2]


def test_archive_empty_has_no_bytes(start: Start) -> None:
    assert _backed_up(start, "empty-file")[0] == b""


@pytest.mark.parametrize(("kind", "factor"), [("shrunk", 0.25), ("bloated", 4.0)])
def test_archive_of_another_size_is_whole_and_the_devices_own(
    start: Start, kind: FaultKind, factor: float
) -> None:
    bad, good = _backed_up(start, kind)

    assert len(bad) == pytest.approx(factor * len(good), rel=0.1)
    assert _identity(bad) == _identity(good)


def test_archive_foreign_is_whole_and_another_devices(start: Start) -> None:
    bad, good = _backed_up(start, "foreign")

    assert "hostname mm1-other" in _identity(bad)
    assert not set(_identity(bad).splitlines()[:3]) & set(_identity(good).splitlines()[:3])


def test_archive_stale_has_the_same_bytes_and_an_older_time(start: Start) -> None:
    bad, good = _backed_up(start, "stale")
    client = start(faults=(Fault("flash_backup", "stale", seconds=3600.0),))

    client.post("flash_backup", backup_flash="flash", filename="old")

    assert bad == good
    age = client.conductor.now() - client.conductor.disk.get("old.tar.gz").modified
    assert 3600 <= age.total_seconds() < 3700
    dated = client.post("list_sorted_dir", dir_sorted="date")["_global_result"]["status_str"]
    assert dated.splitlines()[0].endswith("old.tar.gz")


def test_archive_stale_of_a_device_with_fresh_ones_is_the_last_once_more(start: Start) -> None:
    client = start(
        content=ContentSpec(fresh=True), faults=(Fault("flash_backup", "stale", skip=2, times=1),)
    )
    for name in "abcd":
        client.post("flash_backup", backup_flash="flash", filename=name)

    one, two, stale, three = (client.conductor.flash[f"{name}.tar.gz"] for name in "abcd")
    assert len({one, two, three}) == 3
    assert stale == two


def test_archive_early_grows_after_the_answer(start: Start) -> None:
    client = start(faults=(Fault("flash_backup", "early", seconds=3600.0, times=1),))

    reply = client.post("flash_backup", backup_flash="flash", filename="bad")
    client.post("flash_backup", backup_flash="flash", filename="good")

    assert _status(reply) == 0
    flash = client.conductor.flash
    assert len(flash["bad.tar.gz"]) < len(flash["good.tar.gz"]) // 10
    assert flash["good.tar.gz"].startswith(flash["bad.tar.gz"])


def test_archive_early_is_complete_in_the_end(start: Start) -> None:
    client = start(faults=(Fault("flash_backup", "early", seconds=0.3, times=1),))
    client.post("flash_backup", backup_flash="flash", filename="bad")
    client.post("flash_backup", backup_flash="flash", filename="good")
    deadline = time.monotonic() + 20

    while client.conductor.flash["bad.tar.gz"] != client.conductor.flash["good.tar.gz"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_archive_early_pushed_at_once_arrives_short(start: Start, scp_server: ScpServer) -> None:
    early = Fault("flash_backup", "early", seconds=3600.0)
    client = start(scp_port=scp_server.port, faults=(early,))
    client.post("flash_backup", backup_flash="flash", filename="bad")

    assert _status(push(client, scp_server, "bad.tar.gz")) == 0

    assert (scp_server.folder / "bad.tar.gz").stat().st_size < 100_000


@pytest.mark.parametrize("step", ["flash_backup", "tar_flash"])
def test_archive_when_flash_runs_full_leaves_a_part(start: Start, step: str) -> None:
    client = start(faults=(Fault(step, "flash-full", after=999),))

    reply = client.post(step, backup_flash="flash", filename="flash")

    assert _status(reply) == 1
    assert "No space left on device" in reply["_global_result"]["status_str"]
    assert len(client.conductor.flash["flash.tar.gz"]) == 999


def test_archive_bloated_beyond_the_flash_is_refused(start: Start) -> None:
    client = start(
        flash=FlashSpec(size_mb=2, used_mb=1),
        content=ContentSpec(archive_bytes=400_000),
        faults=(Fault("flash_backup", "bloated", times=1),),
    )

    assert _status(client.post("flash_backup", backup_flash="flash", filename="a")) == 1
    assert "a.tar.gz" not in client.conductor.flash
    assert _status(client.post("flash_backup", backup_flash="flash", filename="a")) == 0


@pytest.mark.parametrize(
    ("kind", "told"),
    [("name-ignored", None), ("name-renamed", "flashbackup"), ("name-misnamed", "a")],
)
def test_name_not_honoured_uses_the_default(
    start: Start, kind: FaultKind, told: str | None
) -> None:
    client = start(faults=(Fault("flash_backup", kind, times=1),))

    reply = client.post("flash_backup", backup_flash="flash", filename="a")

    assert reply["flash_backup"].get("filename") == told
    assert "flashbackup.tar.gz" in client.conductor.flash
    assert "a.tar.gz" not in client.conductor.flash
    client.post("flash_backup", backup_flash="flash", filename="a")
    assert "a.tar.gz" in client.conductor.flash


def test_name_rejected_fails(start: Start) -> None:
    client = start(faults=(Fault("flash_backup", "name-rejected"),))

    assert _status(client.post("flash_backup", backup_flash="flash", filename="a")) == 1
    assert _status(client.post("flash_backup", backup_flash="flash")) == 0


def test_config_foreign_names_another_device(start: Start) -> None:
    bad, good = _copied(start, "foreign")

    assert 'hostname "mm1-other"' in bad
    assert bad.splitlines()[-1] == good.splitlines()[-1] == "end"


def test_config_error_text_holds_nothing_else(start: Start) -> None:
    assert _copied(start, "error-text", text="Error: try later")[0] == "Error: try later\n"


def test_config_html_file_is_a_page(start: Start) -> None:
    assert _copied(start, "html-file")[0].startswith("<!DOCTYPE html>")


def test_config_without_end_is_otherwise_whole(start: Start) -> None:
    bad, good = _copied(start, "no-end")

    assert f"{bad}end\n" == good


def test_config_shrunk_is_whole_but_short(start: Start) -> None:
    bad, good = _copied(start, "shrunk")

    assert 0.15 < len(bad) / len(good) < 0.3
    assert bad.endswith("!\nend\n")
    assert good.startswith(bad.removesuffix("end\n"))


def test_config_bloated_is_whole_but_long(start: Start) -> None:
    bad, good = _copied(start, "bloated")

    assert len(bad) == pytest.approx(4 * len(good), rel=0.02)
    assert bad.splitlines().count("end") == 1
    assert bad.endswith("end\n")


@pytest.mark.parametrize("kind", ["truncated", "corrupted", "empty-file"])
def test_config_damaged_differs_from_the_good_one(start: Start, kind: FaultKind) -> None:
    bad, good = _copied(start, kind)

    assert bad != good


def test_config_stale_and_early_are_written_as_archives_are(start: Start) -> None:
    client = start(
        faults=(
            Fault("copy_running_flash", "stale", times=1),
            Fault("copy_running_flash", "early", seconds=3600.0),
        )
    )
    client.post("copy_running_flash", filename="old")
    client.post("copy_running_flash", filename="short")

    assert client.conductor.disk.get("old").modified < client.conductor.disk.get("short").modified
    assert len(client.conductor.flash["short"]) < len(client.conductor.flash["old"]) // 2


def test_config_when_flash_runs_full_leaves_a_part(start: Start) -> None:
    client = start(faults=(Fault("copy_running_flash", "flash-full"),))

    assert _status(client.post("copy_running_flash", filename="part")) == 1
    assert len(client.conductor.flash["part"]) > 0


def test_storing_strikes_one_conductor_and_spares_the_other(tmp_path: Path) -> None:
    specs = [
        ConductorSpec(name, address="127.0.0.1", port=0, faults=faults)
        for name, faults in (("a", (Fault("flash_backup", "empty-file"),)), ("b", ()))
    ]
    with Fleet(specs) as fleet:
        for name in ("a", "b"):
            client = Client(fleet, name)
            client.login()
            client.post("flash_backup", backup_flash="flash", filename="x")
            client.http.close()
        assert fleet.conductor("a").flash["x.tar.gz"] == b""
        assert fleet.conductor("b").flash["x.tar.gz"] != b""
