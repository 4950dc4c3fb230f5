"""The object calls: what a conductor can be told to do for a backup and for a restore."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from aos8.body import as_object, error_words
from aos8.envelope import ObjectReply, read_object_reply
from aos8.errors import Aos8Error, BadReply, DeviceError, NotPermitted, Unsupported
from aos8.options import Timeouts
from aos8.session import OBJECT_LIMIT, SHOW_LIMIT, Session

ArchiveKind = Literal["flash", "config"]

REFUSALS: Final[tuple[type[Aos8Error], ...]] = (DeviceError, NotPermitted, Unsupported, BadReply)
"""What a device may answer to a question that it does not understand; the session lives on."""

_DEFAULT_NAME: Final[Mapping[ArchiveKind, str]] = {
    "flash": "flashbackup.tar.gz",
    "config": "configbackup.tar.gz",
}
_SUFFIX: Final = ".tar.gz"
_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,255}")
_ARCHIVE_IN_TEXT: Final = re.compile(r"(?<![\w./-])([A-Za-z0-9_][A-Za-z0-9._-]*\.tar\.gz)\b")
_OBJECT_NAME: Final = re.compile(r"[a-z0-9_]+")


class ObjectCalls:
    """Calls on `/v1/configuration/object`; each needs an open session.

    Every method raises an `Aos8Error`: `DeviceError` with the device's words, `Unsupported` when
    the release lacks the object, `SessionExpired`, `NotPermitted`, or one of the transport.
    """

    _session: Session
    timeouts: Timeouts
    config_path: str

    def post_object(
        self,
        name: str,
        members: Mapping[str, object],
        *,
        config_path: str | None = None,
        timeout: float | None = None,
    ) -> ObjectReply:
        """Post one object and return the reply of a call that succeeded in every respect."""
        return self._post(name, members, config_path=config_path, timeout=timeout)

    def get_object(self, name: str, *, config_path: str | None = None) -> dict[str, object]:
        """Read one object and return its JSON as it came; it may hold secrets in clear."""
        reply = self._session.exchange(
            "GET",
            path_of(name),
            what=name,
            params={"config_path": config_path or self.config_path},
            within=self.timeouts.read,
            limit=SHOW_LIMIT,
        )
        body = as_object(reply.text)
        if body is None or error_words(body) is not None or "_global_result" in body:
            read_object_reply(reply.text, name, self._session.where, self._session.redactor)
        return body or {}

    def flash_backup(
        self, kind: ArchiveKind, filename: str | None = None, *, timeout: float | None = None
    ) -> str:
        """Have an archive written to flash and return the name of the file there.

        `filename` is given without extension; the device adds `.tar.gz`. The returned name is the
        one in the device's words, else the one that it echoes, else `filename`, else the default.
        8.2 ignores `filename` and may not say so; then only the flash's listing tells.
        """
        members: dict[str, object] = {"backup_flash": kind}
        if filename is not None:
            members["filename"] = _safe(filename.removesuffix(_SUFFIX))
        reply = self._post("flash_backup", members, timeout=timeout or self.timeouts.backup)
        return self._archive_name(reply, kind, filename)

    def copy_running_flash(self, filename: str, *, timeout: float | None = None) -> ObjectReply:
        """Write the running configuration as plain text to a file in flash."""
        members = {"filename": _safe(filename)}
        return self._post("copy_running_flash", members, timeout=timeout or self.timeouts.copy)

    def copy_flash_scp(
        self,
        source: str,
        scphost: str,
        username: str,
        password: str,
        destination: str,
        timeout: float | None = None,
    ) -> ObjectReply:
        """Push a file of the flash by SCP to port 22 of an IP address.

        A return means that the device claims success, not that the file arrived.
        """
        self._session.redactor.learn(password)
        members = {
            "srcfilename": _safe(source),
            "scphost": scphost,
            "username": username,
            "passwd": password,
            "destfilename": destination,
        }
        return self._copy("copy_flash_scp", members, timeout)

    def copy_scp_flash(
        self,
        scphost: str,
        username: str,
        password: str,
        source: str,
        destination: str,
        timeout: float | None = None,
    ) -> ObjectReply:
        """Pull a file by SCP from port 22 of an IP address into the flash."""
        self._session.redactor.learn(password)
        members = {
            "scphost": scphost,
            "username": username,
            "passwd": password,
            "filename": source,
            "destfilename": _safe(destination),
        }
        return self._copy("copy_scp_flash", members, timeout)

    def delete_file(self, name: str) -> ObjectReply:
        """Delete exactly this file from flash."""
        return self._post("delete_file_ssh_hosts", {"file-name": _safe(name)})

    def forget_host_key(self, address: str) -> ObjectReply:
        """Delete the remembered SSH host key of an address; the next copy trusts a new one."""
        return self._post("delete_file_ssh_hosts", {"ssh-host-addr": address})

    def tar_flash_clean(self) -> ObjectReply:
        """Delete `flash.tar.gz` and nothing else, as `tar clean flash` does."""
        return self._post("tar_flash_clean", {})

    def flash_restore(self, kind: ArchiveKind, filename: str) -> ObjectReply:
        """Unpack an archive that lies in flash over the flash; `reload` has to follow."""
        members = {"restore_flash": kind, "filename": _safe(filename.removesuffix(_SUFFIX))}
        return self._post("flash_restore", members, timeout=self.timeouts.backup)

    def write_memory(self, *, config_path: str | None = None) -> ObjectReply:
        """Save staged configuration of the node."""
        return self._post("write_memory", {}, config_path=config_path)

    def reload(self) -> ObjectReply:
        """Reboot the device; `ConnectionLost` or `TimedOut` may be all that it answers."""
        return self._post("reload", {})

    def _copy(self, name: str, members: Mapping[str, object], timeout: float | None) -> ObjectReply:
        return self._post(name, members, timeout=timeout or self.timeouts.copy, copies=True)

    def _post(
        self,
        name: str,
        members: Mapping[str, object],
        *,
        config_path: str | None = None,
        timeout: float | None = None,
        copies: bool = False,
    ) -> ObjectReply:
        session = self._session
        reply = session.exchange(
            "POST",
            path_of(name),
            what=name,
            params={"config_path": config_path or self.config_path},
            content=dict(members),
            within=timeout or self.timeouts.read,
            limit=OBJECT_LIMIT,
        )
        return read_object_reply(reply.text, name, session.where, session.redactor, copies=copies)

    def _archive_name(self, reply: ObjectReply, kind: ArchiveKind, asked: str | None) -> str:
        named = _ARCHIVE_IN_TEXT.search(reply.status_str)
        echoed = reply.members.get("filename")
        name = named[1] if named else echoed if isinstance(echoed, str) and echoed else asked
        if not name:
            return _DEFAULT_NAME[kind]
        if not _SAFE_NAME.fullmatch(name):
            raise BadReply(f"{self._session.where}: flash_backup: the device names no usable file")
        return name.removesuffix(_SUFFIX) + _SUFFIX


def path_of(name: str) -> str:
    if not _OBJECT_NAME.fullmatch(name):
        raise ValueError(f"not the name of an object: {name!r}")
    return f"/v1/configuration/object/{name}"


def _safe(name: str) -> str:
    if not _SAFE_NAME.fullmatch(name):
        raise ValueError(f"not a file name that AOS 8 takes: {name!r}")
    return name
