from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from emulator import ConductorSpec
from emulator.archive import ArchiveStore

ONE = ConductorSpec("mm1").identity
TWO = ConductorSpec("mm2").identity


def _archive(size: int, seed: int = 1) -> bytes:
    return b"".join(ArchiveStore().build("flash", seed=seed, size=size, identity=ONE))


@pytest.mark.parametrize("size", [60_000, 200_000, 1_000_000, 5_000_000])
def test_archive_reaches_its_size_within_three_per_cent(size: int) -> None:
    assert abs(len(_archive(size)) - size) < 0.03 * size


def test_archive_opens_whole_and_holds_hundreds_of_members() -> None:
    content = _archive(400_000)

    plain = gzip.decompress(content)
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        members = archive.getmembers()

    assert len(members) > 200
    assert len({member.name for member in members}) == len(members)
    assert plain.endswith(bytes(1024))
    assert len(plain) % 10240 == 0


def test_archive_is_one_gzip_member() -> None:
    content = _archive(100_000)

    assert content.count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03") == 1


def test_archive_names_the_device() -> None:
    with tarfile.open(fileobj=io.BytesIO(_archive(100_000))) as archive:
        member = archive.extractfile("./config/device-identity.txt")
        assert member is not None
        text = member.read().decode()

    assert f"hostname mm1\nmac {ONE.mac}\nserial {ONE.serial}\n" in text


def test_archive_is_reproducible_and_differs_by_seed() -> None:
    assert _archive(100_000) == _archive(100_000)
    assert _archive(100_000) != _archive(100_000, seed=2)


def test_archives_of_two_devices_share_their_big_part() -> None:
    store = ArchiveStore()

    one = store.build("flash", seed=1, size=500_000, identity=ONE)
    two = store.build("flash", seed=1, size=500_000, identity=TWO)

    assert one[1] is two[1]
    assert one != two


def test_config_archive_is_smaller_in_members() -> None:
    content = b"".join(ArchiveStore().build("config", seed=1, size=60_000, identity=ONE))

    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        assert 10 < len(archive.getnames()) < 60
