"""Make the pictures of the README from a demo run: `make pictures` (needs chromium)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
COLUMNS = 100
LINE_PIXELS = 18
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>{stylesheet}
body {{ margin: 0; background: {background}; color: {foreground}; }}
pre {{ font: 14px/18px "DejaVu Sans Mono", monospace; margin: 14px 18px; }}</style>
<pre>{code}</pre>"""


def main() -> int:
    """Run the demo and write the pictures of its table and of its mail."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.stderr.write("no chromium found: install it to make the pictures\n")
        return 1
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    done = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "table.html"
        lines = write_page(done.stdout, page)
        shoot(browser, page, PICTURES / "table.png", (880, (lines + 2) * LINE_PIXELS))
        mail = Path(folder) / "mail.html"
        sent = ROOT / "demo-output" / "mail" / "mail-1.html"
        mail.write_text(elsewhere(sent.read_text(encoding="utf-8")), encoding="utf-8")
        shoot(browser, mail, PICTURES / "mail.png", (720, 1150))
    return 0


def elsewhere(text: str) -> str:
    """Return what was shown with the project's folder as a home that anybody may have."""
    return text.replace(str(ROOT), "~/conductor-backup")


def write_page(output: str, page: Path) -> int:
    """Write what the terminal showed as a web page; return its number of lines."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: PTH123, SIM115
    console.print(Text.from_ansi(elsewhere(output), overflow="fold"))
    lines = console.export_text(clear=False).count("\n")
    page.write_text(
        console.export_html(theme=MONOKAI, code_format=PAGE, inline_styles=False), encoding="utf-8"
    )
    return lines


def shoot(browser: str, page: Path, picture: Path, size: tuple[int, int]) -> None:
    """Take a picture of a page in a window of `size` pixels."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--hide-scrollbars",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}",
            f"--screenshot={picture}",
            page.absolute().as_uri(),
        ]
        subprocess.run(command, capture_output=True, check=True, timeout=120)


if __name__ == "__main__":
    sys.exit(main())
