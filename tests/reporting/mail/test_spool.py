"""A mail that nobody took waits on disk and goes out before the next one."""

from __future__ import annotations

import stat
from email.message import EmailMessage
from pathlib import Path

import pytest

from reporting.errors import MailServerNotReached, ReportWriteError
from reporting.mail import Spool
from reporting.mail.spool import MOST_KEPT


def mail(text: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = text
    message["To"] = "team@example.org"
    message.set_content(f"{text} ü\n")
    return message


def down(_message: EmailMessage) -> None:
    raise MailServerNotReached("mail.example.org", 25, "refused")


def test_flush_sends_oldest_first_and_forgets(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "mail")
    for number in (2, 1, 3):
        spool.keep(mail(f"run {number}"), f"2026-01-0{number}T000000Z")
    got: list[EmailMessage] = []
    assert spool.flush(got.append) == 3
    assert [m["Subject"] for m in got] == ["run 1", "run 2", "run 3"]
    assert got[0].get_content() == "run 1 ü\n"
    assert spool.waiting() == []
    assert spool.flush(got.append) == 0


def test_flush_server_still_down_keeps_all(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "mail")
    spool.keep(mail("run 1"), "a")
    spool.keep(mail("run 2"), "b")
    assert spool.flush(down) == 0
    assert len(spool.waiting()) == 2


def test_keep_is_private_and_bounded(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "mail")
    for number in range(MOST_KEPT + 5):
        path = spool.keep(mail(f"run {number}"), f"{number:03}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700
    assert spool.waiting()[0].stem == "005"
    assert len(spool.waiting()) == MOST_KEPT


def test_keep_without_a_place_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportWriteError, match="mail not spooled"):
        Spool(tmp_path / "file" / "mail").keep(mail("run"), "a")
