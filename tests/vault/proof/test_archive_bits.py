"""No flipped bit and no cut of a good archive is accepted but those that say nothing."""

from __future__ import annotations

import gzip
import io
import random
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import archives as a
from tests.vault.proof.corpus import cases, our_verdict
from vault.proof import ArchiveProof, Limits, prove_archive
from vault.proof.gunzip import Gunzip
from vault.proof.source import open_source

TREE = a.tar(a.small_tree(), record=512)
GOOD = a.gz(TREE)


def prove(data: bytes) -> ArchiveProof:
    return prove_archive(io.BytesIO(data))


def test_prove_archive_every_truncation_refused() -> None:
    accepted = [length for length in range(len(GOOD)) if our_verdict(GOOD[:length]) == "accepts"]
    assert accepted == []


def test_prove_archive_truncation_within_zero_padding_is_all_that_passes() -> None:
    padded = GOOD + bytes(40)
    accepted = [n for n in range(len(padded)) if our_verdict(padded[:n]) == "accepts"]
    assert accepted == list(range(len(GOOD), len(padded)))


FREE_HEADER = {3 * 8, *range(4 * 8, 10 * 8)}  # FTEXT; MTIME, XFL, OS


def accepted_flips(data: bytes) -> list[int]:
    return [bit for bit in range(8 * len(data)) if our_verdict(a.flip(data, bit)) == "accepts"]


def same_contents(data: bytes, contents: bytes) -> bool:
    """Ask zlib, which the proof does not use."""
    unpacker = zlib.decompressobj(31)
    try:
        return unpacker.decompress(data) == contents and unpacker.eof and not unpacker.unused_data
    except zlib.error:
        return False


def test_prove_archive_bit_flip_accepted_only_where_the_contents_stay_the_same() -> None:
    """Deflate can say the same in two ways: another distance into a run of zeros, for one."""
    accepted = accepted_flips(GOOD)
    same = [bit for bit in range(8 * len(GOOD)) if same_contents(a.flip(GOOD, bit), TREE)]
    assert accepted == same
    assert set(accepted) >= FREE_HEADER
    hashes = {prove(a.flip(GOOD, bit)).sha256 for bit in accepted}
    assert len(hashes) == len(accepted)
    assert prove(GOOD).sha256 not in hashes


def test_prove_archive_without_repeats_bit_flip_accepted_only_where_nothing_is_said() -> None:
    """Besides the header's free bits, those that fill the last byte of the compressed data.

    ISA-L does not check the shape of a Huffman table that no symbol uses: see docs/proof.md.
    """
    contents = a.tar(a.file(data=random.Random(3).randbytes(300)), record=512)
    data = a.gz(contents, strategy=zlib.Z_HUFFMAN_ONLY)
    fill_end = 8 * (len(data) - 8)
    accepted = set(accepted_flips(data)) - FREE_HEADER
    fill = [bit for bit in range(fill_end - 7, fill_end) if bit in accepted]
    unused_table = accepted - set(fill)
    assert fill == list(range(fill_end - len(fill), fill_end))
    assert len(unused_table) < 8
    assert all(unpacked(a.flip(data, bit)) == contents for bit in accepted)


def unpacked(data: bytes) -> bytes:
    with open_source([data], len(data)) as source:
        return b"".join(Gunzip(source, Limits()).pieces())


def test_prove_archive_header_checksum_covers_every_bit_of_the_gzip_header() -> None:
    data = a.gz(TREE, flags=a.FHCRC | a.FNAME, extra=b"flash.tar\0")
    accepted = [bit for bit in range(8 * 22) if our_verdict(a.flip(data, bit)) == "accepts"]
    assert accepted == []


LARGE_TAR = a.tar(
    a.small_tree(),
    a.file(b"noise", random.Random(1).randbytes(200_000)),
    a.file(b"text", b"version 8.10 hostname mc-1 " * 20_000),
)
LARGE = a.gz(LARGE_TAR)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(min_value=10 * 8, max_value=8 * len(LARGE) - 1))
def test_prove_archive_random_flip_of_a_large_archive_refused(bit: int) -> None:
    flipped = a.flip(LARGE, bit)
    assert our_verdict(flipped) != "accepts" or same_contents(flipped, LARGE_TAR)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(min_value=0, max_value=len(LARGE) - 1))
def test_prove_archive_random_truncation_of_a_large_archive_refused(length: int) -> None:
    assert our_verdict(LARGE[:length]) != "accepts"


@settings(max_examples=600, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from([case.data for case in cases() if case.kind != "damaged"]),
    st.lists(st.tuples(st.integers(0, 4095), st.binary(min_size=1, max_size=12)), max_size=4),
)
def test_prove_archive_forged_headers_judged_without_a_crash(
    data: bytes, edits: list[tuple[int, bytes]]
) -> None:
    """Edit the tar, put all its checksums right again, and see it refused or read."""
    if len(data) > 20_000:
        return
    unpacked = bytearray(gzip.decompress(data))
    for at, text in edits:
        if at + 512 < len(unpacked):
            unpacked[at : at + len(text)] = text
            start = at - at % 512
            unpacked[start : start + 512] = a.seal(bytes(unpacked[start : start + 512]))
    assert our_verdict(a.gz(bytes(unpacked)))
