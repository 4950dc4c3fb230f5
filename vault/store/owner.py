"""Let the vault stay its owner's, whoever works on it, and say whose something is.

What root makes in a vault that belongs to another account would shut that account out: every file
is 0600, every folder 0700. So root gives whatever it makes to the owner of the folder around it.
"""

from __future__ import annotations

import os
import pwd
import stat
from contextlib import suppress
from pathlib import Path


def give_to_owner(descriptor: int, folder: Path) -> None:
    """Give what is open to the owner of `folder`, when this is root and it is not theirs yet.

    A file with a second name is left alone: it may be one of somebody else's. Raises
    `PermissionError` where even root may not, as on some network file systems.
    """
    if os.geteuid() != 0:
        return
    owner, found = folder.stat(), os.fstat(descriptor)
    linked = not stat.S_ISDIR(found.st_mode) and found.st_nlink != 1
    if found.st_uid == owner.st_uid or linked:
        return
    try:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    except PermissionError as error:
        raise PermissionError(error.errno, error.strerror, str(folder)) from None


def give_path_to_owner(path: Path) -> None:
    """Give a file or folder to the owner of the folder that it is in; see `give_to_owner`."""
    if os.geteuid() != 0 or os.lstat(path).st_uid == path.parent.stat().st_uid:
        return
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        give_to_owner(descriptor, path.parent)
    finally:
        os.close(descriptor)


def give_link_to_owner(link: Path) -> None:
    """Give a symbolic link, not what it points at, to the owner of the folder that it is in."""
    if os.geteuid() == 0 and (owner := link.parent.stat()).st_uid != 0:
        os.chown(link, owner.st_uid, owner.st_gid, follow_symlinks=False)


def whose(path: Path) -> str:
    """Say to whom belongs what keeps this account from `path`, and what to do; "" when it is ours.

    Where the way to `path` is barred, the nearest folder above that can be seen is the one.
    """
    for place in (path, *path.parents):
        with suppress(OSError):
            owner = place.lstat().st_uid
            if owner == os.geteuid():
                return ""
            if place.parent.stat().st_uid == os.geteuid() != 0:
                us = account(os.geteuid())
                return f"it belongs to {account(owner)}; give it to {us}: chown -R {us} {place}"
            return f"this vault belongs to {account(owner)}; run as that user"
    return ""


def account(uid: int) -> str:
    """Return the name of an account, or "uid N" when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
