"""Count the kinds of stanza in a running configuration, so that a lost kind is noticed.

A stanza is a line without indentation, followed by indented ones. Its kind is what stands before
the name: `wlan ssid-profile "guest"` and `interface vlan 7` are of the kinds `wlan ssid-profile`
and `interface vlan`. Without a grammar of ArubaOS this is a heuristic, good for warnings only.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

_NAME: Final = re.compile(r'["\d]')


def stanza_kinds(text: str) -> dict[str, int]:
    """Return how many stanzas of each kind there are, sorted by kind."""
    lines = [line for line in text.splitlines() if line.strip()]
    heads = (
        head
        for head, body in pairwise(lines)
        if not head[0].isspace() and head[0] not in "!#" and body[0].isspace()
    )
    return dict(sorted(Counter(map(kind_of, heads)).items()))


def kind_of(head: str) -> str:
    """Return the kind of a stanza by its first line: all before the first quoted or numbered word.

    Where there is none the last word is taken for the name, unless it is the only one.
    """
    words = head.split()
    named = next((at for at, word in enumerate(words) if _NAME.match(word)), len(words) - 1)
    return " ".join(words[: max(named, 1)])
