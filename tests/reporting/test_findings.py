"""The result of a preflight, drawn and written."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from finding import Examined, Finding, Level, cancelled, fail, ok, warn
from reporting.findings import Preflight, build_preflight, preflight_document
from reporting.findings_table import preflight_lines

STARTED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GOOD = Examined("mm-good", (ok("login", "let in"),), role="conductor", version="8.10.0.7")
DOUBTFUL = Examined("mm-doubtful", (warn("clock", "clock-skew", "900 s behind"),))
BAD = Examined(
    "mm-bad",
    (warn("clock", "clock-skew", "800 s behind"), fail("login", "login-refused", "refused")),
)


STOPPED = Examined(
    "mm-stopped", (ok("login", "let in"), cancelled("push", "cancelled", "the run was stopped"))
)


def preflight(
    *rows: Examined,
    here: tuple[Finding, ...] = (),
    pushed: bool = False,
    interrupted: str = "",
) -> Preflight:
    return build_preflight(
        STARTED, 3.2, here, rows, selection="site hq", pushed=pushed, interrupted=interrupted
    )


def lines(result: Preflight, width: int = 100) -> list[str]:
    return [line.plain.rstrip() for line in preflight_lines(result, width)]


def test_lines_failures_stand_first_everywhere() -> None:
    here = (ok("vault", "can be written"), fail("receiver", "receiver-down", "port taken"))
    text = "\n".join(lines(preflight(GOOD, DOUBTFUL, BAD, here=here)))
    order = ["FAIL    receiver", "OK      vault", "FAIL    mm-bad", "login-refused: refused",
             "clock-skew: 800", "WARN    mm-doubtful", "OK      mm-good", "WHAT TO DO",
             "receiver-down (this host)", "clock-skew (mm-doubtful, mm-bad)"]  # fmt: skip
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


@pytest.mark.parametrize("width", [50, 80, 100, 120])
def test_lines_fit_the_width(width: int) -> None:
    long = fail("vault", "vault-failed", "many words " * 30 + "x" * 300)
    result = preflight(Examined("mm-" + "long" * 10, (long,)), here=(long,))
    assert max(map(len, lines(result, width))) <= width


def full(host: str) -> Examined:
    return Examined(host, (fail("flash", "flash-full", "3 MB are free"),))


@pytest.mark.parametrize(("pushed", "verb"), [(False, "check"), (True, "check --push")])
def test_lines_remedies_have_the_command_that_checks_again(pushed: bool, verb: str) -> None:
    text = lines(preflight(full("mm-1"), GOOD, full("mm-2"), pushed=pushed))
    remedy = text.index("  flash-full (mm-1, mm-2)")
    assert f"        runbook.py {verb} --host mm-1,mm-2" in text[remedy:]


def test_lines_remedy_of_this_host_names_no_conductor_to_type() -> None:
    stopped = cancelled("receiver", "cancelled", "the check was stopped")
    text = "\n".join(lines(preflight(GOOD, here=(stopped,))))
    assert "cancelled (this host)" in text
    assert "runbook.py" not in text.partition("WHAT TO DO")[2]


def test_lines_box_to_accept_answers_in_a_run_first() -> None:
    other = Examined("mm-1", (fail("identity", "identity-changed", "another box answers"),))
    text = [line.strip() for line in lines(preflight(other))]
    assert text.index("runbook.py --host mm-1") + 1 == text.index(
        "runbook.py accept mm-1 --reason TEXT"
    )


def test_lines_remedy_of_many_conductors_names_the_first_and_their_number() -> None:
    text = lines(preflight(*(full(f"mm-{number}") for number in range(40))))
    assert any(line.startswith("  flash-full (mm-0, mm-1, ") for line in text)
    assert any("and 30 more)" in line for line in text)


def test_lines_nothing_wrong_has_nothing_to_do() -> None:
    text = lines(preflight(GOOD))
    assert text[0] == "Conductor backup | CHECK | 2026-11-23 02:00Z | site hq"
    assert text[1] == "Ready for a backup of 1 conductor"
    assert "WHAT TO DO" not in text
    assert text[-1] == "1 OK of 1 conductor in 3.2 s, nothing pushed, nothing published"


def test_lines_pushes_are_counted() -> None:
    pushed = Examined("mm-1", (ok("push", "came whole"),))
    failed = Examined("mm-2", (fail("push", "not-received", "nothing came"),))
    assert ", 1 pushed a small file" in lines(preflight(pushed, failed, pushed=True))[-1]
    assert ", none pushed a small file" in lines(preflight(failed, pushed=True))[-1]


def test_lines_who_is_not_ready_is_said_first() -> None:
    here = (fail("vault", "vault-full", "full"),)
    assert lines(preflight(GOOD, here=here))[1] == "Not ready for a backup: this host"
    assert lines(preflight(GOOD, BAD))[1] == "Not ready for a backup: 1 of 2 conductors"
    both = lines(preflight(GOOD, BAD, here=here))[1]
    assert both == "Not ready for a backup: this host and 1 of 2 conductors"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((GOOD, STOPPED), "Interrupted by SIGINT: 1 of 2 conductors not looked at to the end"),
        (
            (BAD, STOPPED),
            "Interrupted by SIGINT: 1 of 2 conductors not looked at to the end; not ready for a "
            "backup: 1 of 2 conductors",
        ),
        (
            (GOOD,),
            "Interrupted by SIGINT: all conductors were looked at, but perhaps not all of this "
            "host",
        ),
    ],
)
def test_lines_interruption_is_said_first(rows: tuple[Examined, ...], said: str) -> None:
    assert lines(preflight(*rows, interrupted="SIGINT"), 120)[1] == said


def test_lines_conductor_that_was_not_looked_at_is_cancelled_and_fits() -> None:
    text = lines(preflight(GOOD, STOPPED, interrupted="SIGINT"))
    assert any(line.startswith("CANCELLED  mm-stopped") for line in text)
    assert any(line.startswith("OK         mm-good") for line in text)
    assert "        cancelled: the run was stopped" in text
    assert max(map(len, text)) <= 100
    assert text[-1].startswith("1 OK, 1 CANCELLED of 2 conductors")


def test_document_of_an_interrupted_check_says_so() -> None:
    document = preflight_document(preflight(GOOD, STOPPED, interrupted="SIGINT"))
    assert (document["interrupted"], document["level"]) == ("SIGINT", "CANCELLED")
    assert document["counts"] == {"OK": 1, "WARN": 0, "FAIL": 0, "CANCELLED": 1}
    assert [host["level"] for host in document["hosts"]] == ["OK", "CANCELLED"]
    assert document["exit_code"] == 1
    assert preflight_document(preflight(GOOD, interrupted="SIGINT"))["level"] == "CANCELLED"
    assert preflight_document(preflight(BAD, interrupted="SIGINT"))["level"] == "FAIL"


def untried(count: int) -> list[Examined]:
    said = fail("login", "login-refused", 'not tried: mm-a refused the user name "backup"')
    return [Examined(f"mm-{number}", (said,)) for number in range(count)]


def test_lines_words_that_many_conductors_share_are_said_once_with_their_number() -> None:
    text = lines(preflight(BAD, *untried(9)))
    shared = [line.strip() for line in text if line.startswith("        login-refused: ")]
    assert shared == [
        "login-refused: refused",
        'login-refused: not tried: mm-a refused the user name "backup" (so for 9 conductors)',
        *["login-refused: as for mm-0"] * 8,
    ]


def test_lines_words_that_few_conductors_share_are_said_for_each() -> None:
    text = "\n".join(lines(preflight(*untried(3))))
    assert text.count("login-refused: not tried: mm-a refused") == 3


def test_level_and_exit_code_are_those_of_the_worst() -> None:
    assert (preflight(GOOD).level, preflight(GOOD).exit_code) == (Level.OK, 0)
    assert (preflight(GOOD, DOUBTFUL).level, preflight(DOUBTFUL).exit_code) == (Level.WARN, 0)
    assert preflight(GOOD, BAD).exit_code == 1
    assert preflight(GOOD, here=(fail("vault", "vault-full", "full"),)).exit_code == 1


def test_document_has_every_finding_with_its_remedy() -> None:
    document = json.loads(json.dumps(preflight_document(preflight(GOOD, BAD))))
    assert (document["level"], document["exit_code"]) == ("FAIL", 1)
    assert document["counts"] == {"OK": 1, "WARN": 0, "FAIL": 1, "CANCELLED": 0}
    found = document["hosts"][1]["findings"][1]
    assert (found["check"], found["code"], found["level"]) == ("login", "login-refused", "FAIL")
    assert found["remedy"]


def test_foreign_words_are_harmless() -> None:
    evil = Examined("mm-1", (fail("login", "device-error", "\x1b[2Jgone\nnew"),), role="\x1b[31mx")
    result = preflight(evil)
    assert "\x1b" not in json.dumps(preflight_document(result)) + "".join(lines(result))
    assert result.conductors[0].findings[0].text == "gone new"
