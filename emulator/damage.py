"""Content that is not what it should be: pure functions from chunks to chunks."""

from __future__ import annotations

Chunks = tuple[bytes, ...]


def truncated(chunks: Chunks, after: int | None) -> Chunks:
    """Keep the first `after` bytes; None: half of them."""
    whole = b"".join(chunks)
    return (whole[: len(whole) // 2 if after is None else after],)


def corrupted(chunks: Chunks, at: int | None) -> Chunks:
    """Flip the lowest bit of one byte; None: in the middle, beyond the end: the last one."""
    whole = bytearray(b"".join(chunks))
    if whole:
        whole[len(whole) // 2 if at is None else min(at, len(whole) - 1)] ^= 1
    return (bytes(whole),)


def shrunk_text(text: str) -> str:
    """Keep about the first quarter of a configuration's lines, whole stanzas only, and its end."""
    lines = text.splitlines()
    kept = lines[: max(1, len(lines) // 4)]
    while len(kept) > 1 and kept[-1] != "!":
        kept.pop()
    return "\n".join([*kept, "end"]) + "\n"


def bloated_text(text: str) -> str:
    """Repeat a configuration's lines four times before its end."""
    body = text.removesuffix("end\n")
    return body * 4 + text[len(body) :]


def without_end(text: str) -> str:
    """Leave out the last line `end`."""
    return text.removesuffix("end\n")
