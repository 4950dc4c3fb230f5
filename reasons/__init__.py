"""The stable codes behind every verdict other than PASS: meaning, evidence and remedy of each.

An error class of any package carries one of these codes as `code`; the workflow turns the error
into a `Reason`. Codes are part of the public interface: they are never renamed.
"""

from __future__ import annotations

from typing import Final

from reasons import conductor, copy, host
from reasons.meaning import Group, Meaning

__all__ = ["COMMANDS", "GROUPS", "MEANINGS", "REMEDIES", "Group", "Meaning"]

GROUPS: Final = (
    conductor.REACHING,
    conductor.SESSION,
    conductor.ANSWERS,
    conductor.STATE,
    copy.TRANSFER,
    copy.PROOF,
    host.VAULT,
    host.RUN,
    host.MAIL,
)

MEANINGS: Final[dict[str, Meaning]] = {
    code: meaning for group in GROUPS for code, meaning in group.meanings.items()
}

REMEDIES: Final[dict[str, str]] = {code: meaning.remedy for code, meaning in MEANINGS.items()}

COMMANDS: Final[dict[str, str]] = {
    code: meaning.command for code, meaning in MEANINGS.items() if meaning.command
}
