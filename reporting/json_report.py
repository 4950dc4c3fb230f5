"""Write a report for programs: JSON with a schema version and keys that stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from outcome import HostOutcome, Reason
from reporting.commands import commands_for, with_settings
from reporting.last_proven import LastProven
from reporting.report import Report, RunInfo

SCHEMA: Final = 2
"""Raised when a key changes its meaning or goes away, not when one is added."""


def to_json(report: Report) -> dict[str, Any]:
    """Return the report as plain values: sizes in bytes, durations in seconds, times in UTC."""
    return {
        "schema": SCHEMA,
        "run": _run(report.run),
        "verdict": report.worst.value,
        "counts": {verdict.value: count for verdict, count in report.counts.items()},
        "bytes_received": report.received,
        "notices": list(report.notices),
        "hosts": [_host(row, report) for row in report.rows],
    }


def dump_json(report: Report, exit_code: int) -> str:
    """Return the report as indented ASCII text that ends in a newline.

    `exit_code` is the program's; only whoever has brought the report to people knows it.
    """
    document = {"schema": SCHEMA, "exit_code": exit_code, **to_json(report)}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _run(run: RunInfo) -> dict[str, Any]:
    return {
        "id": run.run_id,
        "started": _timestamp(run.started),
        "ended": _timestamp(run.ended),
        "seconds": round(run.seconds, 3),
        "program_version": run.program_version,
        "vault": run.vault,
        "dry_run": run.dry_run,
        "interrupted": run.interrupted,
        "selection": run.selection,
        "invoked_by": run.invoked_by,
        "config": run.config,
    }


def _host(row: HostOutcome, report: Report) -> dict[str, Any]:
    return {
        "host": row.host,
        "verdict": row.verdict.value,
        "reasons": [_reason(reason, row.host, report.run.config) for reason in row.reasons],
        "site": row.site,
        "address": row.address,
        "pair": row.pair,
        "name": row.name,
        "role": row.role,
        "version": row.version,
        "model": row.model,
        "serial": row.serial,
        "mac": row.mac,
        "artefacts": [
            {
                "kind": artefact.kind,
                "file_name": artefact.file_name,
                "size": artefact.size,
                "sha256": artefact.sha256,
                "seconds": round(artefact.seconds, 3),
            }
            for artefact in row.artefacts
        ],
        "generation": row.generation,
        "quarantined": list(row.quarantined),
        "last_proven": _last_proven(report.last_proven.get(row.host), report.run.started),
        "seconds": round(row.seconds, 3),
        "steps": {step: round(seconds, 3) for step, seconds in row.steps.items()},
        "left_over": list(row.left_over),
    }


def _reason(reason: Reason, host: str, config: str) -> dict[str, Any]:
    commands = with_settings(commands_for(reason.code, [host]), config).lines
    return {
        "code": reason.code,
        "text": reason.text,
        "remedy": reason.remedy,
        "command": commands[0] if commands else None,
    }


def _last_proven(last: LastProven | None, now: datetime) -> dict[str, Any] | None:
    """Return what a host without a new backup is left with, None for one that has a new one."""
    if last is None:
        return None
    return {
        "known": last.known,
        "time": _timestamp(last.time) if last.time else None,
        "age_seconds": int((now - last.time).total_seconds()) if last.time else None,
    }


def _timestamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
