"""The answers around an object call: success, failure, and what is no object at all."""

from __future__ import annotations

from emulator.knobs import Knobs
from emulator.messages import Json, Reply, json_reply


def object_reply(
    knobs: Knobs, name: str, echo: Json, code: int, text: str, extra: Json | None = None
) -> Reply:
    """Return the answer to a POST; `extra` goes beside the object, at the top level."""
    status: int | str = code if knobs.object_status == "int" else str(code)
    member = dict(echo)
    if knobs.nested_result == "present":
        member["_result"] = {"status": status, "status_str": text}
    result = {"status": status, "status_str": text, "_pending": False}
    return json_reply({name: member, **(extra or {}), "_global_result": result})


def unknown_object(knobs: Knobs) -> Reply:
    """Return what a device says of an object that it does not have."""
    status = 200 if knobs.unknown_object == "200-ERROR" else 404
    return json_reply({"ERROR": "Invalid Object"}, status)


def bad_data(knobs: Knobs, name: str, text: str) -> Reply:
    """Return what a device says of members that it cannot use."""
    if knobs.bad_data == "status-1":
        return object_reply(knobs, name or "_object", {}, 1, text)
    return json_reply({"Error": text}, 200 if knobs.bad_data == "200-Error" else 400)
