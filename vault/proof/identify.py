"""Name what a file looks like from its first bytes."""

from __future__ import annotations

from typing import Final

_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x7fELF", "ELF program"),
    (b"%PDF-", "PDF"),
    (b"-----BEGIN ", "PEM"),
)
_HTML: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
_TEXT: Final = bytes(range(0x20, 0x7F)) + b"\t\r\n\f" + bytes(range(0x80, 0x100))


def identify(head: bytes) -> str:
    """Say what a file that starts with `head` (512 bytes suffice) looks like, in a word or two."""
    if not head:
        return "empty"
    for magic, word in _MAGIC:
        if head.startswith(magic):
            return word
    if head[257:262] == b"ustar":
        return "uncompressed tar"
    if not head.strip(b"\0"):
        return "zeros"
    return _identify_text(head)


def _identify_text(head: bytes) -> str:
    if head.translate(None, _TEXT):
        return "binary data"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_HTML):
        return "HTML"
    if start.startswith(b"<"):
        return "HTML" if any(mark in start for mark in _HTML) else "XML"
    if start.startswith((b"{", b"[")):
        return "JSON"
    return "plain text"
