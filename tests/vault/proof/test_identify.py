from __future__ import annotations

import bz2
import gzip
import lzma

import pytest

from tests.support import archives as a
from vault.proof import identify


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"", "empty"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (bz2.compress(b"x"), "bzip2"),
        (lzma.compress(b"x"), "xz"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x7fELF\x02", "ELF program"),
        (b"%PDF-1.7", "PDF"),
        (b"-----BEGIN CERTIFICATE-----", "PEM"),
        (a.header(), "uncompressed tar"),
        (bytes(512), "zeros"),
        (b"\n <!DOCTYPE HTML><html>", "HTML"),
        (b"<HTML>", "HTML"),
        (b"<?xml version='1.0'?><html xmlns=''>", "HTML"),
        (b"<?xml version='1.0'?><reply/>", "XML"),
        (b'\xef\xbb\xbf{"status": 1}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b"version 8.10\n", "plain text"),
        ("Zürich".encode("latin-1"), "plain text"),
        (b"\x00\x01\x02", "binary data"),
    ],
)
def test_identify_head_named(head: bytes, word: str) -> None:
    assert identify(head) == word
