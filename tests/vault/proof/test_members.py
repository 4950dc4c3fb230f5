from __future__ import annotations

import gzip
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.support import archives as a
from vault.proof import Member, MembersUnreadable, diff_members, prove_archive, read_members
from vault.proof.members import MembersWriter

FILE = Member("config/default.cfg", "file", 5, a.MTIME, 0o644, "", "ab" * 32)
LINK = Member("config/active.cfg", "symlink", 0, a.MTIME, 0o777, "default.cfg")
ODD = Member("caf\udce9/Zürich", "dir", 0, -5, 0o755)


def written(*members: Member) -> bytes:
    file = io.BytesIO()
    with MembersWriter(file) as writer:
        for member in members:
            writer.add(member)
    return file.getvalue()


def test_members_writer_read_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "members.jsonl.gz"
    path.write_bytes(written(FILE, LINK, ODD))
    assert list(read_members(path)) == [FILE, LINK, ODD]


def test_members_writer_same_members_give_the_same_bytes() -> None:
    assert written(FILE, LINK) == written(FILE, LINK)
    assert written(FILE)[4:8] == bytes(4)


def test_members_writer_line_is_the_json_of_the_member() -> None:
    odd = replace(ODD, name='quote " back\\slash\n\x7f', target="\u2028", mode=0, size=2**40)
    lines = gzip.decompress(written(FILE, LINK, ODD, odd)).decode("ascii").splitlines()
    expected = [
        json.dumps(asdict(member), separators=(",", ":")) for member in (FILE, LINK, ODD, odd)
    ]
    assert lines == expected


def test_members_writer_many_members_one_line_each() -> None:
    members = [replace(FILE, name=f"file{number}") for number in range(1234)]
    lines = gzip.decompress(written(*members)).decode("ascii").splitlines()
    assert [json.loads(line)["name"] for line in lines] == [member.name for member in members]


def test_members_writer_refused_archive_leaves_a_closed_manifest() -> None:
    file = io.BytesIO()
    with pytest.raises(Exception, match="unsafe name"):
        prove_archive([a.gz(a.tar(a.file(), a.file(b"../x")))], members_to=file)
    assert len(gzip.decompress(file.getvalue()).splitlines()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-10],
        lambda data: b"no gzip",
        lambda data: a.flip(data, -64),
        lambda data: gzip.compress(b"{not json}\n"),
        lambda data: gzip.compress(b'{"name": "x"}\n'),
        lambda data: gzip.compress(b"[]\n"),
    ],
)
def test_read_members_damaged_manifest_refused(damage: object, tmp_path: Path) -> None:
    path = tmp_path / "members.jsonl.gz"
    path.write_bytes(damage(written(FILE, LINK)))  # type: ignore[operator]
    with pytest.raises(MembersUnreadable, match=r"members\.jsonl\.gz"):
        list(read_members(path))


def test_read_members_missing_manifest_refused(tmp_path: Path) -> None:
    with pytest.raises(MembersUnreadable):
        list(read_members(tmp_path / "gone"))


def test_diff_members_tells_added_removed_and_changed(tmp_path: Path) -> None:
    changed = replace(FILE, sha256="cd" * 32)
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_bytes(written(FILE, LINK))
    after.write_bytes(written(changed, ODD))
    diff = diff_members(before, after)
    assert diff.added == (ODD,)
    assert diff.removed == (LINK,)
    assert diff.changed == ((FILE, changed),)


def test_diff_members_new_time_alone_is_no_change() -> None:
    diff = diff_members([FILE], [replace(FILE, mtime=FILE.mtime + 1)])
    assert (diff.added, diff.removed, diff.changed) == ((), (), ())


@pytest.mark.parametrize(
    "change", [{"size": 6}, {"mode": 0o600}, {"kind": "hardlink"}, {"target": "x"}]
)
def test_diff_members_each_property_counts(change: dict[str, object]) -> None:
    changed = replace(FILE, **change)  # type: ignore[arg-type]
    assert diff_members([FILE], [changed]).changed == ((FILE, changed),)
