"""The error tree keeps its promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aos8 import Aos8Error
from reasons import REMEDIES


def tree(cls: type[Aos8Error]) -> Iterator[type[Aos8Error]]:
    yield cls
    for child in cls.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize("cls", list(tree(Aos8Error)))
def test_error_code_has_a_remedy(cls: type[Aos8Error]) -> None:
    assert cls.code in REMEDIES
