"""How the place of a file outside of the vault is written down."""

from __future__ import annotations

import re
from typing import Final

from vault.place import Location
from vault.store.durable import JSON

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}", re.ASCII)


def location_to_json(location: Location) -> dict[str, JSON]:
    """Return `name` and `folder`, and `server` where it is not a landing folder."""
    content: dict[str, JSON] = {"name": location.name, "folder": location.folder}
    return content | ({"server": location.server} if location.server else {})


def location_from_json(content: JSON) -> Location:
    """Read a location; raise `ValueError` or `TypeError` for what is none.

    The name is one that we gave, or it is refused: it is looked for, and removed, in a folder that
    others use as well.
    """
    if not isinstance(content, dict):
        raise TypeError("'location' is no object")
    name, folder, server = (content.get(key, "") for key in ("name", "folder", "server"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("the name in 'location' is none of ours")
    if not isinstance(folder, str) or not isinstance(server, str) or not (folder or server):
        raise ValueError("'location' names no place")
    return Location(name, folder, server)
