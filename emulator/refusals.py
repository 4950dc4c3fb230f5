"""How a device says that it does not let a client in."""

from __future__ import annotations

from typing import Final

from emulator.conductor import Conductor
from emulator.messages import Reply, global_reply, html_reply

REFUSED: Final = "Unauthorized request, authentication failed"
EXPIRED: Final = "Invalid authentication token(UIDARUBA) in request URL"
FULL: Final = "Maximum number of sessions reached"
LOGIN_PAGE: Final = "Aruba Mobility Conductor - Login"


def bad_login(conductor: Conductor) -> Reply:
    """Refuse name or password, as the knob `bad_login` says."""
    if conductor.knobs.bad_login == "401-html":
        return html_reply(401, "Authentication Failed")
    return global_reply("1", REFUSED, 401 if conductor.knobs.bad_login == "401-json" else 200)


def session_full(conductor: Conductor) -> Reply:
    """Refuse one session too many."""
    return global_reply("1", FULL, conductor.knobs.session_cap)


def expired(conductor: Conductor) -> Reply:
    """Answer a call without a session, as the knob `expired` says."""
    if conductor.knobs.expired == "200-html":
        return html_reply(200, LOGIN_PAGE)
    if conductor.knobs.expired == "401-empty":
        return Reply(401)
    return global_reply(1, EXPIRED, 401)
