"""Which box answers under which name of the inventory: by the vault, and in this run.

A box belongs to one name. Of several names for which it was accepted, the one accepted last keeps
it, so that `accept` has the last word. Where none was, nobody can tell which name is right: each of
those that reach it fails, whichever answered first, so that no history begins under a wrong name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Final

from aos8 import Identity
from outcome import Reason
from tasks.errors import TaskError, reason
from tasks.identity import BOX, WrongConductor, facts_of
from vault.store import Identity as Accepted

FORMER_NAME: Final = "former-name"


class SameConductor(TaskError):
    """The box that answers is another name's, or several names reach it."""

    code = "same-conductor"


class Roster:
    """The names of an inventory, in its order, and who answers to them; for use from any thread.

    `accepted` is what the vault knew before the run, of names that left the inventory as well.
    """

    def __init__(self, names: Sequence[str], accepted: Mapping[str, Accepted]) -> None:
        self._names = {name: number for number, name in enumerate(names)}
        self._accepted = accepted
        self._known = _Index()
        self._answered = _Index()
        self._short = _Index()
        self._marks: dict[str, Sequence[str]] = {}
        self._guard = Lock()
        for name, identity in accepted.items():
            self._known.enter(name, marks_of(identity.accepted))
        for name in names:
            self._short.enter(name, [_short(name)])

    def note(self, host: str, identity: Identity) -> tuple[Reason, ...]:
        """Keep who answers as `host`; raise `SameConductor` when that is no box of its own.

        Return warnings of a box that was backed up under a name which is no longer in the
        inventory, and of one that calls itself by another name of it.
        """
        marks = marks_of(facts_of(identity))
        with self._guard:
            self._marks[host] = marks
            self._answered.enter(host, marks)
        self.raise_if_shared(host)
        return (*self._formerly(marks), *self._misnamed(host, identity.hostname))

    def raise_if_shared(self, host: str) -> None:
        """Raise `SameConductor` when `host` turned out to have no box of its own."""
        if said := self.shared(host):
            raise SameConductor(said)

    def shared(self, host: str) -> str:
        """Say whose box answers as `host`, by all that is known now; "" when it is its own."""
        marks = self._marks.get(host, ())
        if owners := self.accepted_as(marks):
            return "" if owners[0] == host else self._of_another(owners[0], marks)
        with self._guard:
            found = self._answered.names(marks) - {host}
        return self._of_several(sorted(found, key=self._order), marks) if found else ""

    def accepted_as(self, marks: Iterable[str]) -> list[str]:
        """Return the names of the inventory for which a box was accepted, its own one first."""
        found = sorted(self._known.names(marks) & set(self._names), key=self._order)
        return sorted(found, key=lambda name: self._accepted[name].at, reverse=True)

    def before(self, host: str) -> Accepted | None:
        """Return who `host` was accepted to be before the run."""
        return self._accepted.get(host)

    def _order(self, name: str) -> int:
        return self._names.get(name, len(self._names))

    def _of_another(self, owner: str, marks: Sequence[str]) -> str:
        which = _common(marks, marks_of(self._accepted[owner].accepted))
        return f"answers as the box that is backed up as {owner} ({which}); nothing was written"

    def _of_several(self, others: Sequence[str], marks: Sequence[str]) -> str:
        which = _common(marks, self._marks[others[0]])
        return (
            f"answers as the same box as {', '.join(others)} ({which}), which was accepted under "
            f"none of these names"
        )

    def _formerly(self, marks: Sequence[str]) -> Iterator[Reason]:
        former = sorted(self._known.names(marks) - set(self._names))
        if former and not self.accepted_as(marks):
            text = (
                f"the same box was backed up as {', '.join(former)}, which is not in the inventory "
                f"any more; its older backups lie under that name"
            )
            yield reason(FORMER_NAME, text)

    def _misnamed(self, host: str, hostname: str) -> Iterator[Reason]:
        others = sorted(self._short.names([_short(hostname)]) if hostname else (), key=self._order)
        if others and host not in others and _short(host) != _short(hostname):
            text = f'calls itself "{hostname}", and {", ".join(others)} is another name here'
            yield reason(WrongConductor.code, text)


class _Index:
    """Names by what they are known by, in any case of letters."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def enter(self, name: str, marks: Iterable[str]) -> None:
        """Let `name` be found by each of `marks`."""
        for mark in marks:
            self._names.setdefault(mark.casefold(), set()).add(name)

    def names(self, marks: Iterable[str]) -> set[str]:
        """Return the names known by any of `marks`."""
        return {name for mark in marks for name in self._names.get(mark.casefold(), ())}


def marks_of(facts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what tells a box from all others, as in `("serial MM531C4CE", "mac 00:0b:...")`."""
    return tuple(f"{key} {facts[key]}" for key in BOX if facts.get(key))


def _common(marks: Iterable[str], others: Iterable[str]) -> str:
    theirs = {mark.casefold() for mark in others}
    return ", ".join(mark for mark in marks if mark.casefold() in theirs)


def _short(name: str) -> str:
    return name.partition(".")[0].casefold()
