"""Packed bodies: what is read, what is cut off, and what would fill the memory."""

from __future__ import annotations

import gzip
import time
import zlib
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.tools._unpacking import UnpackingError, unpacked

MOST = 100_000
gzipped = partial(gzip.compress, mtime=0)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b"a page", ""),
        (b"a page", "identity"),
        (gzipped(b"a page"), "gzip"),
        (gzipped(b"a page"), " X-GZIP "),
        (gzipped(b"a ") + gzipped(b"page"), "gzip"),
        (gzipped(b"a ") + gzipped(b"") + gzipped(b"pa") + gzipped(b"ge"), "gzip"),
        (gzipped(b"a ") + b"\0" * 9 + gzipped(b"page"), "gzip"),
        (gzipped(b"a page") + b"\0" * 512, "gzip"),
        (gzipped(b"a page") + b"something else", "gzip"),
        (zlib.compress(b"a page"), "deflate"),
        (zlib.compress(b"a page", 9), "deflate"),
        (raw_deflate(b"a page"), "deflate"),
        (gzipped(gzipped(b"a page")), "gzip, gzip"),
        (gzipped(zlib.compress(b"a page")), "deflate, gzip"),
        (gzipped(b"a page"), "gzip, identity"),
    ],
)
def test_a_body_is_unpacked(body, header):
    assert unpacked(body, header, MOST) == b"a page"


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=6))
def test_all_members_are_read(parts):
    assert unpacked(b"".join(map(gzipped, parts)), "gzip", MOST) == b"".join(parts)


def test_an_empty_body_is_empty():
    for header in ("gzip", "deflate", ""):
        assert unpacked(b"", header, MOST) == b""


@given(st.binary(min_size=1, max_size=200), st.binary(max_size=50), st.data())
def test_a_body_that_was_cut_off_is_told(first, second, data):
    for packed, header in (
        (gzipped(first), "gzip"),
        (zlib.compress(first), "deflate"),
        (gzipped(second) + gzipped(first), "gzip"),
    ):
        whole = len(gzipped(second)) if header == "gzip" and packed != gzipped(first) else 0
        cut = data.draw(st.integers(whole + 1, len(packed) - 1))
        with pytest.raises(UnpackingError, match="cut off"):
            unpacked(packed[:cut], header, MOST)


@pytest.mark.parametrize(
    ("body", "header", "says"),
    [
        (gzipped(b"x" * (MOST + 1)), "gzip", "larger than 100,000 bytes"),
        (gzipped(b"x" * 60_000) * 2, "gzip", "larger than 100,000 bytes"),
        (gzipped(gzipped(b"x" * 1_000_000)), "gzip, gzip", "larger than 100,000 bytes"),
        (gzipped(b"") * 1_001, "gzip", "packed in too many parts"),
        (b"no gzip", "gzip", "packed in a way"),
        (gzipped(b"x")[:-5] + b"12345", "gzip", "packed in a way"),
        (b"\xff\xff", "deflate", "packed in a way"),
        (b"x", "br", "packed as br"),
        (b"x", "zstd", "packed as zstd"),
        (b"x", "gzip, br", "packed as gzip, br"),
        (b"x", "compress", "packed as compress"),
        (b"x", ", ".join(["gzip"] * 4), "packed as gzip"),
        (b"x", "x" * 9_999, "packed as xxx"),
    ],
)
def test_what_cannot_be_unpacked_is_told(body, header, says):
    with pytest.raises(UnpackingError, match=says) as caught:
        unpacked(body, header, MOST)
    assert len(str(caught.value)) < 200


def test_many_members_take_little_time():
    start = time.perf_counter()
    with pytest.raises(UnpackingError):
        unpacked(gzipped(b"") * 100_000, "gzip", 2_000_000)
    assert time.perf_counter() - start < 5


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "gzip, deflate"]))
def test_any_bytes_are_a_body_or_an_error(body, header):
    with suppress(UnpackingError):
        unpacked(body, header, MOST)
