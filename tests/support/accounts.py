"""Work as another account than root; only root can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHER, THIRD = 65534, 65533
"""Two accounts that are not root; nothing on the system belongs to them."""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can work as others")

_CHILD = """
import os, sys
from pathlib import Path
from vault.store import Vault, VaultError
from vault.lock import VaultLock
from tests.support.vaults import publish, run
if sys.argv[3:]:
    from importlib import import_module  # now: Python may lie where only root can read it
    from commands.verbs import VERBS
    import commands.dispatch, runbook
    for verb in VERBS:
        import_module("commands." + verb)
uid, root = int(sys.argv[1]), Path(sys.argv[2])
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
"""


@contextmanager
def folder_of(uid: int) -> Iterator[Path]:
    """Make a folder that belongs to `uid`, where it can be reached, and remove it in the end."""
    outer = Path(tempfile.mkdtemp(prefix="accounts-"))
    try:
        outer.chmod(0o755)
        inner = outer / "home"
        inner.mkdir(mode=0o755)
        os.chown(inner, uid, uid)
        yield inner
    finally:
        shutil.rmtree(outer)


def run_as(uid: int, code: str, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python code as `uid` in a child; `root` is the vault's folder, `sys.argv[3:]` `words`."""
    return subprocess.run(
        [sys.executable, "-B", "-c", _CHILD + code, str(uid), str(root), *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "USER": "other", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def owners(root: Path) -> dict[int, set[str]]:
    """Return what is below `root` by the account that it belongs to."""
    found: dict[int, set[str]] = {}
    for path in (root, *root.rglob("*")):
        found.setdefault(path.lstat().st_uid, set()).add(str(path.relative_to(root)))
    return found
