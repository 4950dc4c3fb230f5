"""Is the box that answers the one that was accepted under this name? Pure but for its errors.

Serial and MAC say which box it is. Where neither can be compared, because the device does not tell
them, the host name has to do. A changed release or a changed name alone is not another box.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aos8 import Identity
from outcome import Reason
from tasks.errors import TaskError, reason

BOX: Final = ("serial", "mac")
HISTORY_SINCE: Final = "history_since"
"""Key beside the accepted facts: the run from which on sizes are compared."""


class IdentityChanged(TaskError):
    """Another box answers under the name of an accepted one; nothing was written to it."""

    code = "identity-changed"


class WrongConductor(TaskError):
    """The box that answers after the transfers is not the one that answered before."""

    code = "wrong-conductor"


def facts_of(identity: Identity) -> dict[str, str]:
    """Return what is recorded of a box: each of host name, serial and MAC that it tells."""
    found = {key: str(getattr(identity, key)) for key in ("hostname", *BOX)}
    return {key: value for key, value in found.items() if value}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Say what makes two answers two boxes; empty when they are one as far as they tell."""
    common = [key for key in BOX if before.get(key) and after.get(key)]
    if not common and before.get("hostname") and after.get("hostname"):
        common = ["hostname"]
    return [
        f"{key} {after[key]} instead of {before[key]}"
        for key in common
        if before[key].casefold() != after[key].casefold()
    ]


def check_accepted(accepted: Mapping[str, str], identity: Identity) -> tuple[Reason, ...]:
    """Raise `IdentityChanged` for another box; return a warning for one that was renamed."""
    found = facts_of(identity)
    if said := differences(accepted, found):
        raise IdentityChanged(f"another box answers: {', '.join(said)}; nothing was written to it")
    before, after = accepted.get("hostname", ""), found.get("hostname", "")
    if before and after and before.casefold() != after.casefold():
        text = f'the same box calls itself "{after}" now, it was "{before}"'
        return (reason("identity-changed", text),)
    return ()


def check_again(before: Identity, after: Identity) -> tuple[Reason, ...]:
    """Raise `WrongConductor` when another box answers now.

    Return a warning for another role, and for one that does not tell any more.
    """
    if said := differences(facts_of(before), facts_of(after)):
        raise WrongConductor(f"another box answers after the transfers: {', '.join(said)}")
    if facts_of(before) and not facts_of(after):
        text = "after the transfers the conductor did not say any more who it is"
        return (reason(WrongConductor.code, text),)
    if before.role and after.role and before.role != after.role:
        text = f"the conductor was {before.role} before the backup and is {after.role} after it"
        return (reason("role-changed", text),)
    return ()


def learnt(accepted: Mapping[str, str], identity: Identity) -> dict[str, str]:
    """Return the accepted facts with those added that were not known yet."""
    return {**facts_of(identity), **accepted}
