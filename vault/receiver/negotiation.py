"""Why client and receiver could not agree on algorithms, from the client's own offer.

A client that finds nothing in common hangs up, often before asyncssh has looked, and the loss of
the connection alone says nothing. The offer (SSH_MSG_KEXINIT, RFC 4253 section 7.1) does.
"""

from __future__ import annotations

from typing import Final

from vault.printable import printable
from vault.receiver.algorithms import AlgorithmSet

_MESSAGE: Final = 20
_COOKIE_END: Final = 17
_LISTS: Final = ("kex", "host key", "encryption", "encryption", "mac", "mac")


def explain_mismatch(offer: bytes, ours: AlgorithmSet) -> str | None:
    """Name the first part without a common algorithm and both sides' lists; None if all agree."""
    lists = _name_lists(offer)
    if lists is None:
        return None
    mine = {"kex": ours.kex, "host key": ours.host_key, "encryption": ours.encryption}
    for part, theirs in zip(_LISTS, lists, strict=True):
        if part == "encryption":
            cipher = next((name for name in theirs if name in ours.encryption), "")
        if part == "mac" and "gcm" in cipher:
            continue
        own = mine.get(part, ours.mac)
        if not set(theirs) & set(own):
            return (
                f"no common {part} algorithm: the client has {printable(','.join(theirs))}; "
                f"the receiver has {','.join(own)}"
            )
    return None


def _name_lists(offer: bytes) -> list[list[str]] | None:
    if len(offer) < _COOKIE_END or offer[0] != _MESSAGE:
        return None
    lists, place = [], _COOKIE_END
    for _ in _LISTS:
        size = int.from_bytes(offer[place : place + 4], "big")
        text = offer[place + 4 : place + 4 + size]
        if len(text) != size:
            return None
        lists.append(text.decode("ascii", "replace").split(","))
        place += 4 + size
    return lists
