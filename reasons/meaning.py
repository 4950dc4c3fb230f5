"""What is known of one reason code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

AGAIN: Final = "runbook.py --host HOST"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, how the program finds it out, and what to do about it: a sentence each.

    `command` is what the remedy has one type, HOST standing for the conductor; "" for none.
    """

    means: str
    found: str
    remedy: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The codes of one part of a run, in the order in which they can happen."""

    title: str
    meanings: Mapping[str, Meaning]
