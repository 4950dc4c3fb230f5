from __future__ import annotations

import gzip
import hashlib
import io
import random
import subprocess
import tarfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import archives as a
from tests.vault.proof.corpus import Case, cases, our_verdict
from vault.proof import (
    ArchiveDamaged,
    ArchiveNotOne,
    ArchiveProof,
    ArchiveRejected,
    ArchiveUnsafe,
    Limits,
    Member,
    SourceUnreadable,
    prove_archive,
    read_members,
)

TREE = a.tar(a.small_tree(), record=512)
GOOD = a.gz(TREE)


def prove(data: bytes, **limits: object) -> ArchiveProof:
    return prove_archive(io.BytesIO(data), limits=Limits(**limits))  # type: ignore[arg-type]


def refusal(data: bytes, **limits: object) -> ArchiveRejected:
    with pytest.raises(ArchiveRejected) as caught:
        prove(data, **limits)
    return caught.value


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.kind}: {case.name}")
def test_prove_archive_corpus_judged_with_its_reason(case: Case) -> None:
    assert our_verdict(case.data) == (case.reason or "accepts")


@pytest.mark.parametrize(
    "case", [case for case in cases() if case.reason], ids=lambda case: case.name
)
def test_prove_archive_refused_still_tells_size_and_hash(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(case.data)
    with pytest.raises(ArchiveRejected) as caught:
        prove_archive(path)
    assert caught.value.size == len(case.data)
    assert caught.value.sha256 == hashlib.sha256(case.data).hexdigest()
    assert 0 <= caught.value.offset <= len(case.data)
    assert str(caught.value).isprintable()
    assert str(caught.value).isascii()


@pytest.mark.parametrize(
    "case", [case for case in cases() if not case.reason], ids=lambda c: c.name
)
def test_prove_archive_legal_members_are_those_tarfile_reads(case: Case, tmp_path: Path) -> None:
    listing = tmp_path / "members.jsonl.gz"
    with listing.open("wb") as file:
        proof = prove_archive([case.data], members_to=file)
    ours = list(read_members(listing))
    assert proof.members == len(ours)
    assert proof.newest_mtime == max(member.mtime for member in ours)
    assert [_known(member) for member in ours] == list(_read_by_tarfile(case.data))


def _known(member: Member) -> tuple[str, int, str]:
    return member.name, member.size, member.sha256


def _read_by_tarfile(data: bytes) -> Iterator[tuple[str, int, str]]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data)), mode="r:") as archive:
        for member in archive:
            name = "/".join(part for part in member.name.split("/") if part not in ("", ".")) or "."
            contents = archive.extractfile(member) if member.isreg() else None
            digest = hashlib.sha256(contents.read()).hexdigest() if contents else ""
            yield name, member.size, digest


def test_prove_archive_good_counts_what_is_inside() -> None:
    proof = prove(GOOD)
    assert proof == ArchiveProof(
        size=len(GOOD),
        sha256=hashlib.sha256(GOOD).hexdigest(),
        unpacked_size=len(TREE),
        gzip_members=1,
        members=7,
        files=3,
        dirs=2,
        links=2,
        newest_mtime=a.MTIME,
    )


@pytest.mark.parametrize("length", [1, 7, 512, 100000])
def test_prove_archive_any_kind_of_source_gives_the_same(length: int, tmp_path: Path) -> None:
    data = a.gz(TREE[:1000]) + a.gz(TREE[1000:]) + bytes(700)
    path = tmp_path / "archive"
    path.write_bytes(data)
    pieces = [data[at : at + length] for at in range(0, len(data), length)]
    with path.open("rb") as file:
        assert prove_archive(path) == prove_archive(file) == prove_archive([b"", *pieces, b""])


def test_prove_archive_gzip_damage_explains_a_broken_tar() -> None:
    stored = a.gz(TREE, level=0)
    error = refusal(a.flip(stored, 8 * 20))
    assert error.reason == "checksum"


def test_prove_archive_messages_say_where() -> None:
    assert str(refusal(GOOD[:-3])) == f"truncated at byte {len(GOOD) - 3}"
    assert str(refusal(GOOD + b"x")) == f"data after end of archive at byte {len(GOOD)}"
    assert str(refusal(a.gz(a.tar(a.file(b"../x"))))) == 'unsafe name "../x"'
    assert str(refusal(b"<html></html>")) == "not gzip: looks like HTML"
    tail = refusal(a.gz(TREE + b"x" * 512))
    assert str(tail) == f"data after end of archive at byte {len(TREE)} of the unpacked data"
    assert tail.unpacked_offset == len(TREE)


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (GOOD[:-3], ArchiveDamaged, "archive-damaged"),
        (a.gz(a.tar(a.file(b"../x"))), ArchiveUnsafe, "archive-unsafe"),
        (b"<html></html>", ArchiveNotOne, "wrong-content"),
    ],
)
def test_prove_archive_refusal_carries_its_code(
    data: bytes, kind: type[ArchiveRejected], code: str
) -> None:
    error = refusal(data)
    assert type(error) is kind
    assert error.code == code


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"compressed": 100}, "too-large"),
        ({"unpacked": 2000}, "bomb"),
        ({"ratio": 2.0, "ratio_from": 0}, "bomb"),
        ({"members": 6}, "too-many-members"),
        ({"name_length": 10}, "name-too-long"),
    ],
)
def test_prove_archive_beyond_a_limit_refused(limits: dict[str, object], reason: str) -> None:
    assert refusal(GOOD, **limits).reason == reason


