"""The questions: show commands, and the facts about a conductor that they tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from aos8 import facts
from aos8.body import as_object, error_words, status_of
from aos8.clock import read_clock
from aos8.envelope import read_object_reply
from aos8.facts import FlashSpace, Identity, Redundancy
from aos8.listing import FlashFile, read_listing
from aos8.objects import REFUSALS, ObjectCalls, path_of
from aos8.session import SHOW_LIMIT
from aos8.show import ShowReply, read_show

_COMMAND: Final = re.compile(r"[\x20-\x7e]{1,256}")
_REDUNDANCY: Final = ("show conductor-redundancy", "show master-redundancy")


class Inquiries(ObjectCalls):
    """Questions that change nothing; the facts tolerate a device that answers only some."""

    def show(self, command: str, *, timeout: float | None = None) -> ShowReply:
        """Run one show command, such as "show version".

        An unknown command and one that does not apply give an empty reply on a real device.
        Raises `DeviceError` or another `Aos8Error` when the device reports a failure.
        """
        if not _COMMAND.fullmatch(command):
            raise ValueError("a command is one line of at most 256 ASCII characters")
        session = self._session
        reply = session.exchange(
            "GET",
            "/v1/configuration/showcommand",
            what=command,
            params={"command": command},
            within=timeout or self.timeouts.read,
            limit=SHOW_LIMIT,
        )
        body = as_object(reply.text) or {}
        if _reports(body):
            read_object_reply(reply.text, command, session.where, session.redactor)
        return read_show(reply.text)

    def sys_info(self) -> dict[str, object]:
        """Return the object sys_info as it came; `Unsupported` where a release lacks it."""
        return self.get_object("sys_info")

    def identity(self) -> Identity:
        """Ask who the conductor is, in as many commands as that takes, each about a second.

        The state of redundancy is asked for only where `show switches` lists another conductor, or
        nothing at all.
        """
        info = self._tolerant_sys_info()
        version = self._ask("show version").text
        inventory = "" if info.mac and info.serial else self._ask("show inventory").text
        hostname = info.hostname or facts.read_hostname(self._ask("show hostname").text)
        rows = self._ask("show switches").rows
        role = facts.read_switch_role(rows, hostname=hostname)
        peer = facts.read_switch_peer(rows, hostname=hostname)
        alone = bool(role) and not peer
        redundancy = Redundancy() if alone else self._redundancy()
        return Identity(
            hostname=hostname,
            mac=info.mac or facts.read_mac(inventory),
            serial=info.serial or facts.read_serial(inventory),
            model=facts.read_model(version),
            version=facts.read_version(version) or info.version,
            role=redundancy.role or role or info.role,
            peer=redundancy.peer or peer,
        )

    def identity_again(self, before: Identity) -> Identity:
        """Ask the one that was `before` who it is and what its role is now.

        Takes two or three calls; the state of redundancy is asked for where there is a peer.
        Release and model are taken to be as they were.
        """
        info = self._tolerant_sys_info()
        if not (info.hostname or info.mac or info.serial):
            return self.identity()
        told_less = (before.serial and not info.serial) or (before.mac and not info.mac)
        inventory = self._ask("show inventory").text if told_less else ""
        hostname = info.hostname or before.hostname
        rows = self._ask("show switches").rows
        redundancy = self._redundancy() if before.peer else Redundancy()
        return replace(
            before,
            hostname=hostname,
            mac=info.mac or facts.read_mac(inventory),
            serial=info.serial or facts.read_serial(inventory),
            role=redundancy.role or facts.read_switch_role(rows, hostname=hostname) or info.role,
        )

    def role(self) -> str:
        """Return the role alone, as in `Identity.role`; empty if the device does not tell."""
        redundancy = self._redundancy()
        if redundancy.role:
            return redundancy.role
        info = self._tolerant_sys_info()
        if info.role:
            return info.role
        hostname = facts.read_hostname(self._ask("show hostname").text)
        return facts.read_switch_role(self._ask("show switches").rows, hostname=hostname)

    def flash_space(self) -> FlashSpace | None:
        """Return size and room of /flash in bytes, or None if `show storage` does not tell."""
        return facts.read_flash_space(self._ask("show storage").text)

    def clock(self) -> datetime | None:
        """Return the device's time in UTC, or None if it does not tell or the zone is unknown."""
        return read_clock(self._ask("show clock").text, near=datetime.now(UTC))

    def list_flash(self) -> list[FlashFile] | None:
        """List the files in flash, or return None when this device does not tell.

        Asks the object list_sorted_dir, whose listing is taken from wherever in the answer it
        stands, and then the command `dir`, which is none of the documented show commands.
        """
        files = read_listing(self._listing_texts())
        return files if files is not None else read_listing([self._ask("dir").text])

    def _listing_texts(self) -> list[str]:
        try:
            reply = self._session.exchange(
                "POST",
                path_of("list_sorted_dir"),
                what="list_sorted_dir",
                params={"config_path": self.config_path},
                content={"dir_sorted": "name"},
                within=self.timeouts.read,
                limit=SHOW_LIMIT,
            )
        except REFUSALS:
            return []
        body = as_object(reply.text)
        if body is None or error_words(body) is not None or status_of(body) not in {0, None}:
            return []
        return _strings(body)

    def _redundancy(self) -> Redundancy:
        for command in _REDUNDANCY:
            found = facts.read_redundancy(self._ask(command).text)
            if found.role:
                return found
        return Redundancy()

    def _tolerant_sys_info(self) -> Identity:
        try:
            return facts.read_sys_info(self.sys_info())
        except REFUSALS:
            return Identity()

    def _ask(self, command: str) -> ShowReply:
        try:
            return self.show(command)
        except REFUSALS:
            return ShowReply()


def _reports(body: Mapping[str, object]) -> bool:
    """Tell an answer about the call from one with output; a table may be titled "Error"."""
    return "_global_result" in body or any(
        key.lower() == "error" and not isinstance(value, list) for key, value in body.items()
    )


def _strings(value: object) -> list[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        joined = "\n".join(item for item in value if isinstance(item, str))
        return [joined, *(text for item in value for text in _strings(item))]
    return [value] if isinstance(value, str) else []
