"""A file of ours on a conductor's flash."""

from __future__ import annotations

from dataclasses import dataclass

from settings.policy import ArtefactKind
from tasks.readable import Readable


@dataclass(frozen=True, slots=True, repr=False)
class DeviceFile(Readable):
    """A file that a step made; `asked_for` is the name wanted where the device took another one.

    `alternative` is the name to try when the device does not know `name` after all: on a release
    that lists nothing, only the transfer tells which name was used.
    """

    kind: ArtefactKind
    name: str
    asked_for: str = ""
    alternative: str = ""
