"""The two objects that list flash; nobody knows where a real answer holds the listing."""

from __future__ import annotations

from emulator.conductor import Conductor
from emulator.errors import RefusedError
from emulator.messages import Json
from emulator.outcomes import Outcome


def list_sorted(conductor: Conductor, members: Json) -> Outcome:
    """List every file, by `dir_sorted`: date, name or size."""
    order = members.get("dir_sorted", "name")
    if order not in ("date", "name", "size"):
        raise RefusedError(f"Invalid value {order} for dir_sorted")
    return _placed(conductor, members, conductor.disk.listing(order))


def list_filtered(conductor: Conductor, members: Json) -> Outcome:
    """List the files that have the keyword in their name."""
    text = conductor.disk.listing(keyword=members["keyword"])
    return _placed(conductor, members, text or "Cannot get directory information")


def _placed(conductor: Conductor, members: Json, text: str) -> Outcome:
    place = conductor.knobs.listing
    if place == "data":
        return Outcome(extra={"_data": [text]})
    if place == "member":
        return Outcome(echo={**members, "directory": text})
    return Outcome(text)
