from __future__ import annotations

import ast
import sys
from pathlib import Path

import emulator

THIRD_PARTY = {"asyncssh", "cryptography", "isal", "pydantic", "ruamel"}


def _imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def test_emulator_imports_nothing_of_the_project() -> None:
    files = list(Path(emulator.__file__).parent.glob("*.py"))

    imported = set().union(*map(_imported, files))

    assert len(files) > 20
    assert imported - sys.stdlib_module_names - THIRD_PARTY == {"emulator"}
