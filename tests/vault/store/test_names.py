from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from vault.store.errors import UnsafeName
from vault.store.names import (
    Layout,
    check_host,
    check_run,
    is_host,
    is_run,
    run_id_at,
    run_time,
    safe_file,
)


@pytest.mark.parametrize("name", ["mm1", "MM-Berlin_1.example.org", "1", "a" * 63, "console"])
def test_check_host_safe_name_is_returned(name: str) -> None:
    assert check_host(name) == name
    assert is_host(name)


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "-a", "_a", ".a", "a/b", "a\\b", "a\n", "a b", "a" * 64, "ä", "a:b", "a\0",
        "latest", "LATEST", "latest.txt", "con", "NUL", "aux.cfg", "com1", "LPT9.x", "a.",
    ],
)  # fmt: skip
def test_check_host_unsafe_name_is_refused(name: str) -> None:
    with pytest.raises(UnsafeName, match="cannot name a folder"):
        check_host(name)
    assert not is_host(name)


def test_unsafe_name_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="host name"):
        check_host("../x")


def test_run_id_at_other_zone_is_utc() -> None:
    zone = timezone(timedelta(hours=2))
    assert run_id_at(datetime(2026, 11, 23, 4, tzinfo=zone)) == "2026-11-23T020000Z"


def test_run_time_of_run_id_is_its_time() -> None:
    assert run_time("2026-11-23T020000Z") == datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["", "2026-11-23", "2026-13-23T020000Z", "2026-11-23T020000Z\n", "2026-11-23T02:00:00Z",
     "../26-11-23T020000Z", "२०२६-11-23T020000Z", "2026-11-23T250000Z"],
)  # fmt: skip
def test_check_run_other_text_is_refused(name: str) -> None:
    with pytest.raises(UnsafeName):
        check_run(name)
    assert not is_run(name)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "", "reason.json", "CON", "x\n", "-rf", "a."])
def test_safe_file_unsafe_name_becomes_a_number(name: str) -> None:
    assert safe_file(name, 3) == "file-3"


def test_safe_file_safe_name_is_kept() -> None:
    assert safe_file("bk-20261123T020000Z-3f9c-flash.tar.gz", 1).startswith("bk-")


def test_layout_unsafe_parts_never_become_paths() -> None:
    layout = Layout(Path("/vault"))
    run = "2026-11-23T020000Z"
    for build in (layout.host, layout.latest, layout.identity):
        with pytest.raises(UnsafeName):
            build("..")
    for join in (layout.generation, lambda host, run: layout.staged(run, host)):
        with pytest.raises(UnsafeName):
            join("..", run)
        with pytest.raises(UnsafeName):
            join("mm1", "..")
    with pytest.raises(UnsafeName):
        layout.ledger("../x")
    with pytest.raises(UnsafeName):
        layout.quarantined("..", run, 1)
