"""Task `backup_conductor`: the whole backup of one conductor, and its outcome on every path."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import Result, Task

from aos8 import Aos8Error, DeviceError, TransportError
from fleet import shared_of
from outcome import Reason, Verdict
from plugins.connection import NAME
from plugins.deadline import Deadline
from settings import policy_of
from settings.policy import ArtefactKind
from tasks.blame import blamed, is_open
from tasks.check import MB, ConductorState, check_conductor
from tasks.clean_up import Removed, clean_up
from tasks.confirm import confirm_conductor
from tasks.device_file import DeviceFile
from tasks.errors import DeadlinePassed, cause_of, is_known, reason, reason_of
from tasks.flash import back_up_flash
from tasks.identity import WrongConductor
from tasks.names import ARCHIVE_SUFFIX, device_name
from tasks.on_device import OnDevice
from tasks.past import Past
from tasks.prove import Proven, prove
from tasks.publish import publish
from tasks.record import Record
from tasks.run import Run
from tasks.running_config import copy_running_config
from tasks.send import send
from tasks.standby import explained
from tasks.transfer import Received, transfer
from vault.store import VaultError

logger = logging.getLogger(__name__)

CLEAN_UP_SECONDS = 60.0
"""What clean-up gets when a conductor's time is over."""


def backup_conductor(task: Task, *, run: Run) -> Result:
    """Back up one conductor; the result is its `HostOutcome`, whatever happens.

    What the run made on the device is removed on every path. Nothing is published unless every
    artefact was received and proven; what arrived without holding goes into quarantine.
    """
    backup = _Backup(task, run)
    try:
        backup.perform()
    except Exception as error:  # noqa: BLE001 - every host gets its verdict
        backup.failed_with(error)
    finally:
        backup.clean_up()
        backup.clear_staging()
    outcome = backup.record.outcome()
    failed = outcome.verdict in (Verdict.FAIL, Verdict.CANCELLED)
    return Result(
        task.host,
        result=outcome,
        failed=failed,
        changed=bool(outcome.generation),
        exception=backup.error if failed else None,
    )


def text_first(kinds: Iterable[ArtefactKind]) -> list[ArtefactKind]:
    """Return the running configuration before the archives.

    A conductor that cannot push is found out by a small file, before it packs its flash.
    """
    return sorted(kinds, key=lambda kind: kind is not ArtefactKind.RUNNING_CONFIG)


