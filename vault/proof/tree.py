"""Judge names and links of members as the tree they would make, without making it."""

from __future__ import annotations

import unicodedata
from typing import Final

from vault.proof.errors import ArchiveUnsafe
from vault.proof.limits import Limits

_IMPLIED: Final = "implied"
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


class Tree:
    """Remember what stands where by the hash of each name, so that many long names stay cheap.

    Two names that share a 64-bit hash would be taken for one, which refuses about one in 100
    million archives of 500,000 members.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._kinds: dict[int, str] = {}
        self._parent = ""

    def add(self, raw: bytes, kind: str, target: bytes, place: int) -> tuple[str, str]:
        """Return (name, target) as text after every check; raise ArchiveUnsafe.

        The name has no leading `./` and no trailing slash; the root folder is ".".
        """
        name = self._clean(raw, kind, place)
        self._enter(name, kind, place)
        if kind == "symlink":
            return name, self._symlink(name, target, place)
        if kind == "hardlink":
            return name, self._hardlink(name, target, place)
        return name, ""

    def _clean(self, raw: bytes, kind: str, place: int) -> str:
        text = self._decode(raw, "name", place)
        whole = text.split("/")
        parts = [part for part in whole if part not in ("", ".")]
        apart = text.replace("\\", "/").split("/") if "\\" in text else whole
        if text.startswith("/") or ".." in apart:
            raise _refuse("unsafe-name", f"unsafe name {shown(text)}", place)
        if not parts and (kind != "dir" or not text):
            raise _refuse("unsafe-name", f"unsafe name {shown(text)}: empty", place)
        return "/".join(parts) or "."

    def _decode(self, raw: bytes, what: str, place: int) -> str:
        if len(raw) > self._limits.name_length:
            raise _refuse(
                "name-too-long",
                f"{what} of {len(raw)} bytes, more than {self._limits.name_length}",
                place,
            )
        text = raw.decode("utf-8", "surrogateescape")
        if not text.isprintable() and any(_is_control(char) for char in text):
            raise _refuse(
                f"unsafe-{what}", f"unsafe {what} {shown(text)}: control character", place
            )
        return text

    def _enter(self, name: str, kind: str, place: int) -> None:
        parent = name.rpartition("/")[0]
        if parent != self._parent:
            self._enter_parents(parent, name, place)
            self._parent = parent
        key = hash(name)
        known = self._kinds.get(key)
        if known is not None and not (kind == "dir" and known in ("dir", _IMPLIED)):
            raise _refuse("duplicate", f"duplicate name {shown(name)}", place)
        self._kinds[key] = kind

    def _enter_parents(self, parent: str, name: str, place: int) -> None:
        while parent:
            known = self._kinds.setdefault(hash(parent), _IMPLIED)
            if known not in ("dir", _IMPLIED):
                raise _refuse(
                    "unsafe-name",
                    f"unsafe name {shown(name)}: {shown(parent)} is a {known}, not a folder",
                    place,
                )
            parent = parent.rpartition("/")[0]

    def _symlink(self, name: str, raw: bytes, place: int) -> str:
        """Allow targets that stay inside whatever other links do: `..` only at the front."""
        target = self._decode(raw, "link", place)
        if not target:
            raise _refuse("unsafe-link", f"unsafe link {shown(name)}: no target", place)
        if self._limits.allow_links_out:
            return target
        parts = [part for part in target.replace("\\", "/").split("/") if part not in ("", ".")]
        ups = parts.count("..")
        inside = ups <= name.count("/") and ".." not in parts[ups:]
        if target.startswith(("/", "\\")) or not inside:
            raise _refuse(
                "unsafe-link", f"unsafe link {shown(name)} points out, to {shown(target)}", place
            )
        return target

    def _hardlink(self, name: str, raw: bytes, place: int) -> str:
        target = self._decode(raw, "link", place)
        clean = "/".join(part for part in target.split("/") if part not in ("", "."))
        known = self._kinds.get(hash(clean))
        if target.startswith("/") or clean == name or known not in ("file", "hardlink", "symlink"):
            raise _refuse(
                "unsafe-link",
                f"unsafe link {shown(name)}: no file {shown(target)} before it",
                place,
            )
        return clean


def shown(text: str) -> str:
    """Quote a name from an archive so that it can be shown anywhere, at most 80 characters."""
    short = text if len(text) <= 80 else text[:77] + "..."
    return '"' + short.encode("unicode_escape", "surrogatepass").decode("ascii") + '"'


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc" or char in _BIDI


def _refuse(reason: str, text: str, place: int) -> ArchiveUnsafe:
    return ArchiveUnsafe(reason, text, unpacked_offset=place)
