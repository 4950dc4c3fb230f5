"""Every way in which a step can go wrong: what it is called, where it may strike, what it takes.

This table is what faults are checked against, what `fault_catalogue` lists and what
docs/emulator.md shows. The code that strikes lives with the step that is struck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

FaultKind = Literal[
    "refuse", "close", "reset", "hang", "late", "slow", "lost-answer", "http", "html", "empty",
    "half-body", "fail", "fail-global", "fail-nested", "error", "busy", "status-type", "pretend",
    "expired", "rotate-keep-old", "rotate-drop-old", "refuse-login", "session-full", "locked",
    "reload", "role-change", "takeover", "clock-jump",
    "truncated", "corrupted", "empty-file", "shrunk", "bloated", "stale", "foreign", "early",
    "flash-full", "name-ignored", "name-renamed", "name-misnamed", "name-rejected",
    "error-text", "html-file", "no-end",
    "silent", "cut", "declares-more", "declares-less", "other-file", "other-name",
    "wrong-password", "host-key", "old-algorithms", "twice", "failure-words", "lost-success",
    "tls-fail", "tls-other-ca", "tls-expired",
]  # fmt: skip

BUSY: Final = "Module is busy. Please try later"
LOCKED: Final = "Account is locked due to too many failed login attempts"
OBJECT_STEPS: Final = (
    "flash_backup", "flash_restore", "copy_running_flash", "copy_flash_scp", "copy_scp_flash",
    "tar_flash", "tar_flash_clean", "delete_file_ssh_hosts", "rename_file", "list_sorted_dir",
    "list_filtered_dir_by_keyword", "write_memory", "db_synchronize", "reload",
)  # fmt: skip
GET_STEPS: Final = ("sys_info", "node_hierarchy")

ARCHIVES: Final = ("flash_backup", "tar_flash")
FILES: Final = (*ARCHIVES, "copy_running_flash")
SIGNED: Final = ("logout", "show", "get", "object", *OBJECT_STEPS, *GET_STEPS, "any")
CALLS: Final = ("login", *SIGNED)
OBJECTS: Final = ("object", *OBJECT_STEPS)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault at some steps; `takes` holds its own parameters with their defaults.

    `once` marks an event: the catalogue lists it as striking one time.
    """

    name: FaultKind
    steps: tuple[str, ...]
    meaning: str
    takes: Mapping[str, object] = field(default_factory=dict)
    once: bool = False


