from __future__ import annotations

from pathlib import Path

import pytest

from reporting.errors import ReportWriteError
from reporting.files import write_private


def test_write_private_new_file_is_for_the_owner_only(tmp_path: Path) -> None:
    write_private(tmp_path / "report", b"words")
    assert (tmp_path / "report").read_bytes() == b"words"
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_write_private_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"untouched")
    (tmp_path / "report").symlink_to("other")
    write_private(tmp_path / "report", b"words")
    assert (tmp_path / "other").read_bytes() == b"untouched"


def test_write_private_missing_folder_is_an_error_with_the_path(tmp_path: Path) -> None:
    with pytest.raises(ReportWriteError, match="missing/report not written: No such file"):
        write_private(tmp_path / "missing" / "report", b"words")


def test_write_private_folder_in_the_way_leaves_no_part_file(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    with pytest.raises(ReportWriteError):
        write_private(tmp_path / "report", b"words")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_write_private_is_private_where_the_older_file_was_not(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"words", like_before=True)
    assert path.stat().st_mode & 0o777 == 0o644
    write_private(path, b"words")
    assert path.stat().st_mode & 0o777 == 0o600
