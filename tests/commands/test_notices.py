"""What a report notes of many conductors is said of a few, with the number of the others."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from commands.account import Account
from commands.parser import parse
from commands.retention import Forgotten
from commands.signals import StopRequest
from runbook import build_nornir
from tests.support.projects import Project

NAMES = [f"mm-{number}" for number in range(9)]


def test_notices_of_retention_name_few_conductors() -> None:
    same = Forgotten(refused=dict.fromkeys(NAMES, "the clock"))
    assert same.notices() == ["retention removed nothing of mm-0, mm-1, mm-2 and 6 more: the clock"]
    stayed = Forgotten(stayed=dict.fromkeys(NAMES[:4], "busy")).notices()
    assert stayed[-1] == "retention: the like of 1 more conductor"


def test_notice_of_unverified_tls_names_few_conductors(tmp_path: Path) -> None:
    project = Project(tmp_path)
    lines = (f"{name}: {{hostname: 192.0.2.{i + 1}}}\n" for i, name in enumerate(NAMES))
    project.hosts.write_text("".join(lines))
    project.defaults.write_text("data: {tls_verify: false}\n")
    nr = build_nornir(project.config)
    report = Account(nr, nr, parse([]), StopRequest(Event())).report({})
    (notice,) = report.notices
    assert notice.startswith("tls_verify is off for mm-0, mm-1, mm-2 and 6 more: anybody")
    assert notice.endswith("use tls_ca or tls_fingerprint")
