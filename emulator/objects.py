"""The objects that a conductor knows: what each needs, does and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from emulator.conductor import Conductor
from emulator.copies import copy_flash_scp, copy_scp_flash
from emulator.envelope import bad_data, object_reply
from emulator.errors import RefusedError, ScpError
from emulator.knobs import Knobs
from emulator.listing import list_filtered, list_sorted
from emulator.messages import Json, Reply
from emulator.outcomes import Outcome, checked_name
from emulator.storing import store_archive, store_running_config
from emulator.sysinfo import node_hierarchy, sys_info

Work = Callable[[Conductor, Json], Outcome]
NAME_KINDS: Final = frozenset({"name-ignored", "name-renamed", "name-misnamed", "name-rejected"})


@dataclass(frozen=True, slots=True)
class _Object:
    work: Work
    required: tuple[str, ...] = ()
    writes: bool = True


def run_object(conductor: Conductor, name: str, members: Json) -> Reply:
    """Do what a POST to an object asks for and return the answer."""
    knobs, known = conductor.knobs, OBJECTS[name]
    for member in known.required:
        if not isinstance(members.get(member), str) or not members[member]:
            return bad_data(knobs, name, f"Missing or invalid parameter {member}")
    if known.writes and conductor.role == "standby" and knobs.standby_writes == "refused":
        text = "Configuration changes are not allowed on a standby"
        return object_reply(knobs, name, members, 1, text)
    try:
        outcome = known.work(conductor, members)
    except RefusedError as exc:
        return object_reply(knobs, name, members, 1, str(exc))
    except ScpError as exc:
        code = 1 if knobs.copy_failure == "status-1" else 0
        return object_reply(knobs, name, _echo(knobs, members), code, str(exc))
    echo = members if outcome.echo is None else outcome.echo
    return object_reply(knobs, name, _echo(knobs, echo), 0, outcome.text, outcome.extra)


def known_objects(knobs: Knobs) -> frozenset[str]:
    """Return the names of the objects that this device has."""
    missing = set()
    if knobs.listing == "absent":
        missing |= {"list_sorted_dir", "list_filtered_dir_by_keyword"}
    if knobs.delete_object == "unknown":
        missing.add("delete_file_ssh_hosts")
    return frozenset(OBJECTS.keys() - missing)


def _echo(knobs: Knobs, members: Json) -> Json:
    return {name: value for name, value in members.items() if knobs.echo_passwd or name != "passwd"}


def _flash_backup(conductor: Conductor, members: Json) -> Outcome:
    kind = members["backup_flash"]
    if kind not in ("flash", "config"):
        raise RefusedError(f"Invalid value {kind} for backup_flash")
    default = f"{kind}backup"
    asked = members.get("filename")
    way = _way_with_names(conductor)
    if asked is not None and way == "rejected":
        raise RefusedError("wrong syntax: filename is not supported")
    name = default if asked is None or way != "honoured" else checked_name(asked)
    store_archive(
        conductor, "flash_backup", "flash" if kind == "flash" else "config", f"{name}.tar.gz"
    )
    return Outcome(echo=_backup_echo(members, way, name))


def _way_with_names(conductor: Conductor) -> str:
    fault = conductor.faults.take(("flash_backup",), NAME_KINDS)
    return conductor.knobs.filename if fault is None else fault.kind.removeprefix("name-")


def _backup_echo(members: Json, way: str, name: str) -> Json:
    if way == "ignored":
        return {key: value for key, value in members.items() if key != "filename"}
    return {**members, "filename": name} if way == "renamed" else members


def _copy_running_flash(conductor: Conductor, members: Json) -> Outcome:
    store_running_config(conductor, checked_name(members["filename"]))
    return Outcome()


def _tar_flash(conductor: Conductor, _members: Json) -> Outcome:
    store_archive(conductor, "tar_flash", "flash", "flash.tar.gz")
    return Outcome()


def _tar_flash_clean(conductor: Conductor, _members: Json) -> Outcome:
    everything = conductor.knobs.tar_clean == "all-tar"
    for name in conductor.disk.files:
        if name == "flash.tar.gz" or (everything and name.endswith((".tar", ".tar.gz"))):
            conductor.disk.delete(name)
    return Outcome()


def _delete(conductor: Conductor, members: Json) -> Outcome:
    if isinstance(members.get("file-name"), str):
        conductor.disk.delete(members["file-name"])
    elif members.get("ssh-known-hosts") is True:
        conductor.known_hosts.forget()
    elif isinstance(members.get("ssh-host-addr"), str):
        conductor.known_hosts.forget(members["ssh-host-addr"])
    else:
        raise RefusedError("Incomplete command")
    return Outcome()


def _rename(conductor: Conductor, members: Json) -> Outcome:
    conductor.disk.rename(members["filename"], checked_name(members["newfilename"]))
    return Outcome()


def _flash_restore(conductor: Conductor, members: Json) -> Outcome:
    kind = members["restore_flash"]
    if kind not in ("flash", "config"):
        raise RefusedError(f"Invalid value {kind} for restore_flash")
    conductor.disk.get(f"{members.get('filename') or f'{kind}backup'}.tar.gz")
    return Outcome()


def _reload(conductor: Conductor, _members: Json) -> Outcome:
    conductor.begin_reload()
    return Outcome()


def _nothing(_conductor: Conductor, _members: Json) -> Outcome:
    return Outcome()


OBJECTS: Final[dict[str, _Object]] = {
    "flash_backup": _Object(_flash_backup, ("backup_flash",)),
    "flash_restore": _Object(_flash_restore, ("restore_flash",)),
    "copy_running_flash": _Object(_copy_running_flash, ("filename",)),
    "copy_flash_scp": _Object(
        copy_flash_scp, ("srcfilename", "scphost", "username", "destfilename", "passwd")
    ),
    "copy_scp_flash": _Object(
        copy_scp_flash, ("scphost", "username", "filename", "destfilename", "passwd")
    ),
    "tar_flash": _Object(_tar_flash),
    "tar_flash_clean": _Object(_tar_flash_clean),
    "delete_file_ssh_hosts": _Object(_delete),
    "rename_file": _Object(_rename, ("filename", "newfilename")),
    "list_sorted_dir": _Object(list_sorted, writes=False),
    "list_filtered_dir_by_keyword": _Object(list_filtered, ("keyword",), writes=False),
    "write_memory": _Object(_nothing),
    "db_synchronize": _Object(_nothing),
    "reload": _Object(_reload, writes=False),
}

GETTERS: Final[dict[str, Callable[[Conductor], Json]]] = {
    "sys_info": sys_info,
    "node_hierarchy": node_hierarchy,
}
