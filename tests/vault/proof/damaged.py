"""Archives that arrived cut, flipped, followed by something else, or are no archive at all."""

from __future__ import annotations

import bz2
import io
import zipfile
from collections.abc import Iterator

from tests.support import archives as a

Row = tuple[str, bytes, str]


def damaged() -> Iterator[Row]:
    """Yield (name, archive, expected reason)."""
    yield from _cut_gzip()
    yield from _flipped_gzip()
    yield from _followed()
    yield from _cut_tar()
    yield from _broken_tar()
    yield from _something_else()


def _cut_gzip() -> Iterator[Row]:
    good = a.good()
    two = a.gz(a.tar(a.small_tree())[:2048]) + a.gz(a.tar(a.small_tree())[2048:])
    yield "cut in the gzip header", good[:5], "truncated"
    yield "cut behind the gzip header", good[:10], "truncated"
    yield "cut in the compressed data", good[: len(good) // 2], "truncated"
    yield "cut before the gzip trailer", good[:-8], "truncated"
    yield "cut in the gzip checksum", good[:-6], "truncated"
    yield "cut by one byte", good[:-1], "truncated"
    yield "cut in the second gzip member", two[:-100], "truncated"
    yield (
        "cut in the header of the second gzip member",
        two[: two.rfind(b"\x1f\x8b") + 3],
        "truncated",
    )
    yield "cut between two gzip members", two[: two.rfind(b"\x1f\x8b")], "tar-truncated"
    name = a.gz(a.tar(a.small_tree()), flags=a.FNAME, extra=b"x" * 70000)
    yield "file name in the gzip header without end", name, "gzip-header"


def _flipped_gzip() -> Iterator[Row]:
    good = a.good()
    stored = a.gz(a.tar(a.small_tree()), level=0)
    tree = a.tar(a.small_tree())
    checked = a.gz(tree, flags=a.FHCRC | a.FNAME, extra=b"flash.tar\0")
    yield "bit flipped in stored data", a.flip(stored, 8 * 5000), "checksum"
    yield "bit flipped in a stored block's length", a.flip(stored, 8 * 11), "bad-data"
    yield "bit flipped in the gzip checksum", a.flip(good, -64), "checksum"
    yield "bit flipped in the gzip length", a.flip(good, -32), "length"
    yield "wrong checksum over good data", a.gz(tree, crc=1), "checksum"
    yield "wrong length over good data", a.gz(tree, length=1), "length"
    yield "unknown compression method", good[:2] + b"\7" + good[3:], "gzip-header"
    yield "reserved flag in the gzip header", good[:3] + b"\x80" + good[4:], "gzip-header"
    yield "bit flipped under the gzip header's checksum", a.flip(checked, 8 * 12), "gzip-header"
    second = a.gz(tree[:2048]) + a.gz(tree[2048:], crc=1)
    yield "wrong checksum of the second gzip member", second, "checksum"


def _followed() -> Iterator[Row]:
    good, tree = a.good(), a.tar(a.small_tree())
    hidden = a.tar(a.file(b"hidden"))
    yield "text behind the gzip", good + b"<html>error</html>", "trailing-data"
    yield "one byte behind the gzip", good + b"\x1f", "trailing-data"
    yield "data behind zero padding", good + bytes(512) + b"x", "trailing-data"
    yield "gzip member behind zero padding", good + bytes(512) + good, "trailing-data"
    yield "second tar in the same gzip", a.gz(tree + hidden), "trailing-data"
    yield "second archive as a second gzip member", good + a.gz(hidden), "trailing-data"
    yield "one byte in the padding of the tar", a.gz(tree[:-1] + b"x"), "trailing-data"
    lone = a.small_tree() + bytes(512) + a.tar(a.file(b"hidden"))
    yield "member behind a lone zero block", a.gz(lone), "trailing-data"


def _cut_tar() -> Iterator[Row]:
    tree = a.small_tree()
    yield "tar cut at a member boundary", a.gz(tree[:-1536]), "tar-truncated"
    yield "tar cut behind its last member", a.gz(tree), "tar-truncated"
    yield "tar cut in a file", a.gz(tree[:-600]), "tar-truncated"
    yield "tar cut in a header", a.gz(tree[:-1400]), "tar-truncated"
    yield "tar with one zero block at the end", a.gz(tree + bytes(512)), "tar-truncated"
    yield "tar ends in half a block", a.gz(tree + bytes(1500)), "tar-truncated"
    yield "tar cut in a pax header", a.gz(a.pax((b"path", b"x" * 900))[:1000]), "tar-truncated"
    yield "nothing in the gzip", a.gz(b""), "tar-truncated"


def _broken_tar() -> Iterator[Row]:
    tree = a.small_tree()
    file = a.file()
    yield "bit flipped in the first tar header", a.gz(a.tar(a.flip(tree, 100))), "tar-checksum"
    broken = a.tar(tree + a.flip(file, 100) + a.file(b"last"))
    yield "bit flipped in a later tar header", a.gz(broken), "tar-checksum"
    text = a.tar(a.header(fields={124: b"0000000a000\0"}))
    yield "size that is no number", a.gz(text), "tar-header"
    minus = a.tar(a.header(fields={124: a.base256(-512, 12)}))
    yield "negative size", a.gz(minus), "tar-header"
    far = a.tar(a.header(fields={136: a.base256(1 << 60, 12)}))
    yield "time beyond any calendar", a.gz(far), "tar-header"
    yield "unknown tar format", a.gz(a.tar(a.file(magic=b"ustar\x0099"))), "tar-header"
    longer = a.file(b"pax", b"99 path=x\n", typeflag=b"x")
    yield "pax record longer than its header", a.gz(a.tar(longer, file)), "tar-header"
    shorter = a.file(b"pax", b"8 path=xyz\n", typeflag=b"x")
    yield "pax record shorter than its text", a.gz(a.tar(shorter, file)), "tar-header"
    keyless = a.file(b"pax", b"6 abc\n", typeflag=b"x")
    yield "pax record without a key", a.gz(a.tar(keyless, file)), "tar-header"
    yield "pax header without a member", a.gz(a.tar(file, a.pax((b"path", b"x")))), "tar-header"
    yield "GNU long name without a member", a.gz(a.tar(file, a.long_name(b"x"))), "tar-header"
    overlap = a.gnu_sparse([(0, 512), (256, 512)], 4096, bytes(1024))
    yield "sparse map that overlaps", a.gz(a.tar(overlap)), "tar-header"
    beyond = a.gnu_sparse([(4000, 512)], 4096, bytes(512))
    yield "sparse map beyond the file", a.gz(a.tar(beyond)), "tar-header"
    more = a.gnu_sparse([(0, 2048)], 4096, bytes(1024))
    yield "sparse map larger than its data", a.gz(a.tar(more, a.file())), "tar-header"
    odd = a.pax((b"GNU.sparse.size", b"9"), (b"GNU.sparse.map", b"0,1,2"))
    yield "sparse map with an odd number", a.gz(a.tar(odd, a.file())), "tar-header"


def _something_else() -> Iterator[Row]:
    tree = a.tar(a.small_tree())
    page = b"<!DOCTYPE html>\n<html><body>Session expired</body></html>\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo("flash.cfg"), "version 8.10\n")
    yield "empty file", b"", "empty"
    yield "HTML page", page, "not-gzip"
    yield "JSON reply", b'{"_global_result": {"status": 1}}', "not-gzip"
    yield "zip", packed.getvalue(), "not-gzip"
    yield "bzip2", bz2.compress(tree), "not-gzip"
    yield "uncompressed tar", tree, "not-gzip"
    yield "zeros", bytes(4096), "not-gzip"
    yield "program", b"\x7fELF\x02\x01\x01" + bytes(500), "not-gzip"
    yield "HTML page in gzip", a.gz(page), "not-tar"
    yield "configuration in gzip", a.gz(b"version 8.10\n" * 100), "not-tar"
    yield "tar without members", a.gz(a.tar()), "no-members"
