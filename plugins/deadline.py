"""The moment by which a conductor must be done."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from aos8 import Timeouts

LEAST_SECONDS = 0.05
"""What a call still gets when its time is over, so that it ends at once instead of never."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`ends_at` is monotonic; `math.inf` never comes."""

    ends_at: float = math.inf

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds that are left, never negative."""
        return max(0.0, self.ends_at - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0.0

    def earlier(self, other: Deadline) -> Deadline:
        """Return whichever comes first."""
        return self if self.ends_at <= other.ends_at else other

    def later(self, seconds: float) -> Deadline:
        """Return the deadline that many seconds behind this one."""
        return Deadline(self.ends_at + seconds)

    def cap(self, seconds: float) -> float:
        """Return `seconds`, or what is left if that is less."""
        return max(LEAST_SECONDS, min(seconds, self.left))


def capped(timeouts: Timeouts, deadline: Deadline) -> Timeouts:
    """Return `timeouts` with none of them longer than what is left."""
    return Timeouts(
        connect=deadline.cap(timeouts.connect),
        read=deadline.cap(timeouts.read),
        backup=deadline.cap(timeouts.backup),
        copy=deadline.cap(timeouts.copy),
        logout=timeouts.logout,
    )
