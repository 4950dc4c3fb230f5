from __future__ import annotations

import errno
import importlib
from collections.abc import Iterator

import pytest

from reasons import REMEDIES
from vault.store.errors import VaultError, VaultFailed, VaultUnwritable, translated


def family(kind: type[VaultError]) -> Iterator[type[VaultError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def test_every_vault_error_has_a_code_with_a_remedy() -> None:
    importlib.import_module("vault.lock")
    names = {kind.__name__: kind.code for kind in family(VaultError)}
    assert len(names) >= 7
    assert set(names.values()) <= set(REMEDIES)


def test_translated_names_operation_cause_and_path() -> None:
    with (
        pytest.raises(VaultFailed, match=r"^keep it: I/O went wrong \(/vault/x\)$"),
        translated("keep it"),
    ):
        raise OSError(errno.EIO, "I/O went wrong", "/vault/x")


def test_translated_lets_other_errors_pass() -> None:
    with pytest.raises(KeyError), translated("keep it"):
        raise KeyError("x")


def test_translated_read_only_file_system_says_what_to_do() -> None:
    with (
        pytest.raises(VaultUnwritable, match="mounted read-only: mount it for writing"),
        translated("keep it"),
    ):
        raise OSError(errno.EROFS, "Read-only file system", "/vault/.lock")
