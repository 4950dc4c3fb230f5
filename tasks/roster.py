"""Which box answers under which name of the inventory: by the vault, and in this run.

A box belongs to one name. Of several names for which it was accepted, the one accepted last keeps
it, so that `accept` has the last word. Where none was, nobody can tell which name is right: each of
those that reach it fails, whichever answered first, so that no history begins under a wrong name.

Two answers are of one box when they share its serial or its MAC and contradict each other in
neither: a cloned virtual conductor can have the MAC of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import Final

from aos8 import Identity
from outcome import Reason
from tasks.errors import TaskError, reason
from tasks.identity import BOX, WrongConductor, differences, facts_of
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
        self._facts: dict[str, Mapping[str, str]] = {}
        self._guard = Lock()
        for name, identity in accepted.items():
            self._known.enter(name, _marks_of(identity.accepted))
        for name in names:
            self._short.enter(name, [_short(name)])

    def note(self, host: str, identity: Identity) -> tuple[Reason, ...]:
        """Keep who answers as `host`; raise `SameConductor` when that is no box of its own.

        Return warnings of a box that was backed up under a name which is no longer in the
        inventory, and of one that calls itself by another name of it.
        """
        facts = facts_of(identity)
        with self._guard:
            self._facts[host] = facts
            self._answered.enter(host, _marks_of(facts))
        self.raise_if_shared(host)
        return (*self._formerly(facts), *self._misnamed(host, identity.hostname))

    def raise_if_shared(self, host: str) -> None:
        """Raise `SameConductor` when `host` turned out to have no box of its own."""
        if said := self.shared(host):
            raise SameConductor(said)

    def shared(self, host: str) -> str:
        """Say whose box answers as `host`, by all that is known now; "" when it is its own."""
        facts = self._facts.get(host, {})
        if owners := self.accepted_as(facts):
            return "" if owners[0] == host else self._of_another(owners[0], facts)
        with self._guard:
            alike = self._answered.names(_marks_of(facts)) - {host}
            found = [name for name in alike if not differences(self._facts[name], facts)]
        return self._of_several(sorted(found, key=self._order), facts) if found else ""

    def accepted_as(self, facts: Mapping[str, str]) -> list[str]:
        """Return the names of the inventory for which a box was accepted, its own one first.

        `facts` are what `facts_of` returns.
        """
        found = sorted(self._accepted_names(facts) & set(self._names), key=self._order)
        return sorted(found, key=lambda name: self._accepted[name].at, reverse=True)

    def before(self, host: str) -> Accepted | None:
        """Return who `host` was accepted to be before the run."""
        return self._accepted.get(host)

    def _accepted_names(self, facts: Mapping[str, str]) -> set[str]:
        alike = self._known.names(_marks_of(facts))
        return {name for name in alike if not differences(self._accepted[name].accepted, facts)}

    def _order(self, name: str) -> int:
        return self._names.get(name, len(self._names))

    def _of_another(self, owner: str, facts: Mapping[str, str]) -> str:
        which = _common(facts, self._accepted[owner].accepted)
        return f"answers as the box that is backed up as {owner} ({which}); nothing was written"

    def _of_several(self, others: Sequence[str], facts: Mapping[str, str]) -> str:
        which = _common(facts, self._facts[others[0]])
        return (
            f"answers as the same box as {', '.join(others)} ({which}), which was accepted under "
            f"none of these names"
        )

    def _formerly(self, facts: Mapping[str, str]) -> Iterator[Reason]:
        former = sorted(self._accepted_names(facts) - set(self._names))
        if former and not self.accepted_as(facts):
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


def _marks_of(facts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what tells a box from all others, as in `("serial MM531C4CE", "mac 00:0b:...")`."""
    return tuple(f"{key} {facts[key]}" for key in BOX if facts.get(key))


def _common(facts: Mapping[str, str], others: Mapping[str, str]) -> str:
    theirs = {mark.casefold() for mark in _marks_of(others)}
    return ", ".join(mark for mark in _marks_of(facts) if mark.casefold() in theirs)


def _short(name: str) -> str:
    return name.partition(".")[0].casefold()