def test_prove_archive_at_its_limits_passes() -> None:
    at_limits = Limits(
        compressed=len(GOOD), unpacked=len(TREE), members=7, name_length=20, ratio=20, ratio_from=0
    )
    assert prove_archive([GOOD], limits=at_limits).members == 7


def test_prove_archive_sparse_segments_beyond_the_limit_refused() -> None:
    data = a.gz(a.tar(a.gnu_sparse([(1024 * n, 8) for n in range(20)], 20480, b"x" * 160)))
    assert prove(data).files == 1
    assert refusal(data, sparse_segments=19).reason == "bomb"


def test_prove_archive_too_large_path_hashed_but_endless_stream_not(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    path.write_bytes(GOOD)
    with pytest.raises(ArchiveUnsafe) as caught:
        prove_archive(path, limits=Limits(compressed=100))
    assert caught.value.sha256 == hashlib.sha256(GOOD).hexdigest()

    def endless() -> Iterator[bytes]:
        yield GOOD
        while True:
            yield bytes(4096)

    with pytest.raises(ArchiveUnsafe) as caught:
        prove_archive(endless(), limits=Limits(compressed=100_000))
    assert caught.value.sha256 == ""


@pytest.mark.parametrize("target", [b"/mnt/disk1/image", b"../../out", b"a/../../b"])
def test_prove_archive_links_out_only_where_allowed(target: bytes) -> None:
    data = a.gz(a.tar(a.link(b"link", target)))
    assert refusal(data).reason == "unsafe-link"
    assert prove(data, allow_links_out=True).links == 1


def test_prove_archive_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="cannot open"):
        prove_archive(tmp_path / "gone")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_prove_archive_device_without_end_is_refused(device: str) -> None:
    with pytest.raises(SourceUnreadable, match=f"{device}: it is a device, not a file"):
        prove_archive(Path(device))


def test_prove_archive_failing_disk_says_where() -> None:
    def failing() -> Iterator[bytes]:
        yield GOOD[:100]
        raise OSError(5, "Input/output error")

    with pytest.raises(SourceUnreadable, match="byte 100: Input/output error"):
        prove_archive(failing())


def test_prove_archive_memory_stays_while_the_archive_grows() -> None:
    noise = random.Random(2).randbytes(1 << 20)
    packed = a.gz(noise, level=1)

    def stream(megabytes: int) -> Iterator[bytes]:
        yield a.gz(a.header(b"big", size=megabytes << 20))
        for _ in range(megabytes):
            yield packed
        yield a.gz(bytes(1024))

    def peak(megabytes: int) -> int:
        tracemalloc.start()
        assert prove_archive(stream(megabytes)).files == 1
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    small, large = peak(4), peak(64)
    assert large < small + (1 << 20)
    assert large < 8 << 20


@pytest.mark.parametrize("form", ["v7", "oldgnu", "gnu", "ustar", "posix"])
def test_prove_archive_made_by_tar_passes(form: str, tmp_path: Path) -> None:
    tree = tmp_path / "flash"
    _make_tree(tree, long_names=form in ("gnu", "oldgnu", "posix"))
    options = ["-S"] if form in ("oldgnu", "gnu", "posix") else []
    path = tmp_path / "flash.tar.gz"
    command = ["tar", *options, f"--format={form}", "-czf", str(path), "-C", str(tree), "."]
    subprocess.run(command, check=True, capture_output=True)
    proof = prove_archive(path)
    assert proof.files == (4 if form in ("gnu", "oldgnu", "posix") else 3)
    assert proof.links == 2


def _make_tree(tree: Path, *, long_names: bool) -> None:
    (tree / "config").mkdir(parents=True)
    (tree / "config/default.cfg").write_text("version 8.10\n" * 100)
    (tree / "config/empty").touch()
    (tree / "config/active").symlink_to("default.cfg")
    (tree / "hard").hardlink_to(tree / "config/default.cfg")
    with (tree / "sparse").open("wb") as file:
        for at in range(10):
            file.seek(at << 20)
            file.write(b"data")
    if long_names:
        (tree / ("n" * 200)).write_text("long")


def test_prove_archive_packed_by_gzip_with_its_name_passes(tmp_path: Path) -> None:
    path = tmp_path / "flash.tar"
    path.write_bytes(TREE)
    subprocess.run(["gzip", str(path)], check=True)
    assert prove_archive(path.with_suffix(".tar.gz")).members == 7


def test_prove_archive_stream_with_a_large_file_not_taken_for_a_bomb() -> None:
    """The header of a file comes long before the bytes that justify its size."""
    data = random.Random(4).randbytes(3 << 20)
    packed = a.gz(a.tar(a.file(data=data)), level=1)
    pieces = [packed[at : at + 1000] for at in range(0, len(packed), 1000)]
    assert prove_archive(iter(pieces), limits=Limits(ratio=2, ratio_from=1000)).files == 1


def test_prove_archive_stream_with_large_holes_refused_before_they_are_hashed() -> None:
    hole = a.gz(a.tar(a.gnu_sparse([(0, 512)], 0o77777777777, bytes(512))))
    with pytest.raises(ArchiveUnsafe, match="zip bomb"):
        prove_archive(iter([hole]))
