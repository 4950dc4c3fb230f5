"""What all conductors of one fleet share while they are worked on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from plugins.accounts import Accounts
from plugins.deadline import Deadline


class StopEvent(Event):
    """An event that also calls, once set, those whose threads wait for something else as well."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[Callable[[], None]] = []

    def then(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever the event is set."""
        self._calls.append(call)

    def set(self) -> None:
        """Set the event and make the calls, in this thread."""
        super().set()
        for call in self._calls:
            call()


@dataclass(frozen=True, slots=True)
class Shared:
    """`names` are those of the whole inventory, in its order, whatever part of it is selected.

    `stop` is set when nothing new may begin; `accounts` keeps passwords from being tried on.
    `deadlines` holds, for each conductor that has one, the moment by which it must be done.
    """

    names: Sequence[str] = ()
    stop: StopEvent = field(default_factory=StopEvent)
    accounts: Accounts = field(default_factory=Accounts)
    deadlines: dict[str, Deadline] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stop.then(self.accounts.wake)

    def grant(self, name: str, seconds: float) -> None:
        """Let the deadline of a conductor come no sooner than in so many seconds."""
        if self.deadline(name).left < seconds:
            self.deadlines[name] = Deadline.after(seconds)

    def deadline(self, name: str) -> Deadline:
        """Return the deadline of a conductor; one that never comes when it has none."""
        return self.deadlines.get(name, Deadline())
