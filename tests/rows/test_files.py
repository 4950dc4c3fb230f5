"""Rows 6, 7, 12, 14, 18 and 24 of what a run survives: what lies on flash, and what arrives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fault
from emulator.spec import FlashSpec
from tests.support.rows import BAD, CONTENT, trouble


@pytest.mark.parametrize("step", ["flash_backup", "copy_running_flash"])
@pytest.mark.parametrize("kind", ["late", "lost-answer"])
def test_row_06_answer_that_comes_too_late_is_looked_for_and_not_repeated(
    tmp_path: Path, step: str, kind: str
) -> None:
    late = {"seconds": 60.0} if kind == "late" else {}
    fault = Fault(step, kind, **late)  # type: ignore[arg-type]
    with trouble(tmp_path, fault, data={"backup_timeout": 4}) as it:
        assert it.run().verdicts[BAD] == "PASS"
        assert it.asked(step) <= 1, "an answer under way is not in the log yet"
        it.flashes_are_clean()


def test_row_06_answer_before_the_archive_is_whole_is_caught_in_the_proof(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("flash_backup", "early", seconds=60)) as it:
        it.fails("archive-damaged")


def test_row_06_file_that_comes_after_everything_is_removed_by_the_next_run(
    tmp_path: Path,
) -> None:
    data = {"backup_timeout": 1}
    with trouble(tmp_path, Fault("flash_backup", "hang", times=1, seconds=4), data=data) as it:
        ended = it.run()
        assert ended.codes(BAD) == ["timeout", "left-over"]
        it.device.stop.wait(4)
        assert [n for n in it.device.flash if n.startswith("bk-")], "it came all the same"
        assert it.run().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


@pytest.mark.parametrize("kind", ["name-ignored", "name-renamed", "name-misnamed", "name-rejected"])
def test_row_07_name_not_honoured_is_a_warning(tmp_path: Path, kind: str) -> None:
    with trouble(tmp_path, Fault("flash_backup", kind)) as it:  # type: ignore[arg-type]
        ended = it.run()
        assert ended.code == 0
        assert ended.codes(BAD) == ["name-not-honoured"]
        it.flashes_are_clean()


def test_row_12_upload_cut_once_is_pushed_again_without_a_new_archive(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("scp", "cut", times=1, skip=1)) as it:
        assert it.run().verdicts[BAD] == "PASS"
        assert (it.asked("flash_backup"), it.asked("copy_flash_scp")) == (1, 3)


def test_row_12_upload_always_cut_leaves_the_last_good_untouched(tmp_path: Path) -> None:
    with trouble(tmp_path) as it:
        it.run()
        before = it.project.generation(BAD)
        it.device.inject(Fault("scp", "cut", after=5000))
        it.fails("transfer-cut", "device-error")
        assert it.project.generation(BAD) == before
        assert list((it.vault / "staging").rglob("*.part")) == []


def test_row_14_file_of_last_week_is_not_sent_as_that_of_today(tmp_path: Path) -> None:
    old = {"bk-20260101T000000Z-0000-flash.tar.gz": 5000, "flashbackup.tar.gz": 5000}
    spec = ConductorSpec(BAD, content=CONTENT, flash=FlashSpec(files=old))
    with trouble(tmp_path, spec=spec) as it:
        assert it.run().verdicts[BAD] == "PASS"
        names = [pushed.name for pushed in it.device.pushed]
        assert not set(names) & set(old)
        assert set(old) <= set(it.device.flash), "what this run did not make stays"


def test_row_18_clean_up_that_fails_is_a_warning_and_tried_again_by_name(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("delete_file_ssh_hosts", "fail", text="Not now")) as it:
        ended = it.run()
        assert ended.code == 0
        assert ended.codes(BAD) == ["left-over"]
        left = set(ended.row(BAD)["left_over"])
        assert left == {name for name in it.device.flash if name.startswith("bk-")}
        it.device.clear_faults()
        assert it.run().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("copy_running_flash", "foreign"), "wrong-content"),
        (Fault("copy_running_flash", "error-text"), "config-incomplete"),
        (Fault("copy_running_flash", "html-file"), "wrong-content"),
        (Fault("copy_running_flash", "no-end"), "config-incomplete"),
        (Fault("flash_backup", "truncated"), "archive-damaged"),
        (Fault("flash_backup", "corrupted"), "archive-damaged"),
        (Fault("scp", "other-file"), "config-incomplete"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_row_24_whole_but_wrong_is_quarantined_and_the_last_good_stays_latest(
    tmp_path: Path, fault: Fault, code: str
) -> None:
    with trouble(tmp_path) as it:
        it.run("--host", BAD)
        before = it.project.generation(BAD)
        it.device.inject(fault)
        ended = it.fails(code, "wrong-content", "config-incomplete")
        assert it.project.generation(BAD) == before
        [kept] = (it.vault / "quarantine" / BAD).iterdir()
        reason = json.loads((kept / "reason.json").read_text())
        assert reason["code"] == ended.codes(BAD)[0]


@pytest.mark.parametrize("kind", ["shrunk", "bloated"])
def test_row_24_other_size_than_usual_is_a_warning_with_the_numbers(
    tmp_path: Path, kind: str
) -> None:
    with trouble(tmp_path) as it:
        it.run("--host", BAD)
        it.device.inject(Fault("copy_running_flash", kind))  # type: ignore[arg-type]
        ended = it.run()
        assert ended.codes(BAD)[0] == "size-changed"
        assert "% " in it.text(ended)