KINDS: Final = (
    # what comes back, at any call
    Kind("refuse", CALLS, "the connection breaks unanswered, nothing is done, and for `seconds` "
         "the port refuses new ones", {"seconds": 1.0}, once=True),
    Kind("close", CALLS, "the connection is closed unanswered, nothing is done"),
    Kind("reset", CALLS, "the connection is reset unanswered, nothing is done"),
    Kind("hang", CALLS, "nothing happens for `seconds`; then the work is done and answered",
         {"seconds": 30.0}),
    Kind("late", CALLS, "the work is done at once, the answer comes `seconds` later",
         {"seconds": 30.0}),
    Kind("slow", CALLS, "the work is done; after `seconds` the answer drips, `bytes_per_second`",
         {"seconds": 0.5, "bytes_per_second": 200}),
    Kind("lost-answer", CALLS, "the work is done, then the connection is reset unanswered"),
    Kind("http", CALLS, "HTTP status `http` with an HTML page that says `text`; nothing is done",
         {"http": 500, "text": BUSY}),
    Kind("html", CALLS, "HTTP 200 with a login page instead of JSON; nothing is done"),
    Kind("empty", CALLS, "HTTP 200 without a body; nothing is done"),
    Kind("half-body", CALLS, "the work is done; half of the answer comes, then the end"),
    Kind("fail", CALLS, "HTTP 200 with `status` and `text`, global and nested; nothing is done",
         {"status": 1, "text": BUSY}),
    Kind("busy", CALLS, f"as `fail`, with the words “{BUSY}”"),
    Kind("error", CALLS, "HTTP 200 with nothing but the member `key` (`ERROR` or `Error`) that "
         "says `text`; nothing is done", {"key": "ERROR", "text": "Internal failure"}),
    Kind("reload", CALLS, "the device reloads: sessions are gone, the connection is reset, the "
         "port refuses new ones for `seconds`", {"seconds": 2.0}, once=True),
    Kind("role-change", CALLS, "the device takes the role `role`, then does the work",
         {"role": "standby"}, once=True),
    Kind("takeover", CALLS, "another box answers at the address from now on: other host name, "
         "MAC and serial, its own flash, no sessions; the connection is reset", once=True),
    Kind("clock-jump", CALLS, "the device's clock is `seconds` off its course from now on, then "
         "the work is done", {"seconds": 86400.0}, once=True),
    # what comes back, at some calls
    Kind("fail-global", OBJECTS, "as `fail`, but the nested result says success",
         {"status": 1, "text": BUSY}),
    Kind("fail-nested", OBJECTS, "as `fail`, but the global result says success",
         {"status": 1, "text": BUSY}),
    Kind("pretend", OBJECTS, "success is answered, nothing is done"),
    Kind("status-type", ("login", "logout", *OBJECTS), "the work is done; a `status` that is a "
         "number comes as a string, and the other way round"),
    Kind("expired", SIGNED, "the session is gone: answered as the knob `expired` says"),
    Kind("rotate-keep-old", SIGNED, "the work is done; the answer sets a new session value, the "
         "old one stays good", once=True),
    Kind("rotate-drop-old", SIGNED, "the work is done; the answer sets a new session value, the "
         "old one is good no longer", once=True),
    Kind("refuse-login", ("login",), "the right password is refused, as the knob `bad_login` says"),
    Kind("session-full", ("login",), "the session table is full: answered with the HTTP status of "
         "the knob `session_cap`"),
    Kind("locked", ("login",), "the account is locked: HTTP status `http`, JSON with `text`",
         {"http": 401, "text": LOCKED}),
    # what lies in flash afterwards
    Kind("truncated", FILES, "only the first `after` bytes are written (none given: half of them); "
         "success", {"after": None}),
    Kind("corrupted", FILES, "one bit is wrong, in byte `after` (none given: the middle); success",
         {"after": None}),
    Kind("empty-file", FILES, "the file is empty; success"),
    Kind("shrunk", FILES, "a whole file of about a quarter of the size; success"),
    Kind("bloated", FILES, "a whole file of about four times the size; success"),
    Kind("stale", FILES, "the file of an earlier backup: the same bytes, last changed `seconds` "
         "ago; success", {"seconds": 604800.0}),
    Kind("foreign", FILES, "another device's file, with its host name, MAC and serial; success"),
    Kind("early", FILES, "success is answered while the file still grows, for `seconds`",
         {"seconds": 2.0}),
    Kind("flash-full", FILES, "the flash is full after `after` bytes (none given: half of them), "
         "which stay; fails", {"after": None}),
    Kind("name-ignored", ("flash_backup",), "the default name is used; the answer names none"),
    Kind("name-renamed", ("flash_backup",), "the default name is used; the answer names it"),
    Kind("name-misnamed", ("flash_backup",), "the default name is used; the answer names the one "
         "asked for"),
    Kind("name-rejected", ("flash_backup",), "a file name is refused"),
    Kind("error-text", ("copy_running_flash",), "the file holds the words `text` only; success",
         {"text": BUSY}),
    Kind("html-file", ("copy_running_flash",), "the file holds an HTML page; success"),
    Kind("no-end", ("copy_running_flash",), "the file lacks its last line `end`; success"),
    # the push
    Kind("silent", ("scp",), "success is answered, nothing is sent"),
    Kind("refuse", ("scp",), "fails as if the server refused the connection; nothing is sent"),
    Kind("hang", ("scp",), "nothing happens for `seconds`, then the push goes on",
         {"seconds": 30.0}),
    Kind("slow", ("scp",), "`bytes_per_second` are sent", {"bytes_per_second": 20_000}),
    Kind("cut", ("scp",), "the connection ends after `after` bytes (none given: half)",
         {"after": None}),
    Kind("reset", ("scp",), "the connection is reset after `after` bytes (none given: half)",
         {"after": None}),
    Kind("corrupted", ("scp",), "one bit is wrong on the wire, in byte `after` (none given: the "
         "middle); success", {"after": None}),
    Kind("declares-more", ("scp",), "`after` bytes more are announced than sent", {"after": 1000}),
    Kind("declares-less", ("scp",), "`after` bytes fewer are announced than sent",
         {"after": 1000}),
    Kind("other-file", ("scp",), "the content of another file of the flash is sent; success"),
    Kind("other-name", ("scp",), "the file is sent under a name that was not asked for"),
    Kind("twice", ("scp",), "the file is sent twice; the second push is what is answered"),
    Kind("wrong-password", ("scp",), "a password that was not given is used"),
    Kind("host-key", ("scp",), "the device remembers another host key of the server and refuses"),
    Kind("old-algorithms", ("scp",), "only group1, 3DES and truncated SHA-1 are offered"),
    Kind("failure-words", ("scp",), "nothing is sent; status 0 beside words of failure"),
    Kind("lost-success", ("scp",), "everything was sent and acknowledged; fails all the same"),
    # the connection
    Kind("refuse", ("connect",), "the port refuses connections for `seconds`, `times` over "
         "(without `times`: until the fault is taken away)", {"seconds": 1.0}),
    Kind("close", ("connect",), "the connection is closed as soon as it is accepted"),
    Kind("reset", ("connect",), "the connection is reset as soon as it is accepted"),
    Kind("hang", ("connect",), "the TLS handshake is not answered for `seconds`",
         {"seconds": 30.0}),
    Kind("tls-fail", ("connect",), "the TLS handshake is refused with an alert"),
    Kind("tls-other-ca", ("connect",), "the certificate changed: another authority signed it"),
    Kind("tls-expired", ("connect",), "the certificate has expired"),
)  # fmt: skip

_BY_PLACE: Final[Mapping[tuple[str, str], Kind]] = {
    (step, kind.name): kind for kind in KINDS for step in kind.steps
}


def kind_at(step: str, name: str) -> Kind | None:
    """Return what a kind means at a step; None when it cannot strike there."""
    family = "show" if step.startswith("show ") or step == "dir" else step
    return _BY_PLACE.get((family, name))


def steps_of(name: str) -> list[str]:
    """Return every step at which a kind may strike."""
    return sorted(step for step, kind in _BY_PLACE if kind == name)


def kinds_where(*steps: str) -> frozenset[str]:
    """Return every kind that may strike at one of these steps."""
    return frozenset(name for step, name in _BY_PLACE if step in steps)
