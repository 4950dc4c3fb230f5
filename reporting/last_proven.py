"""What a conductor is left with where this run brought no new proven backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from reporting.words import old_text


@dataclass(frozen=True, slots=True)
class LastProven:
    """The newest proven backup in the vault: `time` of its run (aware), None where there is none.

    Nothing is said by one that is not `known`: the vault could not be read, or nobody asked it.
    """

    time: datetime | None = None
    known: bool = False

    def said(self, now: datetime) -> str:
        """Return it in words, with its age at `now`."""
        if not self.known:
            return "last proven backup unknown, the vault was not read"
        if self.time is None:
            return "no proven backup in the vault"
        when = f"{self.time.astimezone(UTC):%Y-%m-%d %H:%M}Z"
        return f"last proven backup {when}, {old_text(now - self.time)}"
