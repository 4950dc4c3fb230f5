"""Judge what a conductor shows and says before a backup. Pure: values in, findings out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aos8 import Certificate
from finding import Finding, Level, fail, ok, warn
from settings import HostPolicy
from tasks.check import ConductorState, demand_room
from tasks.errors import FlashFull
from tasks.roster import SameConductor

SOON: Final = timedelta(days=30)
FIRST_RELEASE: Final = (8, 2)
NAMES_SINCE: Final = (8, 6)
"""Known to take a file name; 8.2 is known to ignore it, between them nothing is known."""
CSRF_SINCE: Final = (8, 7)


def judge_certificate(certificate: Certificate, policy: HostPolicy, now: datetime) -> Finding:
    """Judge the dates, and whether anybody looks whose certificate it is."""
    until = f"valid until {certificate.ends:%Y-%m-%d}, SHA-256 {certificate.fingerprint[:16]}..."
    if not (policy.tls_verify or policy.tls_fingerprint):
        return warn("certificate", "tls-unverified", f"not verified: tls_verify is off; {until}")
    if certificate.ends <= now:
        text = f"expired on {certificate.ends:%Y-%m-%d}; accepted because it is pinned"
        return warn("certificate", "certificate-expiring", text)
    if certificate.ends - now < SOON:
        days = (certificate.ends - now).days
        text = f"expires in {days} days, on {certificate.ends:%Y-%m-%d}"
        return warn("certificate", "certificate-expiring", text)
    return ok("certificate", until)


def judge_release(version: str) -> Finding:
    """Say what is known of a release, such as "8.10.0.7_86118"."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None:
        return warn("release", "unsupported", "the conductor does not tell its release")
    train = (int(found[1]), int(found[2]))
    if train[0] != FIRST_RELEASE[0] or train < FIRST_RELEASE:
        text = f"release {version}: this program is made for ArubaOS 8.2 and newer 8.x"
        return warn("release", "unsupported", text)
    if train == FIRST_RELEASE:
        text = f"release {version} ignores file names; archives get their default names"
        return warn("release", "name-not-honoured", text)
    names = "takes file names" if train >= NAMES_SINCE else "may ignore file names"
    token = "" if train >= CSRF_SINCE else "; no CSRF token, so the session's is in URLs"
    return ok("release", f"{version} {names}{token}")


def judge_role(state: ConductorState, *, pair: str) -> Finding:
    """Judge what the conductor calls itself."""
    role = state.identity.role
    if role == "managed-device":
        text = "it calls itself a managed device, not a conductor"
        return warn("role", "wrong-conductor", text)
    if role == "standby":
        return ok("role", "standby; only a push shows whether it may write")
    return ok("role", f"{role or 'not told'}{f', pair {pair}' if pair else ''}")


def judge_flash(state: ConductorState, policy: HostPolicy, last_mb: int) -> Finding:
    """Compare the free flash with the setting and with twice the last backup; megabytes."""
    needed = max(policy.min_free_flash_mb, 2 * last_mb)
    if state.flash_free_mb is None:
        return warn("flash", "unsupported", "the conductor does not tell how much flash is free")
    try:
        demand_room(state.flash_free_mb, needed)
    except FlashFull as full:
        return fail("flash", full.code, str(full))
    return ok("flash", f"{state.flash_free_mb} MB free, {needed} MB needed")


def judge_clock(state: ConductorState) -> Finding:
    """Pass on the warning of the skew, if there is one."""
    if state.warnings:
        why = state.warnings[0]
        return warn("clock", why.code, why.text)
    if state.clock_skew_seconds is None:
        return ok("clock", "not told, or in an unknown time zone")
    return ok("clock", f"{abs(state.clock_skew_seconds):.0f} s from the backup host's")


def judge_shared(findings: Sequence[Finding], said: str) -> tuple[Finding, ...]:
    """Return `findings` with what was `said` of other names that reach the same box, "" if nothing.

    The last of these names finds that out itself, the others only when all have answered.
    """
    if not said or any(finding.code == SameConductor.code for finding in findings):
        return tuple(findings)
    kept = [each for each in findings if (each.check, each.level) != ("identity", Level.OK)]
    return (*kept, fail("identity", SameConductor.code, said))


def judge_left_over(names: Sequence[str], *, recorded: bool) -> list[Finding]:
    """Warn of our files on the flash; `recorded` ones are removed by the next run."""
    if not names:
        return []
    said = "left by earlier runs, or by one under way:" if recorded else "not removed again:"
    return [warn("left-over", "left-over", f"{said} {', '.join(names)}")]
