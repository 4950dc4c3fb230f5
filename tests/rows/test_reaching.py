"""Rows 1 to 5, 8 to 11 and 16 of what a run survives: the way to the conductor, and its state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fault
from emulator.knobs import PROFILES
from emulator.spec import FlashSpec
from tests.support.projects import write_yaml
from tests.support.rows import BAD, CONTENT, QUICK, trouble


@pytest.mark.parametrize(
    ("kind", "code"), [("refuse", "unreachable"), ("tls-other-ca", "tls-failed")]
)
def test_row_01_unreachable_or_untrusted_fails_and_the_others_go_on(
    tmp_path: Path, kind: str, code: str
) -> None:
    with trouble(tmp_path, Fault("connect", kind)) as it:  # type: ignore[arg-type]
        ended = it.fails(code)
        assert ended.row(BAD)["seconds"] < 15
        assert it.device.logins == 0


def test_row_01_unreachable_for_a_moment_passes(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("connect", "refuse", times=1), data={"retry_seconds": 6}) as it:
        assert it.run().verdicts[BAD] == "PASS"


def test_row_01_unreachable_name_without_address_fails(tmp_path: Path) -> None:
    with trouble(tmp_path) as it:
        hosts = it.project.project.hosts
        address = f"hostname: {it.device.address}\n"
        hosts.write_text(hosts.read_text().replace(address, "hostname: nowhere.invalid\n"))
        it.fails("name-unresolved")


def test_row_02_wrong_password_is_tried_once(tmp_path: Path) -> None:
    with trouble(tmp_path) as it:
        wrong = it.project.environment() | {"AOS8_PASSWORD_MM_BAD": "wrong"}
        ended = it.run(environment=wrong)
        assert ended.codes(BAD) == ["login-refused"]
        assert it.asked("login") == 1


def test_row_02_wrong_password_is_tried_once_though_files_are_left_over(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("delete_file_ssh_hosts", "error")) as it:
        assert it.run("--host", BAD).codes(BAD) == ["left-over"]
        it.device.clear_faults()
        wrong = it.project.environment() | {"AOS8_PASSWORD_MM_BAD": "wrong"}
        ended = it.run(environment=wrong)
        assert ended.codes(BAD) == ["login-refused", "left-over"]
        assert it.asked("login") == 2
        assert it.run().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


def test_row_02_password_refused_by_the_first_is_not_tried_on_all(tmp_path: Path) -> None:
    with trouble(tmp_path) as it:
        for device in it.project.fleet:
            device.inject(Fault("login", "refuse-login"))
        write_yaml(it.project.project.hosts, _more_hosts(it.project.project.hosts.read_text()))
        ended = it.project.runbook("--workers", "1")
        assert {code for host in ended.verdicts for code in ended.codes(host)} == {"login-refused"}
        assert len([r for r in it.project.requests() if r["path"].endswith("/login")]) == 3


def _more_hosts(text: str) -> dict[str, object]:
    from ruamel.yaml import YAML

    hosts: dict[str, object] = dict(YAML(typ="safe").load(text))
    more = {f"mm-more-{n}": {"hostname": f"127.0.200.{n}", "port": 9} for n in range(1, 6)}
    return hosts | more


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("flash_backup", "error"), "device-error"),
        (Fault("copy_running_flash", "fail-nested", text="No such module"), "device-error"),
        (Fault("flash_backup", "html"), "session-expired"),
        (Fault("flash_backup", "empty"), "bad-reply"),
        (Fault("flash_backup", "pretend"), "archive-missing"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_row_03_success_that_is_none_fails_with_the_words(
    tmp_path: Path, fault: Fault, code: str
) -> None:
    with trouble(tmp_path, fault) as it:
        ended = it.fails(code)
        words = {"error": "Internal failure", "fail-nested": "No such module"}
        assert words.get(fault.kind, "") in it.text(ended)


def test_row_04_session_table_full_for_a_moment_logs_in_once_more(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("login", "session-full", times=1)) as it:
        assert it.run().verdicts[BAD] == "PASS"
        assert it.asked("login") == 2


def test_row_04_session_table_full_fails_with_that_reason(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("login", "session-full")) as it:
        it.fails("session-limit")
        assert it.asked("login") == 2


@pytest.mark.parametrize("step", ["show", "copy_running_flash", "copy_flash_scp"])
def test_row_04_session_expired_in_the_middle_is_renewed_once(tmp_path: Path, step: str) -> None:
    with trouble(tmp_path, Fault(step, "expired", times=1)) as it:
        assert it.run().verdicts[BAD] == "PASS"
        assert it.asked("login") == 2
        it.flashes_are_clean()


def test_row_05_flash_nearly_full_fails_before_anything_is_written(tmp_path: Path) -> None:
    full = FlashSpec(size_mb=1000, used_mb=995)
    with trouble(tmp_path, spec=ConductorSpec(BAD, flash=full)) as it:
        ended = it.fails("flash-full")
        assert "MB are missing; nothing was written" in it.text(ended)
        assert it.asked("copy_running_flash") == 0


def test_row_05_flash_full_in_the_middle_says_so_and_is_cleaned(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("flash_backup", "flash-full")) as it:
        assert "No space left" in it.text(it.fails("flash-full"))


def test_row_08_other_box_in_the_middle_fails_and_is_blamed(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("copy_flash_scp", "takeover", times=1)) as it:
        ended = it.fails("wrong-conductor")
        assert "another box answers" in it.text(ended)
        assert any("may still" in reason["text"] for reason in ended.row(BAD)["reasons"])


def test_row_08_other_box_after_the_transfers_goes_to_quarantine(tmp_path: Path) -> None:
    with trouble(tmp_path, Fault("sys_info", "takeover", times=1, skip=1)) as it:
        it.fails("wrong-conductor")
        assert list((it.vault / "quarantine" / BAD).iterdir())


def test_row_08_fail_over_in_the_middle_fails_with_the_role(tmp_path: Path) -> None:
    fault = Fault("flash_backup", "role-change", times=1)
    member = ConductorSpec(BAD, content=CONTENT, peer="192.0.2.9", faults=(fault,))
    with trouble(tmp_path, spec=member) as it:
        ended = it.run()
        assert ended.codes(BAD)[0] == "role-changed"
        assert ended.row(BAD)["left_over"], "a standby deletes nothing: named, and on record"
        it.device.role = "conductor"
        assert it.run().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


@pytest.mark.parametrize("step", ["login", "flash_backup", "copy_flash_scp"])
def test_row_09_busy_conductor_is_asked_again(tmp_path: Path, step: str) -> None:
    data = {"busy_seconds": 8, "retry_seconds": 8}
    with trouble(tmp_path, Fault(step, "busy", times=1), data=data) as it:
        assert it.run().verdicts[BAD] == "PASS"


@pytest.mark.parametrize("step", ["login", "flash_backup", "copy_flash_scp"])
def test_row_09_busy_for_too_long_fails_with_that_reason(tmp_path: Path, step: str) -> None:
    with trouble(tmp_path, Fault(step, "busy")) as it:
        assert "Module is busy" in it.text(it.fails("device-busy"))


def test_row_09_reload_in_the_middle_is_left_over_and_put_right_by_the_next_run(
    tmp_path: Path,
) -> None:
    with trouble(tmp_path, Fault("flash_backup", "reload", times=1, seconds=30)) as it:
        ended = it.run()
        assert ended.codes(BAD)[0] == "unreachable"
        assert len(ended.row(BAD)["left_over"]) == 2
        it.device.begin_reload(0)
        assert it.run().verdicts[BAD] == "PASS"
        it.flashes_are_clean()


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("refuse", "receiver-unreached", "Connection refused"),
        ("host-key", "host-key-changed", "HOST IDENTIFICATION HAS CHANGED"),
    ],
)
def test_row_10_push_that_cannot_begin_fails_with_the_words_of_the_device(
    tmp_path: Path, kind: str, code: str, words: str
) -> None:
    both = {"artefacts": ["flash", "running-config"]}
    with trouble(tmp_path, Fault("scp", kind), data=both) as it:  # type: ignore[arg-type]
        assert words in it.text(it.fails(code))
        assert it.asked("flash_backup") == 0, "no archive is packed for one that cannot push"


def test_row_11_old_algorithms_are_named_and_nothing_is_weakened(tmp_path: Path) -> None:
    knobs = replace(PROFILES["8.10"], scp_algorithms="ancient")
    with trouble(tmp_path, spec=ConductorSpec(BAD, knobs=knobs, content=CONTENT)) as it:
        assert "diffie-hellman-group1-sha1" in it.text(it.fails("algorithm-mismatch"))


def test_row_16_hanging_host_ends_by_its_deadline(tmp_path: Path) -> None:
    slow = {**QUICK, "backup_timeout": 600, "host_deadline": 3}
    with trouble(tmp_path, Fault("flash_backup", "hang", seconds=300), data=slow) as it:
        ended = it.run()
        assert ended.codes(BAD)[0] == "deadline"
        assert ended.row(BAD)["seconds"] < 30
        assert "may still come" in str(ended.row(BAD)["reasons"])
