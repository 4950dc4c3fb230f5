"""Task `preflight`: everything that one conductor's backup needs, looked at without making one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import TypeVar

from nornir.core.task import Result, Task

from aos8 import Certificate, NameUnresolved, TlsFailed, fetch_certificate
from finding import UNREADY, Examined, Finding, Level, cancelled, fail, ok, warn, worst
from fleet import shared_of
from plugins.connection import API_PORT, what_is_missing
from plugins.deadline import Deadline
from settings import policy_of
from tasks.addresses import resolve
from tasks.check import MB, ConductorState, read_state
from tasks.errors import Cancelled, cause_of, is_known, reason_of
from tasks.judgement import (
    judge_certificate,
    judge_clock,
    judge_flash,
    judge_left_over,
    judge_release,
    judge_role,
)
from tasks.past import Past
from tasks.patience import with_session
from tasks.roster import Roster
from tasks.run import Run, raise_if_set
from tasks.standby import explained
from tasks.step import client_of
from tasks.try_push import try_push
from vault.store import Vault

logger = logging.getLogger(__name__)

T = TypeVar("T")


def preflight(
    task: Task,
    *,
    vault: Vault,
    roster: Roster,
    deadline: Deadline,
    stop: Event,
    run: Run | None = None,
) -> Result:
    """Look at one conductor; the result is `Examined`, whatever happens.

    With `run` one small file is pushed into its staging as well; nothing else is written anywhere.
    """
    look = _Look(task, vault, roster, stop, run)
    shared_of(task.nornir).deadlines[task.host.name] = deadline.earlier(
        Deadline.after(look.policy.host_deadline)
    )
    look.attempt("preflight", look.perform)
    found = look.examined()
    return Result(task.host, result=found, failed=found.level in UNREADY)


class _Look:
    """One conductor being looked at."""

    def __init__(
        self, task: Task, vault: Vault, roster: Roster, stop: Event, run: Run | None
    ) -> None:
        self.task = task
        self.host = task.host
        self.policy = policy_of(task.host)
        self.vault = vault
        self.roster = roster
        self.stop = stop
        self.run = run
        self.findings: list[Finding] = []
        self.certificate: Certificate | None = None
        self.state: ConductorState | None = None
        self.since = time.monotonic()

    def perform(self) -> None:
        """Look at one thing after the other for as long as the next makes sense."""
        has_secrets = self._secrets()
        if self.attempt("name", self._resolve) is None:
            return
        self.certificate = self.attempt("reach", self._fetch_certificate)
        if self.certificate is None:
            return
        if has_secrets:
            self.state = self.attempt("login", self._log_in)
        if not any(finding.check == "certificate" for finding in self.findings):
            now = datetime.now(UTC)
            self.findings.append(judge_certificate(self.certificate, self.policy, now))
        if self.state is not None:
            self._judge(self.state)

    def attempt(self, check: str, call: Callable[[], T]) -> T | None:
        """Return what `call` returns, or None with the failure among the findings.

        Nothing is begun any more once the check was stopped, which is said once.
        """
        if any(finding.level is Level.CANCELLED for finding in self.findings):
            return None
        try:
            raise_if_set(self.stop)
            return call()
        except Exception as error:  # noqa: BLE001 - every failure is a finding
            self.findings.append(self._failure(check, error))
            return None

    def examined(self) -> Examined:
        """Return everything found."""
        state, identity = self.state, self.state.identity if self.state else None
        return Examined(
            host=self.host.name,
            findings=tuple(self.findings),
            address=self.host.hostname or "",
            site=self.policy.site,
            role=identity.role if identity else "",
            version=identity.version if identity else "",
            certificate_ends=self.certificate.ends if self.certificate else None,
            flash_free_mb=state.flash_free_mb if state else None,
            seconds=time.monotonic() - self.since,
        )

    def _failure(self, check: str, error: Exception) -> Finding:
        cause = explained(error, cause_of(error), self.state.identity.role if self.state else "")
        if not is_known(cause):
            logger.error("%s: an error of ours", self.host.name, exc_info=cause)
        why = reason_of(cause)
        if isinstance(cause, Cancelled):
            return cancelled(check, why.code, why.text)
        if isinstance(cause, TlsFailed) and self.certificate is not None:
            shown = self.certificate
            text = f"{why.text}; shown: SHA-256 {shown.fingerprint}, issued by {shown.issuer}"
            return fail("certificate", why.code, text)
        return fail(check, why.code, why.text)

    def _secrets(self) -> bool:
        username, password = self.host.username, self.host.password
        if username and password:
            self.findings.append(ok("secrets", f"user name {username}, and a password"))
            return True
        text = what_is_missing(username, password, self.host.name)
        self.findings.append(fail("secrets", "secret-missing", text))
        return False

    def _resolve(self) -> str:
        name = self.host.hostname or ""
        try:
            address = resolve(name)
        except OSError as error:
            text = f"the name {name} has no address: {error.strerror or error}"
            raise NameUnresolved(text) from None
        self.findings.append(ok("name", address if address == name else f"{name} is {address}"))
        return address

    def _fetch_certificate(self) -> Certificate:
        name, port = self.host.hostname or "", self.host.port or API_PORT
        found = fetch_certificate(name, port, timeout=self.policy.connect_timeout)
        self.findings.append(ok("reach", f"{name} port {port} answers"))
        return found

    def _log_in(self) -> ConductorState:
        client = client_of(self.task)
        state = with_session(client, lambda: read_state(client, self.policy))
        self.findings.append(ok("login", f"{self.host.username} is let in, and answered"))
        return state

    def _judge(self, state: ConductorState) -> None:
        self.attempt("identity", lambda: self._compare(state))
        last = self.attempt("flash", lambda: self.vault.latest(self.host.name))
        self.findings += [
            judge_role(state, pair=self.policy.pair),
            judge_release(state.identity.version),
            judge_flash(state, self.policy, last.size // MB if last else 0),
            judge_clock(state),
        ]
        self.attempt("push", self._push)

    def _compare(self, state: ConductorState) -> None:
        noted = [
            *self.roster.note(self.host.name, state.identity),
            *Past(self.vault, self.host.name).check_identity(state.identity),
        ]
        self.findings += [warn("identity", why.code, why.text) for why in noted]
        if not noted:
            who = state.identity.hostname or "it tells no host name"
            serial = f", serial {state.identity.serial}" if state.identity.serial else ""
            self.findings.append(ok("identity", f"{who}{serial}"))

    def _push(self) -> None:
        if self.run is None:
            left = self.vault.read_on_device(self.host.name)
            self.findings += judge_left_over(left, recorded=True)
        elif worst(self.findings) is not Level.FAIL:
            try:
                self._try_push(self.run)
            finally:
                left = self.vault.read_on_device(self.host.name)
                self.findings += judge_left_over(left, recorded=False)

    def _try_push(self, run: Run) -> None:
        received = try_push(self.task, run)
        if received is None:
            text = "the conductor says that it sent a file; nobody can look at the server"
            self.findings.append(warn("push", "unverified", text))
            return
        self.findings.append(
            ok("push", f"{received.size} bytes came whole in {received.seconds:.1f} s")
        )
        if received.left_behind:
            text = f"still on the server: {received.left_behind}"
            self.findings.append(warn("push", "left-on-server", text))
