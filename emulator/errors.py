"""What can go wrong in the emulator itself, and how its devices say no.

EmulatorError
├── FleetFileError    the fleet file, or a value built in code, is not valid
├── FleetDownError    an address and port could not be bound
├── RefusedError      a pretend device does not do what it was asked; the text is its answer
├── ScpError          a pretend device could not copy a file; the text goes into its answer
└── BadRequestError   what came over a connection is no request that can be read

None of these becomes a verdict on a backup, so they carry no reason code.
"""

from __future__ import annotations


class EmulatorError(Exception):
    """Anything the emulator raises on purpose."""


class FleetFileError(EmulatorError):
    """Name every fault of a fleet description at once: file, key, and what is allowed there."""


class FleetDownError(EmulatorError):
    """Say which conductor's address and port could not be bound, and why."""


class RefusedError(EmulatorError):
    """Carry the words with which a device refuses."""


class ScpError(EmulatorError):
    """Carry the words that a device would answer when a copy by SCP fails."""


class BadRequestError(EmulatorError):
    """A request that cannot be read, with the HTTP status that says so."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
