from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.support import archives as a
from vault.proof.errors import ArchiveDamaged
from vault.proof.header import is_header, read_number

BLOCKS = st.binary(min_size=512, max_size=512)
FIELDS = st.text("01789 \0-_+x\x80\xff", min_size=1, max_size=12).map(
    lambda text: text.encode("latin-1")
)


def plain_number(field: bytes) -> int | None:
    """Read a field as the format describes it; None for what is no number."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    if field[0] == 0xFF:
        return int.from_bytes(field, "big", signed=True)
    digits = field.split(b"\0")[0].strip(b" ")
    if set(digits) <= set(b"01234567"):
        return int(digits or b"0", 8)
    return None


@given(block=BLOCKS, signed=st.booleans())
@example(block=b"\xff" * 512, signed=False)
@example(block=b"\x7f" * 480 + b"\xff" * 32, signed=True)
@example(block=b"\xff" * 256 + bytes(256), signed=False)
def test_is_header_any_bytes_with_their_checksum_and_no_other(block: bytes, signed: bool) -> None:
    sealed = a.seal(block, signed=signed)
    assume(not sealed[148:].startswith(b"-"))
    total = int(sealed[148:154], 8)
    other = sealed[:148] + b"%06o\0 " % ((total + 65521) % 2**18) + sealed[156:]
    assert is_header(sealed)
    assert not is_header(other)


@given(field=FIELDS)
@example(field=b"0000644\0")
@example(field=b"0000008\0")
@example(field=b"  644 \0\0")
@example(field=b"6\x004    \0")
@example(field=b"\x80\0\0\0\x001\0 ")
def test_read_number_any_field_as_the_format_says(field: bytes) -> None:
    expected = plain_number(field)
    if expected is None:
        with pytest.raises(ArchiveDamaged, match="size is no number"):
            read_number(field, "size")
    else:
        assert read_number(field, "size") == expected
