"""The verb `check`: everything that a run needs, without making a backup."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import UTC, datetime

from nornir.core import Nornir
from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult

from commands.choosing import choose
from commands.desk import Desk
from commands.mailing import NO_MAIL_ACCOUNT, mail_options
from commands.options import Verbs, add_filters, add_verb, config_typed, positive, selection_of
from commands.running import run_all
from commands.signals import StopRequest, stop_on_signals
from commands.view import View
from finding import Examined, Finding, Level, fail, ok, worst
from fleet import settings_of, shared_of
from plugins.deadline import Deadline
from plugins.secrets import mail_credentials
from reporting.errors import MailNotSent
from reporting.findings import build_preflight, preflight_document
from reporting.findings_table import preflight_lines
from reporting.mail import probe
from reporting.words import conductors
from settings import MailSettings, Settings, policy_of
from tasks.addresses import push_address
from tasks.errors import INTERNAL
from tasks.judgement import judge_shared
from tasks.preflight import preflight
from tasks.roster import Roster
from tasks.run import Run, open_run, roster_of, vault_of
from tasks.this_host import (
    look_at_open_receiver,
    look_at_receiver,
    look_at_vault,
    receiver_failed,
)
from vault.receiver import ReceiverError
from vault.store import VaultError, VaultReader

DESCRIPTION = """\
Look at everything that a run needs, and make no backup: settings, vault, receiver and mail relay
here, and name, certificate, login, role, release, flash and clock of each selected conductor.
It writes to no conductor and sends no mail.
With --push each conductor also pushes its running configuration, the smallest file there is, to
prove the way into the vault; it is received whole, and removed here and there.
Exit code 0 when nothing was found that a backup would fail of, 1 otherwise."""


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "check", perform, description=DESCRIPTION, filters=False)
    add_filters(parser, failed=True)
    parser.add_argument(
        "--push", action="store_true", help="let each conductor push one small file"
    )
    parser.add_argument("--workers", type=positive, metavar="N", help="conductors at the same time")


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Look at this host and at the selected conductors."""
    started, since = datetime.now(UTC), time.monotonic()
    selected = choose(desk.fleet, options)
    with stop_on_signals(shared_of(selected).stop) as stop:
        look = _Look(selected, desk, stop, push=options.push)
        look.perform()
    found = build_preflight(
        started,
        time.monotonic() - since,
        look.here,
        look.conductors,
        selection=selection_of(options),
        pushed=options.push,
        interrupted=stop.signal.name if stop.signal else "",
        config=config_typed(options),
    )
    code = found.exit_code if stop.exit_code is None else stop.exit_code
    return View(lambda width: preflight_lines(found, width), preflight_document(found), code)


class _Look:
    """One check under way; `here` and `conductors` are what was found so far."""

    def __init__(self, selected: Nornir, desk: Desk, stop: StopRequest, *, push: bool) -> None:
        self.here: list[Finding] = []
        self.conductors: list[Examined] = []
        self._selected = selected
        self._settings = settings_of(selected)
        self._desk = desk
        self._stop = stop
        self._push = push

    def perform(self) -> None:
        """Look at this host and at every conductor."""
        chosen = conductors(len(self._selected.inventory.hosts))
        self.here.append(ok("settings", f"sound; {chosen} selected"))
        self.here += look_at_vault(self._settings, self._sizes())
        if self._push:
            self._with_push()
        else:
            self._examine(None)
            if self._may_listen() and not self._stop.signal:
                self.here += look_at_receiver(self._settings, self._addresses())
        if self._settings.mail and not self._stop.signal:
            self.here.append(look_at_mail(self._settings, self._settings.mail))

    def _with_push(self) -> None:
        """Receive as a run does; where that cannot begin, look at all that can be looked at."""
        try:
            with open_run(self._selected, stop=self._stop.event) as run:
                self._examine(run)
                self.here += look_at_open_receiver(self._settings, self._addresses())
            return
        except ReceiverError as error:
            self.here.append(receiver_failed(self._settings, error))
        except VaultError as error:
            if worst(self.here) is not Level.FAIL:
                self.here.append(fail("vault", error.code, str(error)))
        self._examine(None)

    def _examine(self, run: Run | None) -> None:
        minutes = self._settings.run.deadline_minutes
        deadline = run.deadline if run else Deadline.after(minutes * 60)
        roster = run.roster if run else self._roster()
        results = run_all(
            self._selected,
            self._desk.errors,
            preflight,
            vault=run.vault if run else vault_of(self._settings),
            roster=roster,
            deadline=deadline,
            stop=self._stop.event,
            run=run,
        )
        examined = [_examined(name, results) for name in self._selected.inventory.hosts]
        self.conductors = [
            replace(each, findings=judge_shared(each.findings, roster.shared(each.host)))
            for each in examined
        ]

    def _roster(self) -> Roster:
        """Return who is whose; a vault that cannot be listed is a finding of its own already."""
        try:
            return roster_of(self._selected, vault_of(self._settings))
        except VaultError:
            return Roster(shared_of(self._selected).names, {})

    def _may_listen(self) -> bool:
        """Say whether the port is ours to try: a run under way has it."""
        return not any(f.check == "lock" and f.level is Level.FAIL for f in self.here)

    def _sizes(self) -> dict[str, int]:
        vault = vault_of(self._settings)
        return {name: _last_size(vault, name) for name in self._selected.inventory.hosts}

    def _addresses(self) -> list[str]:
        """Return where conductors push to, but for those whose name has no address."""
        hosts = self._selected.inventory.hosts
        found = [each.host for each in self.conductors if not _is_unresolved(each)]
        return [*filter(None, (self._address(hosts[name]) for name in found))]

    def _address(self, host: Host) -> str:
        try:
            return push_address(host, policy_of(host), self._settings)
        except OSError:
            return ""


def look_at_mail(settings: Settings, mail: MailSettings) -> Finding:
    """Talk to the mail relay as for a mail, and send none."""
    username, password = mail_credentials(settings.secrets.file) if mail.login else ("", "")
    if mail.login and not (username and password):
        return fail("mail", "secret-missing", NO_MAIL_ACCOUNT)
    try:
        probe(mail_options(mail, username, password))
    except MailNotSent as error:
        text = f"{error.host} port {error.port}, {error.phase}: {error.reason}"
        return Finding("mail", Level.FAIL, text, MailNotSent.code, error.remedy)
    how = "" if mail.security.value == "none" else f" with {mail.security.value}"
    logged_in = f", lets {username} in" if username else ""
    return ok("mail", f"{mail.host} port {mail.effective_port} answers{how}{logged_in}")


def _last_size(vault: VaultReader, host: str) -> int:
    try:
        latest = vault.latest(host)
    except VaultError:
        return 0
    return latest.size if latest else 0


def _is_unresolved(each: Examined) -> bool:
    return any(found.check == "name" and found.level is Level.FAIL for found in each.findings)


def _examined(name: str, results: AggregatedResult) -> Examined:
    """Return what the task found; one that ended without is a defect and counts as bad."""
    found = results[name][0].result if name in results and len(results[name]) else None
    if isinstance(found, Examined):
        return found
    text = "the check ended without a result; the log has the details"
    return Examined(name, (fail("preflight", INTERNAL, text),))
