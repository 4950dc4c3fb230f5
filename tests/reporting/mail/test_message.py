from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from outcome import HostOutcome, Verdict
from reporting.errors import AddressError
from reporting.mail.folding import POLICY
from reporting.mail.message import compose, subject
from reporting.report import Report
from reporting.table import render_table
from tests.reporting.samples import HOSTILE, ended, mixed_report, passed, report_of, run_info


def _composed(report: Report) -> bytes:
    message = compose(report, sender="backup@example.net", recipients=["team@example.net"])
    return message.as_bytes()


def test_compose_headers_mark_the_mail_as_automatic() -> None:
    mail = message_from_bytes(_composed(mixed_report()), policy=default)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Date"] == "Mon, 23 Nov 2026 02:00:08 +0000"
    assert mail["Message-ID"].endswith("@example.net>")
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_compose_text_part_is_the_table() -> None:
    mail = message_from_bytes(_composed(mixed_report()), policy=default)
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == render_table(mixed_report())


def test_compose_same_report_gives_the_same_bytes() -> None:
    assert _composed(mixed_report()) == _composed(mixed_report())


def test_compose_other_recipients_give_another_message_id() -> None:
    one = compose(mixed_report(), sender="b@example.net", recipients=["x@example.net"])
    two = compose(mixed_report(), sender="b@example.net", recipients=["y@example.net"])
    assert one["Message-ID"] != two["Message-ID"]


@pytest.mark.parametrize("count", [1, 300])
def test_compose_any_fleet_has_lines_that_every_server_takes(count: int) -> None:
    outcomes = [ended(f"mc{n}", Verdict.FAIL, "device-error", "ü" * 900) for n in range(count)]
    assert max(map(len, _composed(report_of(*outcomes)).split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("sender", "recipients"),
    [
        ("a@example.net\r\nBcc: evil@example.net", ["t@example.net"]),
        ("a@example.net", ["t@example.net\nSubject: x"]),
        ("a@example.net", ["t@example.net, u@example.net"]),
        ("a@example.net", []),
    ],
)
def test_compose_address_that_is_none_is_refused(sender: str, recipients: list[str]) -> None:
    with pytest.raises(AddressError):
        compose(mixed_report(), sender=sender, recipients=recipients)


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (mixed_report(), "[b] 1 FAIL, 1 WARN, 1 PASS of 3 - site hq - 2026-11-23 02:00Z"),
        (report_of(passed("a")), "[b] OK, 1 PASS of 1 - site hq - 2026-11-23 02:00Z"),
        (
            report_of(passed("a"), run=run_info(selection="")),
            "[b] OK, 1 PASS of 1 - 2026-11-23 02:00Z",
        ),
        (
            report_of(HostOutcome("a", Verdict.PASS), run=run_info(dry_run=True)),
            "[b] dry run, OK, 1 PASS of 1 - site hq - 2026-11-23 02:00Z",
        ),
        (
            report_of(HostOutcome("a", Verdict.CANCELLED), run=run_info(interrupted="SIGINT")),
            "[b] interrupted, 1 CANCELLED of 1 - site hq - 2026-11-23 02:00Z",
        ),
    ],
)
def test_subject_report_says_the_worst_first(report: Report, text: str) -> None:
    assert subject(report, "[b]") == text


@pytest.mark.parametrize("text", ["site hq or lab ", "Köln or 日本 [x] ", 'a "b" =? c?= '])
@pytest.mark.parametrize("length", [*range(1, 100), 300])
def test_policy_subject_of_any_length_reads_back_from_a_filled_first_line(
    text: str, length: int
) -> None:
    message = EmailMessage(policy=POLICY)
    words = (text * 100)[:length].strip()
    message["Subject"] = words
    raw = message.as_bytes()
    lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert len(lines[0]) > len("Subject: ")
    assert max(map(len, lines)) <= 78
    assert message_from_bytes(raw, policy=default)["Subject"] == words
    waiting = message_from_bytes(raw, _class=EmailMessage, policy=POLICY)
    assert waiting.as_bytes() == raw


def test_policy_line_break_within_an_encoded_word_adds_no_header() -> None:
    message = EmailMessage(policy=POLICY)
    message["Subject"] = "a =?utf-8?q?b=0D=0ABcc:_evil@example.net?= c"
    mail = message_from_bytes(message.as_bytes(), policy=default)
    assert mail.keys() == ["Subject"]
    assert mail["Subject"] == "a b Bcc: evil@example.net c"


def test_policy_other_headers_begin_beside_their_names_too() -> None:
    message = compose(
        mixed_report(),
        sender=f"backup@{'x' * 40}.headquarters.example",
        recipients=[f"{'t' * 62}@example.net"],
    )
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    assert b":\r\n" not in head
    assert [address.addr_spec for address in message["To"].addresses] == [f"{'t' * 62}@example.net"]


def test_compose_text_part_names_the_backup_host_and_the_program() -> None:
    plain = message_from_bytes(_composed(mixed_report()), policy=default).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().startswith("Conductor backup 0.1.0 on backup1 | ")


def test_subject_hostile_words_stay_one_line() -> None:
    line = subject(report_of(passed("a"), run=run_info(selection=HOSTILE)), "x\r\nBcc: y")
    assert line.startswith("x Bcc: y OK, 1 PASS of 1 - red <script>")
    assert line.isprintable()
