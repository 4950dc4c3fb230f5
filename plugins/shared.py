"""What all conductors of one fleet share while they are worked on."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event

from plugins.accounts import Accounts


@dataclass(frozen=True, slots=True)
class Shared:
    """`stop` is set when nothing new may begin; `accounts` keeps passwords from being tried on."""

    stop: Event = field(default_factory=Event)
    accounts: Accounts = field(default_factory=Accounts)
