from __future__ import annotations

import json
from datetime import timedelta

from outcome import Verdict
from reporting.json_report import dump_json, to_json
from reporting.last_proven import LastProven
from tests.reporting.samples import HOSTILE, STARTED, damaged, ended, mixed_report, report_of


def test_to_json_mixed_has_stable_keys() -> None:
    found = to_json(mixed_report())
    assert list(found) == [
        "schema",
        "run",
        "verdict",
        "counts",
        "bytes_received",
        "notices",
        "hosts",
    ]
    assert found["schema"] == 2
    assert found["verdict"] == "FAIL"
    assert found["counts"] == {"FAIL": 1, "CANCELLED": 0, "WARN": 1, "PASS": 1}
    assert found["run"] == {
        "id": "2026-11-23T020000Z",
        "started": "2026-11-23T02:00:00Z",
        "ended": "2026-11-23T02:00:08Z",
        "seconds": 8.3,
        "program_version": "0.1.0",
        "vault": "/srv/vault",
        "dry_run": False,
        "interrupted": None,
        "selection": "site hq",
        "invoked_by": "backup1",
        "config": "",
    }


def test_to_json_host_has_sizes_in_bytes_and_inventory_order() -> None:
    hosts = to_json(mixed_report())["hosts"]
    assert [host["host"] for host in hosts] == ["hq-mc1", "hq-mc2", "hq-mc3"]
    assert hosts[0] == {
        "host": "hq-mc1",
        "verdict": "PASS",
        "reasons": [],
        "site": "hq",
        "address": "10.1.1.5",
        "pair": "",
        "name": "",
        "role": "active",
        "version": "8.10.0.21",
        "model": "",
        "serial": "",
        "mac": "",
        "artefacts": [
            {
                "kind": "running-config",
                "file_name": "running-config.cfg",
                "size": 812_345,
                "sha256": "ab" * 32,
                "seconds": 0.4,
            },
            {
                "kind": "flash",
                "file_name": "flash.tar.gz",
                "size": 5_300_000,
                "sha256": "cd" * 32,
                "seconds": 1.25,
            },
        ],
        "generation": "conductors/hq-mc1/2026-11-23T020000Z",
        "quarantined": [],
        "last_proven": None,
        "seconds": 4.123,
        "steps": {"log_in": 0.1},
        "left_over": [],
    }
    assert hosts[2]["reasons"][0]["code"] == "not-received"


def test_to_json_failed_host_says_what_is_left_and_what_to_type() -> None:
    known = {
        "a": LastProven(STARTED - timedelta(days=8), known=True),
        "b": LastProven(known=True),
    }
    report = report_of(damaged("a"), damaged("b"), damaged("c"), last_proven=known)
    first, second, third = to_json(report)["hosts"]
    assert first["quarantined"][-1] == "quarantine/a/2026-11-23T020000Z/bk-1-flash.tar.gz"
    assert first["reasons"][0]["command"] == "runbook.py --host a"
    assert first["last_proven"] == {
        "known": True,
        "time": "2026-11-15T02:00:00Z",
        "age_seconds": 8 * 86_400,
    }
    assert second["last_proven"] == {"known": True, "time": None, "age_seconds": None}
    assert third["last_proven"] == {"known": False, "time": None, "age_seconds": None}


def test_dump_json_hostile_words_are_ascii_and_read_back() -> None:
    report = report_of(ended("a", Verdict.FAIL, "device-error", HOSTILE + " Grüße"))
    text = dump_json(report, 3)
    assert text.isascii()
    assert json.loads(text) == to_json(report) | {"exit_code": 3}
