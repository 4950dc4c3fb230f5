"""Write the page about all codes: `make docs`."""

from __future__ import annotations

import sys

from reasons.page import page

if __name__ == "__main__":
    sys.stdout.write(page())
