"""Exit codes of every verb."""

from __future__ import annotations

from typing import Final

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NOT_DELIVERED: Final = 3
LOCKED: Final = 75
SIGNAL_BASE: Final = 128
