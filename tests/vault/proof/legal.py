"""Archives that look odd and are whole: refusing one would lose a good backup."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.support import archives as a

Row = tuple[str, bytes, str]


def legal() -> Iterator[Row]:
    """Yield (name, archive, "")."""
    for name, archive in _gzip_oddities():
        yield name, archive, ""
    for rows in (_tar_formats(), _names_and_links(), _sparse()):
        for name, members in rows:
            yield name, a.gz(a.tar(members)), ""


def _gzip_oddities() -> Iterator[tuple[str, bytes]]:
    tree = a.tar(a.small_tree())
    yield "plain archive", a.good()
    yield "stored, not compressed", a.gz(tree, level=0)
    yield "two gzip members, cut in a tar header", a.gz(tree[:100]) + a.gz(tree[100:])
    cuts = range(0, len(tree), 256)
    yield "a gzip member every 256 bytes", b"".join(a.gz(tree[at : at + 256]) for at in cuts)
    yield "empty gzip member at the end", a.good() + a.gz(b"")
    yield "empty gzip member at the beginning", a.gz(b"") + a.good()
    yield "zero padding behind the gzip", a.good() + bytes(5000)
    yield "file name in the gzip header", a.gz(tree, flags=a.FNAME, extra=b"flash.tar\0")
    field = b"AB" + struct.pack("<H", 4) + b"data"
    optional = struct.pack("<H", len(field)) + field + b"flash.tar\0comment\0"
    flags = a.FEXTRA | a.FNAME | a.FCOMMENT | a.FHCRC
    yield "every optional field in the gzip header", a.gz(tree, flags=flags, extra=optional)
    yield "tar without record padding", a.gz(a.tar(a.small_tree(), record=512))
    yield "tar with a large record", a.gz(a.tar(a.small_tree(), record=1 << 20))


def _tar_formats() -> Iterator[tuple[str, bytes]]:
    v7 = a.header(b"d/", typeflag=b"\0", magic=a.V7) + a.file(b"d/f", typeflag=b"\0", magic=a.V7)
    yield "V7", v7
    yield "GNU", a.file(magic=a.GNU)
    yield "blanks in numbers", a.file(fields={100: b"   644 \0", 136: b"14524770400 "})
    yield "empty number fields", a.file(fields={108: bytes(8), 116: b" " * 8})
    big = {108: a.base256(4000000000, 8), 116: a.base256(4000000001, 8)}
    yield "uid and gid in base-256", a.file(magic=a.GNU, fields=big)
    yield "size in base-256", a.file(data=b"x" * 9, fields={124: a.base256(9, 12)}, magic=a.GNU)
    yield "time before 1970", a.file(fields={136: a.base256(-86400, 12)}, magic=a.GNU)
    latin = a.file(b"caf\xe9")
    yield "checksum over signed bytes", a.seal(latin[:512], signed=True) + latin[512:]
    yield "contiguous file", a.file(typeflag=b"7")
    yield "pax time with a fraction", a.pax((b"mtime", b"1700000000.123456789")) + a.file()
    yield "pax time before 1970", a.pax((b"mtime", b"-5.5")) + a.file()
    yield "pax size", a.pax((b"size", b"9")) + a.file(data=b"123456789")
    yield "unknown pax keys", a.pax((b"VENDOR.key", b"\0\n=")) + a.file()
    yield "global pax header", a.pax((b"comment", b"made here"), typeflag=b"g") + a.file()


def _names_and_links() -> Iterator[tuple[str, bytes]]:
    inside = a.file(b"d/file")
    name = "Zürich/конфиг".encode()
    yield "pax name in UTF-8", a.pax((b"path", name)) + a.file()
    yield "name that is not UTF-8", a.file(b"caf\xe9")
    yield "long name in prefix and name", a.file(b"n" * 90, prefix=b"p" * 120)
    yield "long pax name", a.pax((b"path", b"n/" * 200 + b"f")) + a.file()
    yield "long pax link", a.pax((b"linkpath", b"t" * 300)) + a.link(b"l", b"t")
    yield "GNU long name", a.long_name(b"n/" * 200 + b"f") + a.file()
    both = a.long_name(b"t" * 200, b"K") + a.long_name(b"n" * 200) + a.link(b"l", b"t")
    yield "GNU long link and long name", both
    yield "hard link", inside + a.link(b"h", b"d/file", b"1")
    chain = a.link(b"h", b"d/file", b"1") + a.link(b"i", b"./h", b"1")
    yield "hard link to a hard link", inside + chain
    yield "symbolic link beside", inside + a.link(b"d/l", b"file")
    yield "symbolic link up and inside", inside + a.link(b"e/l", b"../d/file")
    yield "symbolic link to nothing", a.link(b"l", b"gone")
    yield "folders with trailing slashes", a.header(b"d//", typeflag=b"5") + a.file(b"d//f")
    folder = a.header(b"d/", typeflag=b"5")
    yield "folder named twice", folder + inside + folder
    yield "folder behind its file", inside + folder
    yield "root folder", a.header(b"./", typeflag=b"5") + a.file(b"./f")
    yield "file without contents", a.file(data=b"")
    yield "file of whole blocks", a.file(data=b"x" * 1024) + a.file(b"last")
    yield "dots in names", a.file(b"...") + a.file(b"..a/b..") + a.file(b".hidden")


def _sparse() -> Iterator[tuple[str, bytes]]:
    data = b"a" * 512 + b"b" * 100
    map_text = b"0,512,4096,100"
    numbered = [
        (b"GNU.sparse.offset", b"0"),
        (b"GNU.sparse.numbytes", b"512"),
        (b"GNU.sparse.offset", b"4096"),
        (b"GNU.sparse.numbytes", b"100"),
    ]
    last = a.file(b"last")
    yield "sparse file, old GNU", a.gnu_sparse([(0, 512), (4096, 100)], 8192, data) + last
    tiny = [(1024 * n, 8) for n in range(20)]
    yield "sparse file, old GNU, long map", a.gnu_sparse(tiny, 20480, b"12345678" * 20) + last
    yield "sparse file, all hole", a.gnu_sparse([(1 << 20, 0)], 1 << 20, b"") + last
    sizes = [(b"GNU.sparse.size", b"8192"), (b"GNU.sparse.numblocks", b"2")]
    yield "sparse file, pax 0.0", a.pax(*sizes, *numbered) + a.file(b"s", data) + last
    text = [*sizes, (b"GNU.sparse.name", b"sparse"), (b"GNU.sparse.map", map_text)]
    yield "sparse file, pax 0.1", a.pax(*text) + a.file(b"GNUSparseFile.0/s", data) + last
    records = [
        (b"GNU.sparse.major", b"1"),
        (b"GNU.sparse.minor", b"0"),
        (b"GNU.sparse.name", b"sparse"),
        (b"GNU.sparse.realsize", b"8192"),
    ]
    front = a.pad(b"2\n" + map_text.replace(b",", b"\n") + b"\n")
    yield "sparse file, pax 1.0", a.pax(*records) + a.file(b"s", front + data) + last
    segments = b"".join(b"%d\n4\n" % (1024 * n) for n in range(200))
    front = a.pad(b"200\n" + segments)
    whole = a.pax(*records[:3], (b"GNU.sparse.realsize", b"300000"))
    yield "sparse file, pax 1.0, long map", whole + a.file(b"s", front + b"abcd" * 200) + last
