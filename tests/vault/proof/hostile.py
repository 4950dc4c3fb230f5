"""Archives that are whole and would harm whoever unpacks or trusts them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support import archives as a

Row = tuple[str, bytes, str]


def hostile() -> Iterator[Row]:
    """Yield (name, archive, expected reason)."""
    for rows in (_names(), _links(), _types(), _doubles(), _bombs(), _two_readings()):
        for name, members, reason in rows:
            yield name, a.gz(a.tar(members)), reason


def _names() -> Iterator[Row]:
    yield "name above the root", a.file(b"../x"), "unsafe-name"
    yield "name that climbs out", a.file(b"a/../../x"), "unsafe-name"
    yield "name that climbs and stays inside", a.file(b"a/../x"), "unsafe-name"
    yield "name that climbs with backslashes", a.file(b"..\\x"), "unsafe-name"
    yield "absolute name", a.file(b"/etc/passwd"), "unsafe-name"
    yield "absolute name by its prefix", a.file(b"passwd", prefix=b"/etc"), "unsafe-name"
    yield "absolute name by pax", a.pax((b"path", b"/etc/passwd")) + a.file(), "unsafe-name"
    yield "climbing GNU long name", a.long_name(b"a/" * 60 + b"../x") + a.file(), "unsafe-name"
    yield "empty name", a.file(b""), "unsafe-name"
    yield "empty name of a folder", a.header(b"", typeflag=b"5"), "unsafe-name"
    yield "file named as the root", a.file(b"."), "unsafe-name"
    yield "line feed in a name", a.file(b"a\nb"), "unsafe-name"
    yield "escape sequence in a name", a.file(b"\x1b[2Ja"), "unsafe-name"
    yield "DEL in a name", a.file(b"a\x7f"), "unsafe-name"
    yield "NUL in a pax name", a.pax((b"path", b"safe\0.cfg")) + a.file(), "unsafe-name"
    turned = "a\u202efgc.exe".encode()
    yield "name that reads backwards", a.file(turned), "unsafe-name"
    yield "over-long GNU name", a.long_name(b"n" * 5000) + a.file(), "name-too-long"
    yield "over-long pax name", a.pax((b"path", b"n/" * 3000 + b"f")) + a.file(), "name-too-long"


def _links() -> Iterator[Row]:
    inside = a.file(b"d/file")
    yield "symbolic link to an absolute path", a.link(b"l", b"/etc/passwd"), "unsafe-link"
    yield "symbolic link above the root", a.link(b"d/l", b"../../x"), "unsafe-link"
    yield "symbolic link that climbs late", a.link(b"d/l", b"s/../../x"), "unsafe-link"
    yield "symbolic link without target", a.link(b"l", b""), "unsafe-link"
    yield "control character in a link", a.link(b"l", b"a\x1bb"), "unsafe-link"
    long_target = a.long_name(b"/" + b"t" * 200, b"K") + a.link(b"l", b"t")
    yield "absolute GNU long link", long_target, "unsafe-link"
    yield "hard link to a missing member", inside + a.link(b"h", b"gone", b"1"), "unsafe-link"
    yield "hard link to a later member", a.link(b"h", b"d/file", b"1") + inside, "unsafe-link"
    yield "hard link to an absolute path", inside + a.link(b"h", b"/d/file", b"1"), "unsafe-link"
    yield "hard link above the root", inside + a.link(b"h", b"../d/file", b"1"), "unsafe-link"
    yield "hard link to itself", a.link(b"h", b"h", b"1"), "unsafe-link"
    folder = a.header(b"d", typeflag=b"5") + a.link(b"h", b"d", b"1")
    yield "hard link to a folder", folder, "unsafe-link"
    yield "file through a symbolic link", a.link(b"l", b"d") + a.file(b"l/x"), "unsafe-name"
    yield "file below a file", a.file(b"f") + a.file(b"f/x"), "unsafe-name"


def _types() -> Iterator[Row]:
    file = a.file()
    yield "character device", file + a.header(b"null", typeflag=b"3"), "unsafe-type"
    yield "block device", file + a.header(b"sda", typeflag=b"4"), "unsafe-type"
    yield "fifo", file + a.header(b"pipe", typeflag=b"6"), "unsafe-type"
    yield "socket", file + a.header(b"socket", typeflag=b"s"), "unsafe-type"
    yield "volume label", a.header(b"label", typeflag=b"V", magic=a.GNU) + file, "unsafe-type"
    yield "piece of another volume", a.file(b"part", typeflag=b"M", magic=a.GNU), "unsafe-type"
    yield "old GNU name list", a.file(b"names", typeflag=b"N", magic=a.GNU), "unsafe-type"


def _doubles() -> Iterator[Row]:
    yield "duplicate file", a.file(b"f") + a.file(b"f", b"other"), "duplicate"
    yield "duplicate file, spelled otherwise", a.file(b"d/f") + a.file(b"./d//f"), "duplicate"
    yield "file in place of a folder", a.file(b"d/f") + a.file(b"d"), "duplicate"
    yield "folder in place of a file", a.file(b"d") + a.header(b"d/", typeflag=b"5"), "duplicate"
    yield "link in place of a folder", a.file(b"d/f") + a.link(b"d", b"e"), "duplicate"
    yield "link in place of a file", a.file(b"f") + a.link(b"f", b"e"), "duplicate"


def _bombs() -> Iterator[Row]:
    zeros = bytes(80 << 20)
    yield "80 MiB of zeros in 80 KiB", a.file(b"zeros", zeros), "bomb"
    huge = a.header(b"huge", fields={124: a.base256(1 << 42, 12)})
    yield "file that claims 4 TiB", huge, "bomb"
    claim = a.pax((b"size", b"%d" % (1 << 42))) + a.file(b"huge")
    yield "file that claims 4 TiB by pax", claim, "bomb"
    hole = a.gnu_sparse([(0, 512)], 0o77777777777, bytes(512))
    yield "sparse file with five holes of 8 GiB", _renamed(hole, 5), "bomb"
    wide = a.pax(
        (b"GNU.sparse.major", b"1"),
        (b"GNU.sparse.minor", b"0"),
        (b"GNU.sparse.realsize", b"%d" % (1 << 50)),
    )
    yield "pax sparse file of 1 PiB", wide + a.file(b"s", b"0\n".ljust(512, b"\0")), "bomb"
    many = a.file(b"s", b"99999999\n".ljust(512, b"\0"))
    yield "sparse map of 99,999,999 segments", wide + many, "bomb"


def _renamed(member: bytes, copies: int) -> bytes:
    return b"".join(
        a.seal(b"%d" % number + member[1:512]) + member[512:] for number in range(copies)
    )


def _two_readings() -> Iterator[Row]:
    file = a.file()
    yield "folder with data", a.file(b"d/", typeflag=b"5"), "ambiguous"
    yield "symbolic link with data", a.file(b"l", typeflag=b"2", link=b"f"), "ambiguous"
    yield "old folder with data", a.file(b"d/", typeflag=b"\0", magic=a.V7), "ambiguous"
    smuggled = a.pax((b"size", b"0")) + a.file(b"outer", a.file(b"inner"))
    yield "pax size other than the header's", smuggled, "ambiguous"
    twice = a.pax((b"path", b"a")) + a.pax((b"path", b"b")) + file
    yield "two pax headers for one member", twice, "ambiguous"
    yield (
        "pax and GNU name for one member",
        a.long_name(b"a") + a.pax((b"path", b"b")) + file,
        ("ambiguous"),
    )
    everyone = a.pax((b"path", b"all"), typeflag=b"g") + file
    yield "global header that names every member", everyone, "ambiguous"
