"""What a run knows of one account: who may try it next, and when it is given up."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto

SCOUTS = 3
"""How many conductors may try an account, or have refused it, before one has accepted it."""

SLOW_SECONDS = 5.0
"""How long an answer may take before one more conductor may try in its place."""


class Answer(Enum):
    """What the answer to a login says of the account."""

    ACCEPTED = auto()
    REFUSED = auto()
    NONE = auto()
    """No password was judged: it was not sent, or the device had no time or session for it."""
    UNKNOWN = auto()
    """It was sent, and what became of it is not known: it may have been refused."""


@dataclass(slots=True)
class Attempt:
    """One conductor's turn, which began at monotonic time `since` after `waited` seconds.

    Whoever has it sets `answer`; what is not said is not known.
    """

    name: str
    since: float
    waited: float
    answer: Answer = Answer.UNKNOWN


@dataclass(slots=True)
class Account:
    """Who refused an account, who lost the answer, who is trying it and who waits."""

    accepted: bool = False
    refused_by: list[str] = field(default_factory=list)
    lost_by: list[str] = field(default_factory=list)
    under_way: list[Attempt] = field(default_factory=list)
    waiting: list[object] = field(default_factory=list)

    @property
    def is_given_up(self) -> bool:
        """Whether nobody may try it any more: a refusal is certain, and enough others may be."""
        if self.accepted or not self.refused_by:
            return False
        return len(self.refused_by) + len(self.lost_by) >= SCOUTS

    def is_turn_of(self, waiter: object, now: float) -> bool:
        """Whether this one may try now.

        Of those who wait the last is first: neighbours in the inventory are often ill together.
        """
        return self.accepted or (waiter is self.waiting[-1] and self._has_place(now))

    def seconds_to_change(self, now: float) -> float:
        """Return in how many seconds the next answer counts as slow; infinite when none will."""
        return min((a.since + SLOW_SECONDS - now for a in self._quick(now)), default=math.inf)

    def settle(self, attempt: Attempt) -> None:
        """End a turn, and learn from what its answer says."""
        self.under_way.remove(attempt)
        self.accepted = self.accepted or attempt.answer is Answer.ACCEPTED
        if attempt.answer is Answer.REFUSED:
            self.refused_by.append(attempt.name)
        elif attempt.answer is Answer.UNKNOWN:
            self.lost_by.append(attempt.name)

    def why_given_up(self, username: str) -> str:
        """Say who refused it, and who may have."""
        text = f'{", ".join(self.refused_by)} refused the user name "{username}"'
        lost = f", and {', '.join(self.lost_by)} gave no clear answer" if self.lost_by else ""
        return f"not tried: {text} with the same password{lost}"

    def _has_place(self, now: float) -> bool:
        """Count a slow or lost answer as a refusal, unless there is no refusal at all.

        Then one conductor at a time goes on trying, so that ill ones do not hold up a sound fleet.
        """
        if len(self.refused_by) + len(self.lost_by) + len(self.under_way) < SCOUTS:
            return True
        return not self.refused_by and not self._quick(now)

    def _quick(self, now: float) -> list[Attempt]:
        return [attempt for attempt in self.under_way if now - attempt.since < SLOW_SECONDS]
