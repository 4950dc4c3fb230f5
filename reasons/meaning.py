"""What is known of one reason code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means, how the program finds it out, and what to do about it: a sentence each."""

    means: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Group:
    """The codes of one part of a run, in the order in which they can happen."""

    title: str
    meanings: Mapping[str, Meaning]
