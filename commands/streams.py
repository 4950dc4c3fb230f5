"""Stdin, stdout and stderr are there, also where whoever starts the program has closed them."""

from __future__ import annotations

import os
import sys
from typing import Final

_NAMES: Final = ("stdin", "stdout", "stderr")


def open_closed_streams() -> None:
    """Put the null device where a standard stream is closed: nobody reads, and nothing fails.

    Otherwise the next file that is opened would get the number, and what is printed.
    """
    for number, name in enumerate(_NAMES):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
