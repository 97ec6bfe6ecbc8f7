"""Reads a Content-Type header, and tells HTML, text and everything else apart. Pure.

There is no list of types of text: new ones come every year (``application/vnd.github+json``). Media types of pictures,
sounds and fonts are no text. For any other type the bytes decide, as in the WHATWG MIME Sniffing Standard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 1_000  # characters of a header
_ESSENCE = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)\s*(?=[;,]|$)", re.ASCII)
_PARAMETER = re.compile(r""";\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;,]*)""")
_UNKNOWN = {"", "unknown/unknown", "application/unknown", "application/octet-stream", "binary/octet-stream"}
_NO_TEXT = {"image", "audio", "video", "font", "model"}
_SEEN = 1_445  # characters; the standard looks at as many bytes
_BINARY = re.compile(r"%PDF-|[^\0-\x08\x0b\x0e-\x1a\x1c-\x1f]{0,1445}[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a server says about a page.

    Attributes:
        essence: The type without parameters, such as ``text/html``; empty if the server names none.
        charset: The character set; empty if the server names none.
    """

    essence: str
    charset: str

    def is_html(self, body: bytes) -> bool:
        """Whether the body is a page to extract text from. If the type is unknown, its first character decides."""
        if self.essence in _UNKNOWN:
            start = body[:_SEEN].removeprefix(b"\xef\xbb\xbf").lstrip()
            return start.startswith(b"<") and not start.startswith(b"<?xml")
        return self.essence == "text/html" or self.is_xhtml

    @property
    def is_xhtml(self) -> bool:
        """Whether the page is HTML in XML's syntax."""
        return self.essence.endswith("xhtml+xml")

    def can_be_text(self) -> bool:
        """Whether the body may be text. Then ``is_text`` has to say whether it is."""
        return self.essence.partition("/")[0] not in _NO_TEXT or self.essence.endswith("+xml")


def media_type(header: str) -> MediaType:
    """Read a Content-Type header. Whatever is not valid in it counts as missing."""
    header = header[:_LONGEST]
    essence = _ESSENCE.match(header)
    parameters = {name.lower(): value.strip().strip('"') for name, value in reversed(_PARAMETER.findall(header))}
    return MediaType(essence[1].lower() if essence else "", parameters.get("charset", "").strip(" \"'"))


def is_text(text: str) -> bool:
    """Whether decoded bytes are text: there are no control characters at the start that only binary data has."""
    return not _BINARY.match(text)
