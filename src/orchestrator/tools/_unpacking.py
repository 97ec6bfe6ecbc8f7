"""Unpacks the body of an HTTP response. A decompression bomb is stopped at the limit, before it fills the memory."""

from __future__ import annotations

import zlib

ACCEPTED = "gzip"
"""What to ask servers for. Some send ``deflate`` anyway, which is read too."""
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_DEEPEST = 3  # codings around one another
_MEMBERS = 1_000


class UnpackingError(Exception):
    """A body cannot be unpacked. The message says why, and fits after "the page is"."""


def unpacked(body: bytes, header: str, most: int) -> bytes:
    """Return the unpacked body.

    Args:
        body: The body as it was sent.
        header: The header Content-Encoding: the codings, in the order in which they were applied.
        most: The maximum number of bytes.

    Raises:
        UnpackingError: The body is too large, cut off, broken, or packed in a way that cannot be read.
    """
    codings = [coding for each in header.lower().split(",") if (coding := each.strip()) not in {"", "identity"}]
    for coding in reversed(codings):
        if coding not in {"gzip", "x-gzip", "deflate"} or len(codings) > _DEEPEST:
            raise UnpackingError(f"packed as {header[:20]}, which cannot be read")
        body = _inflated(body, coding != "deflate", most)
    return body


def _inflated(body: bytes, gzip: bool, most: int) -> bytes:
    """Unpack one coding. A gzip body may have several members, one after the other."""
    found = bytearray()
    for _ in range(_MEMBERS):
        if not body:
            return bytes(found)
        body = _one_member(body, _GZIP if gzip else _window(body), most, found)
        if not gzip or not body.startswith(_GZIP_MAGIC[: len(body)]):  # browsers ignore what follows
            return bytes(found)
    raise UnpackingError("packed in too many parts")


def _one_member(body: bytes, window: int, most: int, found: bytearray) -> bytes:
    """Add the first member's content to ``found``, and return what follows the member."""
    member = zlib.decompressobj(window)
    try:
        found += member.decompress(body, most + 1 - len(found))
    except zlib.error:
        raise UnpackingError("packed in a way that cannot be read") from None
    if len(found) > most:
        raise UnpackingError(f"larger than {most:,} bytes")
    if not member.eof:
        raise UnpackingError("cut off: the server did not send all of it")
    return member.unused_data.lstrip(b"\0")  # a member may be padded


def _window(body: bytes) -> int:
    """Tell the two things apart that servers call deflate. A zlib header is a multiple of 31, and its method is 8."""
    return _ZLIB if body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0 else _RAW
