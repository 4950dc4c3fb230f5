"""This run's files on one conductor's flash: made, pushed, and removed on every path."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import Result

from aos8 import DeviceError
from settings.policy import ArtefactKind
from tasks.blame import is_open
from tasks.clean_up import CLEAN_UP_SECONDS, Removed, clean_up
from tasks.course import Course
from tasks.device_file import DeviceFile
from tasks.errors import cause_of, reason, reason_of
from tasks.flash import back_up_flash
from tasks.names import ARCHIVE_SUFFIX, device_name
from tasks.on_device import OnDevice
from tasks.running_config import copy_running_config
from vault.store import VaultError

logger = logging.getLogger(__name__)


class FlashFiles:
    """What a run makes on one conductor; the vault knows each name before the device does."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._run = course.run
        self._on_device = OnDevice(course.run.vault, course.host)
        self._instead: dict[str, str] = {}
        self._cut_off: BaseException | None = None

    def remove_old(self) -> None:
        """Remove what earlier runs left; raises the error of a conductor that lets nobody in."""
        if self._on_device.recall():
            self.remove()
        if self._cut_off is not None:
            raise self._cut_off

    def make(self, kinds: Iterable[ArtefactKind]) -> Iterator[DeviceFile]:
        """Record the names of all files, and have each made when it is asked for."""
        names = {kind: self._name_of(kind) for kind in kinds}
        self._on_device.plan(list(names.values()))
        return (self._made(kind, name) for kind, name in names.items())

    def push(self, push: Callable[..., Result], file: DeviceFile, **options: Any) -> Any:
        """Have `push` done with the file's name, or with the one that the device may have taken."""
        step, options = self._course.step, {"run": self._run, **options}
        try:
            return step(push, file_name=file.name, **options)
        except NornirSubTaskError as error:
            if not (file.alternative and isinstance(cause_of(error), DeviceError)):
                raise
            done = step(push, file_name=file.alternative, **options)
            self._take_name(file.alternative, file.name)
        return done

    def belong_to_another_box(self) -> None:
        """Let the next run look for these files: the box that has them does not answer now."""
        self._on_device.may_come(self._on_device.names)

    def remove(self) -> None:
        """Remove our files from the device; what is left is a warning, never a failure.

        A conductor that lets nobody in is not asked to once more.
        """
        names = self._on_device.names
        if not names or self._cut_off is not None:
            return
        self._course.grant(CLEAN_UP_SECONDS)
        left: Sequence[str] = names
        words = ""
        try:
            removed: Removed = self._course.step(
                clean_up, always=True, file_names=names, instead=self._instead
            )
            left, words = removed.left_over, removed.words
        except Exception as error:  # noqa: BLE001 - the verdict on the backup stands without it
            words = reason_of(error).text
            if not self._course.connected:
                self._cut_off = cause_of(error)
        self._course.record.note_left_over(left, words)
        try:
            if awaited := self._on_device.gone_but(left):
                self._course.record.note_awaited(awaited)
        except VaultError as error:
            logger.warning("%s: its record is not up to date: %s", self._course.host, error)

    def _name_of(self, kind: ArtefactKind) -> str:
        name = device_name(kind, self._run.run_id, self._run.token, self._course.policy.clean_up)
        return name if kind is ArtefactKind.RUNNING_CONFIG else name + ARCHIVE_SUFFIX

    def _made(self, kind: ArtefactKind, name: str) -> DeviceFile:
        self._on_device.about_to_make(name)
        try:
            return self._made_as(name, kind)
        except NornirSubTaskError as error:
            if is_open(cause_of(error)):
                self._on_device.may_come([name])
            raise

    def _made_as(self, name: str, kind: ArtefactKind) -> DeviceFile:
        if kind is ArtefactKind.RUNNING_CONFIG:
            made: DeviceFile = self._course.step(copy_running_config, file_name=name)
            return made
        if self._run.inbox.fetches:
            self._run.provers.get_ready()
        asked = name.removesuffix(ARCHIVE_SUFFIX)
        made = self._course.step(back_up_flash, archive=kind, file_name=asked)
        if made.asked_for:
            self._take_name(made.name, made.asked_for)
        if made.alternative:
            self._instead[made.name] = made.alternative
        return made

    def _take_name(self, name: str, wanted: str) -> None:
        """Note that what was to be called `wanted` lies on flash as `name`."""
        self._on_device.is_called(wanted, name)
        text = f"the device called the archive {name} instead of {wanted}"
        self._course.record.warn(reason("name-not-honoured", text))
