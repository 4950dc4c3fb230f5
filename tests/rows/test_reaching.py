"""Rows 1 to 5, 8 to 11 and 16 of what a run survives: the way to the conductor, and its state."""

from __future__ import annotations

import signal
import subprocess
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from emulator import ConductorSpec, Fault
from emulator.knobs import PROFILES
from emulator.spec import FlashSpec
from plugins.account import SLOW_SECONDS
from tests.support.fleets import FleetProject, fleet_project
from tests.support.processes import until
from tests.support.projects import write_yaml
from tests.support.rows import BAD, CONTENT, GOOD, QUICK, trouble


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


def test_row_01_unreachable_is_not_tried_again_where_no_time_is_given_for_it(
    tmp_path: Path,
) -> None:
    with trouble(tmp_path, Fault("connect", "refuse"), data={"retry_seconds": 0}) as it:
        assert it.fails("unreachable").row(BAD)["seconds"] < 1


def test_row_01_unreachable_in_great_number_fails_as_fast_as_one(tmp_path: Path) -> None:
    data = {"defaults": {**QUICK, "retry_seconds": 2}}
    with fleet_project(tmp_path, [ConductorSpec("mm-up", content=CONTENT)], data=data) as project:
        _add_before(project, {f"mm-down-{n}": _nobody(n) for n in range(120)})
        ended = project.runbook("--workers", "121")
        assert ended.verdicts.pop("mm-up") == "PASS"
        down = [row for row in ended.report["hosts"] if row["host"] != "mm-up"]
        assert {row["reasons"][0]["code"] for row in down} == {"unreachable"}
        assert max(row["seconds"] for row in down) < 6
        assert ended.row("mm-up")["seconds"] < min(row["seconds"] for row in down)


@pytest.mark.parametrize(
    "fault",
    [Fault("connect", "refuse"), Fault("connect", "hang", seconds=20)],
    ids=["refuse", "hang"],
)
def test_row_01_unreachable_first_ones_hold_up_nobody(tmp_path: Path, fault: Fault) -> None:
    sick = [ConductorSpec(f"mm-sick-{n}", content=CONTENT, faults=(fault,)) for n in range(6)]
    well = [ConductorSpec(name, content=CONTENT) for name in GOOD]
    data = {"defaults": {**QUICK, "connect_timeout": 8, "retry_seconds": 8}}
    with fleet_project(tmp_path, [*sick, *well], data=data) as project:
        ended = project.runbook()
        for name in GOOD:
            assert ended.verdicts[name] == "PASS"
            assert ended.row(name)["seconds"] < 4
        assert {ended.verdicts[spec.name] for spec in sick} == {"FAIL"}
        assert min(ended.row(spec.name)["seconds"] for spec in sick) >= 8


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


@pytest.mark.parametrize("delay", [0.0, 1.0], ids=["at-once", "after-a-while"])
def test_row_02_wrong_password_reaches_three_of_a_hundred(tmp_path: Path, delay: float) -> None:
    slow = (Fault("login", "hang", seconds=delay),) if delay else ()
    specs = [ConductorSpec(f"mm-{n}", content=CONTENT, faults=slow) for n in range(100)]
    with fleet_project(tmp_path, specs, data={"defaults": QUICK}) as project:
        wrong = project.environment() | {"AOS8_PASSWORD": "wrong"}
        ended = project.runbook("--workers", "100", environment=wrong)
        assert {code for host in ended.verdicts for code in ended.codes(host)} == {"login-refused"}
        assert len(ended.verdicts) == 100
        logins = [r["conductor"] for r in project.requests() if r["path"].endswith("/login")]
        assert len(logins) == 3


def test_row_02_answers_that_hang_let_another_conductor_try(tmp_path: Path) -> None:
    with _waiting(tmp_path, {}, read_timeout=12) as project:
        ended = project.runbook()
        assert ended.verdicts["mm-waits"] == "PASS"
        assert SLOW_SECONDS - 0.5 < ended.row("mm-waits")["seconds"] < 10
        assert {ended.codes(f"mm-sick-{n}")[0] for n in range(3)} == {"timeout"}


def test_row_02_answers_that_hang_hold_nobody_beyond_his_deadline(tmp_path: Path) -> None:
    with _waiting(tmp_path, {"host_deadline": 2}) as project:
        ended = project.runbook()
        assert ended.codes("mm-waits") == ["deadline"]
        assert "while it waited for others" in ended.row("mm-waits")["reasons"][0]["text"]
        assert ended.row("mm-waits")["seconds"] < 4
        assert project.fleet.conductor("mm-waits").logins == 0


def test_row_17_signal_while_waiting_to_log_in_is_cancelled_at_once(tmp_path: Path) -> None:
    with _waiting(tmp_path, {}) as project:
        process = subprocess.Popen(
            project.command("--json", str(project.report_file)),
            env=project.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert until(lambda: all(device.connections for device in project.fleet))
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 143, out
        ended = project.last_report(143)
        assert ended.verdicts["mm-waits"] == "CANCELLED"
        assert ended.row("mm-waits")["seconds"] < 4
        assert project.fleet.conductor("mm-waits").logins == 0


def _waiting(
    folder: Path, data: dict[str, object], *, read_timeout: float = 4
) -> AbstractContextManager[FleetProject]:
    """Run three conductors that do not answer a login, and one that comes after them."""
    silent = (Fault("login", "hang", seconds=30),)
    sick = [ConductorSpec(f"mm-sick-{n}", content=CONTENT, faults=silent) for n in range(3)]
    late = (Fault("connect", "hang", seconds=1),)
    waits = ConductorSpec("mm-waits", content=CONTENT, faults=late)
    policy = {"defaults": {**QUICK, "read_timeout": read_timeout}, "mm-waits": data}
    return fleet_project(folder, [*sick, waits], data=policy)


def _add_before(project: FleetProject, more: dict[str, object]) -> None:
    hosts = project.project.hosts
    write_yaml(hosts, more | _hosts(hosts.read_text()))


def _nobody(number: int) -> dict[str, object]:
    return {"hostname": f"127.0.200.{number + 1}", "port": 9}


def _more_hosts(text: str) -> dict[str, object]:
    return _hosts(text) | {f"mm-more-{n}": _nobody(n) for n in range(1, 6)}


def _hosts(text: str) -> dict[str, object]:
    return dict(YAML(typ="safe").load(text))


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
