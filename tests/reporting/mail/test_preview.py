from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from reporting.errors import ReportWriteError
from reporting.mail.html import render_html
from reporting.mail.message import compose
from reporting.mail.preview import write_preview
from tests.reporting.samples import mixed_report


def _mail() -> EmailMessage:
    return compose(mixed_report(), sender="b@example.net", recipients=["t@example.net"])


def test_write_preview_copies_are_private_and_whole(tmp_path: Path) -> None:
    mail, page = write_preview(_mail(), tmp_path, "2026-11-23T020000Z")
    assert [mail.name, page.name] == ["2026-11-23T020000Z.eml", "2026-11-23T020000Z.html"]
    assert {path.stat().st_mode & 0o777 for path in (mail, page)} == {0o600}
    assert message_from_bytes(mail.read_bytes(), policy=default)["To"] == "t@example.net"
    assert page.read_text() == render_html(mixed_report())


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a\n"])
def test_write_preview_name_with_a_path_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReportWriteError, match="no plain file name"):
        write_preview(_mail(), tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_write_preview_message_without_html_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportWriteError, match="no HTML part"):
        write_preview(EmailMessage(), tmp_path, "x")
