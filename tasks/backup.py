"""Task `backup_conductor`: the whole backup of one conductor, and its outcome on every path."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import Result, Task

from aos8 import Aos8Error, TransportError
from outcome import BAD, Reason
from settings.policy import ArtefactKind
from tasks.blame import blamed
from tasks.check import MB, ConductorState, check_conductor
from tasks.confirm import confirm_conductor
from tasks.course import Course
from tasks.device_file import DeviceFile
from tasks.errors import DeadlinePassed, cause_of, is_known, reason, reason_of
from tasks.flash_files import FlashFiles
from tasks.identity import WrongConductor
from tasks.past import Past
from tasks.prove import Proven, prove
from tasks.publish import publish
from tasks.run import Run
from tasks.send import send
from tasks.standby import explained
from tasks.transfer import Received, transfer
from vault.store import VaultError

logger = logging.getLogger(__name__)


def backup_conductor(task: Task, *, run: Run) -> Result:
    """Back up one conductor; the result is its `HostOutcome`, whatever happens.

    What the run made on the device is removed on every path. Nothing is published unless every
    artefact was received and proven; what arrived without holding goes into quarantine.
    """
    backup = _Backup(Course(task, run))
    try:
        backup.perform()
    except Exception as error:  # noqa: BLE001 - every host gets its verdict
        backup.failed_with(error)
    finally:
        backup.files.remove()
        backup.clear_staging()
    outcome = backup.course.record.outcome()
    failed = outcome.verdict in BAD
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
    """What is known of one conductor, and what arrived from it, until it is published or not."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.files = FlashFiles(course)
        self.error: BaseException | None = None
        self._run = course.run
        self._past = Past(course.run.vault, course.host)
        self._state: ConductorState | None = None
        self._received: list[Received] = []

    def perform(self) -> None:
        """Check, write, push, prove, publish; raises at the first step that fails."""
        self._run.raise_if_full()
        self.files.remove_old()
        state = self._checked()
        files = self.files.make(text_first(self.course.policy.artefacts))
        if not self._run.inbox.verifies:
            sent = [self.files.push(send, file) for file in files]
            self.course.record.note_unverified(sent)
            return
        proven = [self._fetch(file, state) for file in files]
        self._confirm(state)
        self.course.warn(self._past.check_files(proven, self.course.policy))
        self._publish(proven, state)
        self._learn(state)

    def failed_with(self, error: BaseException) -> None:
        """Remember why, and keep what arrived for a look."""
        self.error = cause_of(error)
        if not is_known(self.error):
            logger.error("%s: an error of ours", self.course.host, exc_info=self.error)
        if self.course.overdue and isinstance(self.error, TransportError):
            self.error = DeadlinePassed(f"the time for this conductor is over: {self.error}")
        role = self.course.record.role
        self.error = blamed(explained(error, self.error, role), self._ask_again)
        if isinstance(self.error, WrongConductor):
            self.files.belong_to_another_box()
        remote = [str(item.remaining.location) for item in self._received if item.remaining]
        stays = f"; left on the server: {', '.join(remote)}" if remote else ""
        why = reason_of(self.error)
        why = reason(why.code, why.text + stays)
        self.course.record.note_failure(why)
        self._quarantine(why)

    def clear_staging(self) -> None:
        """Remove what this host still has in staging; a rest there is put right by the next run."""
        try:
            self._run.vault.drop_staging(self._run.run_id, self.course.host)
        except VaultError as error:
            logger.warning("%s: staging not cleared: %s", self.course.host, error)

    def _checked(self) -> ConductorState:
        state: ConductorState = self.course.step(check_conductor, need_mb=self._room_needed())
        self._state = state
        self.course.record.note_state(state)
        self.course.warn(self._run.roster.note(self.course.host, state.identity))
        self.course.warn(self._past.check_identity(state.identity))
        return state

    def _room_needed(self) -> int:
        latest = self._run.vault.latest(self.course.host)
        return 0 if latest is None else 2 * latest.size // MB

    def _fetch(self, file: DeviceFile, state: ConductorState) -> Proven:
        may_stay = file.kind is not ArtefactKind.RUNNING_CONFIG
        received: Received = self.files.push(transfer, file, may_stay=may_stay)
        self._received.append(received)
        self.course.record.note_received(file.kind, received)
        proven: Proven = self.course.step(
            prove,
            kind=file.kind,
            received=received,
            hostname=state.identity.hostname,
            run=self._run,
        )
        self.course.record.note_proven(proven)
        return proven

    def _ask_again(self) -> Sequence[Reason]:
        """Return warnings about who answers now; one who was not known before raises none."""
        if self._state is None:
            return ()
        warnings: Sequence[Reason] = self.course.step(
            confirm_conductor, before=self._state.identity
        )
        return warnings

    def _confirm(self, state: ConductorState) -> None:
        """See that the same box still answers; one that answers no more was itself until now."""
        try:
            self.course.warn(self.course.step(confirm_conductor, before=state.identity))
        except NornirSubTaskError as error:
            why = reason_of(error)
            if not isinstance(cause_of(error), Aos8Error):
                raise
            text = f"not asked again after the transfers who it is: {why.text}"
            self.course.record.warn(reason(why.code, text))

    def _publish(self, proven: Sequence[Proven], state: ConductorState) -> None:
        generation = self.course.step(
            publish,
            run=self._run,
            proven=proven,
            identity=state.identity,
            verdict=self.course.record.verdict_so_far,
        )
        self.course.record.note_published(generation, proven)

    def _learn(self, state: ConductorState) -> None:
        try:
            self._past.learn(state.identity)
        except VaultError as error:
            self.course.record.warn(reason_of(error))

    def _quarantine(self, why: Reason) -> None:
        paths = [item.path for item in self._received if item.path.exists()]
        remote = [item.remaining.location for item in self._received if item.remaining]
        if not (paths or remote):
            return
        vault = self._run.vault
        try:
            folder = vault.quarantine(
                self.course.host, self._run.run_id, paths, why.code, why.text, remote=remote
            )
            kept = [folder / path.name for path in paths]
            names = [str(path.relative_to(vault.root)) for path in kept]
            self.course.record.note_quarantined(names)
        except Exception as trouble:  # noqa: BLE001 - the first failure is the one to report
            logger.warning("%s: not put in quarantine: %s", self.course.host, trouble)
