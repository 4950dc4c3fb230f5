"""Fold headers as mail programs expect them."""

from __future__ import annotations

from email.header import Header
from email.policy import EmailPolicy
from typing import Final

LONGEST_LINE: Final = 76


class FilledFolding(EmailPolicy):
    """Python's policy for SMTP, but every header begins beside its name.

    Python puts what is a little too long for the first line on the second one, whole, and loses
    blanks between encoded words: some mail programs then show an empty subject, or one that begins
    with a blank.
    """

    def fold(self, name: str, value: str) -> str:
        """Return a header in lines; a subject that was read from a mail stays as it is."""
        if name.lower() == "subject" and hasattr(value, "fold"):
            return f"{name}: {self._words(name, value)}{self.linesep}"
        empty = f"{name}:{self.linesep} "
        folded: str = super().fold(name, value)
        return folded.replace(empty, f"{name}: ", 1) if folded.startswith(empty) else folded

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return what `fold` does, as it is sent."""
        return self.fold(name, value).encode("utf8" if self.utf8 else "ascii", "surrogateescape")

    def _words(self, name: str, text: str) -> str:
        line = " ".join(text.splitlines())  # encoded words may have had line breaks in them
        plain = line.isascii() and "=?" not in line
        header = Header(line, "us-ascii" if plain else "utf-8", LONGEST_LINE, name)
        return header.encode(" ", linesep=self.linesep)


POLICY: Final = FilledFolding(linesep="\r\n")
