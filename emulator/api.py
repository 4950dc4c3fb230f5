"""The REST interface: which request is which step, and who may ask for it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from emulator.conductor import Conductor
from emulator.envelope import bad_data, object_reply, unknown_object
from emulator.messages import Json, Reply, Request, global_reply, html_reply, json_reply
from emulator.objects import GETTERS, known_objects, run_object
from emulator.refusals import EXPIRED, bad_login, expired, session_full
from emulator.sessions import Session
from emulator.shows import show_reply
from emulator.steps import Step, perform

OBJECT: Final = "/v1/configuration/object"
LOGGED_IN: Final = "You've logged in successfully."
LOGGED_OUT: Final = "You've been logged out successfully."


def answer(conductor: Conductor, request: Request) -> Reply:
    """Answer one request to one conductor."""
    conductor.count("requests")
    if conductor.reloading:
        return Reply(200, ending="reset")
    if request.method not in ("GET", "POST"):
        return html_reply(405, "Method Not Allowed")
    if request.path == "/v1/api/login":
        return _login(conductor, request)
    return _with_session(conductor, request)


def _login(conductor: Conductor, request: Request) -> Reply:
    def ended(code: int, text: str) -> Reply:
        return global_reply(str(code), text)

    return perform(Step(conductor, "login", lambda: _open_session(conductor, request), ended))


def _open_session(conductor: Conductor, request: Request) -> Reply:
    given = request.query if request.method == "GET" else request.form
    account = conductor.spec.credentials
    if (given.get("username"), given.get("password")) != (account.username, account.password):
        return bad_login(conductor)
    session = conductor.sessions.start()
    if session is None:
        return session_full(conductor)
    conductor.count("logins")
    tokens = {"UIDARUBA": session.values[-1]}
    if session.csrf is not None:
        tokens["X-CSRF-Token"] = session.csrf
    return global_reply("0", LOGGED_IN, tokens=tokens).with_cookie(session.values[-1])


def _with_session(conductor: Conductor, request: Request) -> Reply:
    session = conductor.sessions.find(request.session_values)
    if session is None:
        return expired(conductor)
    if not _token_good(conductor, session, request):
        return global_reply(1, EXPIRED, conductor.knobs.no_token_status)
    if request.path == "/v1/api/logout":
        return _logout(conductor, session)
    reply = _route(conductor, request, session)
    return reply.with_cookie(conductor.sessions.rotate(session))


def _token_good(conductor: Conductor, session: Session, request: Request) -> bool:
    in_header = session.csrf is not None and request.headers.get("x-csrf-token") == session.csrf
    if conductor.knobs.csrf == "required":
        return in_header
    return in_header or request.query.get("UIDARUBA") in session.values


def _logout(conductor: Conductor, session: Session) -> Reply:
    def close() -> Reply:
        conductor.sessions.end(session)
        conductor.count("logouts")
        return global_reply("0", LOGGED_OUT, tokens={"UIDARUBA": "(null)"})

    def ended(code: int, text: str) -> Reply:
        return global_reply(str(code), text)

    return perform(Step(conductor, "logout", close, ended, session=session))


def _route(conductor: Conductor, request: Request, session: Session) -> Reply:
    if request.path == "/v1/configuration/showcommand" and request.method == "GET":
        return _show(conductor, request.query.get("command", ""), session)
    if request.path.startswith(f"{OBJECT}/"):
        name = unquote(request.path.removeprefix(f"{OBJECT}/"))
        if request.method == "GET":
            return _get(conductor, name, session)
        return _post(conductor, name, request, session)
    if request.path == OBJECT and request.method == "POST":
        return _post_several(conductor, request, session)
    return html_reply(404, "Not Found")


def _show(conductor: Conductor, command: str, session: Session) -> Reply:
    command = " ".join(command.split())
    step = Step(
        conductor,
        command,
        lambda: show_reply(conductor, command),
        lambda _code, text: json_reply({"_data": [text]}),
        family="show",
        session=session,
    )
    return perform(step)


def _get(conductor: Conductor, name: str, session: Session) -> Reply:
    getter = GETTERS.get(name)
    if getter is None or (name == "sys_info" and not conductor.knobs.sys_info):
        return unknown_object(conductor.knobs)
    step = Step(
        conductor,
        name,
        lambda: json_reply(getter(conductor)),
        lambda code, text: object_reply(conductor.knobs, name, {}, code, text),
        family="get",
        session=session,
    )
    return perform(step)


def _post(conductor: Conductor, name: str, request: Request, session: Session) -> Reply:
    if not request.headers.get("content-type", "application/json").startswith("application/json"):
        return global_reply(1, "Unsupported Media Type", 415)
    members = _members(request.body)
    if members is None:
        return bad_data(conductor.knobs, name, "Malformed JSON in request body")
    if name not in known_objects(conductor.knobs):
        return unknown_object(conductor.knobs)
    step = Step(
        conductor,
        name,
        lambda: run_object(conductor, name, members),
        lambda code, text: object_reply(conductor.knobs, name, members, code, text),
        family="object",
        session=session,
    )
    return perform(step)


def _post_several(conductor: Conductor, request: Request, session: Session) -> Reply:
    """Answer `{"object": {...}, ...}`: in order, the first that fails stops the rest."""
    blocks = _members(request.body)
    if not blocks:
        return bad_data(conductor.knobs, "", "Malformed JSON in request body")
    merged: Json = {}
    reply = Reply(200)
    for name, members in blocks.items():
        text = json.dumps(members).encode()
        reply = _post(conductor, name, Request("POST", request.path, "", {}, text), session)
        content = _members(reply.body)
        if reply.status != 200 or reply.ending != "whole" or content is None:
            return reply
        merged |= content
        if str(content.get("_global_result", {}).get("status", 1)) != "0":
            break
    return replace(reply, body=json.dumps(merged).encode())


def _members(body: bytes) -> Json | None:
    """Return the JSON object of a body, an empty one for no body, None for anything else."""
    if not body.strip():
        return {}
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
