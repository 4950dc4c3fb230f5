"""Compose the mail of a report; the same report always gives the same message."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC
from email.message import EmailMessage
from typing import Final

from outcome import Verdict
from reporting.errors import AddressError
from reporting.mail.addresses import read_address
from reporting.mail.folding import POLICY
from reporting.mail.html import render_html
from reporting.report import Report
from reporting.summary import counts_text, started_text
from reporting.table import render_table
from reporting.words import clean

_LONGEST_PART: Final = 60


def compose(
    report: Report,
    *,
    sender: str,
    recipients: Sequence[str],
    subject_prefix: str = "[conductor backup]",
) -> EmailMessage:
    """Return the report as text and HTML, addressed and dated; raises `AddressError`."""
    if not recipients:
        raise AddressError("no recipients: name at least one in the mail settings.")
    origin = read_address(sender)
    message = EmailMessage(policy=POLICY)
    message["Subject"] = subject(report, subject_prefix)
    message["From"] = origin
    message["To"] = [read_address(recipient) for recipient in recipients]
    message["Date"] = report.run.ended.astimezone(UTC)
    mark = _fingerprint(report, [sender, *recipients])
    message["Message-ID"] = f"<{mark}@{_ascii_domain(origin.domain)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(render_table(report), cte="quoted-printable")
    message.add_alternative(render_html(report), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{mark}")
    return message


def subject(report: Report, prefix: str) -> str:
    """Return prefix, counts with the worst first, what was selected, and when, in one safe line."""
    flags = []
    if report.run.interrupted is not None:
        flags.append("interrupted")
    if report.run.dry_run:
        flags.append("dry run")
    if report.worst is Verdict.PASS:
        flags.append("OK")
    said = ", ".join([*flags, counts_text(report, worst_first=True)])
    chosen = clean(report.run.selection, _LONGEST_PART)
    parts = [said, *([chosen] if chosen else []), started_text(report.run)]
    return f"{clean(prefix, _LONGEST_PART)} {' - '.join(parts)}".strip()


def _fingerprint(report: Report, addresses: Sequence[str]) -> str:
    run = report.run
    known = "\0".join([run.run_id, run.started.isoformat(), run.invoked_by, *addresses])
    return f"conductor-backup.{hashlib.sha256(known.encode()).hexdigest()[:24]}"


def _ascii_domain(domain: str) -> str:
    return domain if domain and domain.isascii() else "localhost"