class _Backup:
    """One conductor's backup under way."""

    def __init__(self, task: Task, run: Run) -> None:
        self.task = task
        self.run = run
        self.policy = policy_of(task.host)
        self.record = Record(task.host, self.policy)
        self.state: ConductorState | None = None
        self.error: BaseException | None = None
        self.cut_off: BaseException | None = None
        self.on_device = OnDevice(run.vault, task.host.name)
        self.instead: dict[str, str] = {}
        self.received: list[Received] = []
        self.past = Past(run.vault, task.host.name)
        self.deadlines = shared_of(task.nornir).deadlines
        self.deadlines[task.host.name] = run.deadline.earlier(
            Deadline.after(self.policy.host_deadline)
        )

    def perform(self) -> None:
        """Check, write, push, prove, publish; raises at the first step that fails."""
        self.run.raise_if_full()
        if self.on_device.recall():
            self.clean_up()
        if self.cut_off is not None:
            raise self.cut_off
        state: ConductorState = self.step(check_conductor, need_mb=self._room_needed())
        self.state = state
        self.record.note_state(state)
        self.warn(self.run.roster.note(self.task.host.name, state.identity))
        self.warn(self.past.check_identity(state.identity))
        names = {kind: self._name_of(kind) for kind in text_first(self.policy.artefacts)}
        self.on_device.plan(list(names.values()))
        files = (self._make(kind, name) for kind, name in names.items())  # each when it is wanted
        if not self.run.inbox.verifies:
            self.record.note_unverified([self._push(send, file) for file in files])
            return
        proven = [self._fetch(file, state) for file in files]
        self._confirm(state)
        self.warn(self.past.check_files(proven, self.policy))
        generation = self.step(
            publish,
            run=self.run,
            proven=proven,
            identity=state.identity,
            verdict=self.record.verdict_so_far,
        )
        self.record.note_published(generation, proven)
        self._learn(state)

    def warn(self, warnings: Iterable[Reason]) -> None:
        """Keep warnings about a backup that is good otherwise."""
        for why in warnings:
            self.record.warn(why)

    def failed_with(self, error: BaseException) -> None:
        """Remember why, and keep what arrived for a look."""
        self.error = cause_of(error)
        if not is_known(self.error):
            logger.error("%s: an error of ours", self.task.host.name, exc_info=self.error)
        if self.deadlines[self.task.host.name].passed and isinstance(self.error, TransportError):
            self.error = DeadlinePassed(f"the time for this conductor is over: {self.error}")
        self.error = blamed(explained(error, self.error, self.record.role), self._ask_again)
        if isinstance(self.error, WrongConductor):
            self.on_device.may_come(self.on_device.names)
        remote = [item.remaining.location for item in self.received if item.remaining]
        stays = f"; left on the server: {', '.join(map(str, remote))}" if remote else ""
        why = reason_of(self.error)
        why = reason(why.code, why.text + stays)
        self.record.note_failure(why)
        paths = [item.path for item in self.received if item.path.exists()]
        if not (paths or remote):
            return
        vault = self.run.vault
        try:
            folder = vault.quarantine(
                self.task.host.name, self.run.run_id, paths, why.code, why.text, remote=remote
            )
            kept = [folder / path.name for path in paths]
            self.record.note_quarantined([str(path.relative_to(vault.root)) for path in kept])
        except Exception as trouble:  # noqa: BLE001 - the first failure is the one to report
            logger.warning("%s: not put in quarantine: %s", self.task.host.name, trouble)

    def clean_up(self) -> None:
        """Remove our files from the device; what is left is a warning, never a failure.

        A conductor that lets nobody in is not asked to once more.
        """
        names = self.on_device.names
        if not names or self.cut_off is not None:
            return
        self.deadlines[self.task.host.name] = self._clean_up_deadline()
        left: Sequence[str] = names
        words = ""
        try:
            removed: Removed = self.step(
                clean_up, always=True, file_names=names, instead=self.instead
            )
            left, words = removed.left_over, removed.words
        except Exception as error:  # noqa: BLE001 - the verdict on the backup stands without it
            words = reason_of(error).text
            if NAME not in self.task.host.connections:
                self.cut_off = cause_of(error)
        self.record.note_left_over(left, words)
        try:
            if awaited := self.on_device.gone_but(left):
                self.record.note_awaited(awaited)
        except VaultError as error:
            logger.warning("%s: its record is not up to date: %s", self.task.host.name, error)

    def clear_staging(self) -> None:
        """Remove what this host still has in staging; a rest there is put right by the next run."""
        try:
            self.run.vault.drop_staging(self.run.run_id, self.task.host.name)
        except VaultError as error:
            logger.warning("%s: staging not cleared: %s", self.task.host.name, error)

    def step(self, function: Callable[..., Result], *, always: bool = False, **options: Any) -> Any:
        """Run one step, note its time, and return its result."""
        if not always:
            self._raise_if_over()
        started = time.monotonic()
        try:
            return self.task.run(task=function, **options)[0].result
        finally:
            self.record.note_time(function.__name__, time.monotonic() - started)

    def _raise_if_over(self) -> None:
        self.run.raise_if_stopped()
        self.run.roster.raise_if_shared(self.task.host.name)
        if self.deadlines[self.task.host.name].passed:
            raise DeadlinePassed("the time for this conductor was over before this step")

    def _clean_up_deadline(self) -> Deadline:
        """Return what applies while we clean up: a short time even when all others are over."""
        own = self.deadlines[self.task.host.name]
        reserve = Deadline.after(CLEAN_UP_SECONDS)
        return reserve if own.left < CLEAN_UP_SECONDS else own

    def _name_of(self, kind: ArtefactKind) -> str:
        name = device_name(kind, self.run.run_id, self.run.token, self.policy.clean_up)
        return name if kind is ArtefactKind.RUNNING_CONFIG else name + ARCHIVE_SUFFIX

    def _make(self, kind: ArtefactKind, name: str) -> DeviceFile:
        self.on_device.about_to_make(name)
        try:
            return self._make_called(name, kind)
        except NornirSubTaskError as error:
            if is_open(cause_of(error)):
                self.on_device.may_come([name])
            raise

    def _make_called(self, name: str, kind: ArtefactKind) -> DeviceFile:
        if kind is ArtefactKind.RUNNING_CONFIG:
            made: DeviceFile = self.step(copy_running_config, file_name=name)
            return made
        if self.run.inbox.fetches:
            self.run.provers.get_ready()
        asked = name.removesuffix(ARCHIVE_SUFFIX)
        made = self.step(back_up_flash, archive=kind, file_name=asked)
        if made.asked_for:
            self._take_name(made.name, made.asked_for)
        if made.alternative:
            self.instead[made.name] = made.alternative
        return made

    def _take_name(self, name: str, wanted: str) -> None:
        """Note that what was to be called `wanted` lies on flash as `name`."""
        self.on_device.is_called(wanted, name)
        text = f"the device called the archive {name} instead of {wanted}"
        self.record.warn(reason("name-not-honoured", text))

    def _fetch(self, file: DeviceFile, state: ConductorState) -> Proven:
        may_stay = file.kind is not ArtefactKind.RUNNING_CONFIG
        received: Received = self._push(transfer, file, may_stay=may_stay)
        self.received.append(received)
        self.record.note_received(file.kind, received)
        proven: Proven = self.step(
            prove,
            kind=file.kind,
            received=received,
            hostname=state.identity.hostname,
            run=self.run,
        )
        self.record.note_proven(proven)
        return proven

    def _push(self, push: Callable[..., Result], file: DeviceFile, **options: Any) -> Any:
        """Have `push` done with the file's name, or with the one that the device may have taken."""
        try:
            return self.step(push, file_name=file.name, run=self.run, **options)
        except NornirSubTaskError as error:
            if not (file.alternative and isinstance(cause_of(error), DeviceError)):
                raise
            done = self.step(push, file_name=file.alternative, run=self.run, **options)
            self._take_name(file.alternative, file.name)
        return done

    def _ask_again(self) -> Sequence[Reason]:
        """Return warnings about who answers now; one who was not known before raises none."""
        if self.state is None:
            return ()
        warnings: Sequence[Reason] = self.step(confirm_conductor, before=self.state.identity)
        return warnings

    def _confirm(self, state: ConductorState) -> None:
        """See that the same box still answers; one that answers no more was itself until now."""
        try:
            self.warn(self.step(confirm_conductor, before=state.identity))
        except NornirSubTaskError as error:
            why = reason_of(error)
            if not isinstance(cause_of(error), Aos8Error):
                raise
            text = f"not asked again after the transfers who it is: {why.text}"
            self.record.warn(reason(why.code, text))

    def _learn(self, state: ConductorState) -> None:
        try:
            self.past.learn(state.identity)
        except VaultError as error:
            self.record.warn(reason_of(error))

    def _room_needed(self) -> int:
        latest = self.run.vault.latest(self.task.host.name)
        return 0 if latest is None else 2 * latest.size // MB
