"""Decodes the bytes of a page as browsers do (the WHATWG Encoding Standard). Knows bytes and labels; not HTTP.

Python's own names do not serve: it reads gb2312 without GBK, euc-kr without its extension and iso-8859-1 without the
euro sign, and "undefined" and "rot13" are among its names.
"""

from __future__ import annotations

import codecs
import re
from itertools import accumulate, takewhile

import webencodings

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD = 8_192  # bytes in which a page names its character set; browsers look at 1,024 or at the whole head
_XML_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]*)""")
_META_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_WESTERN = "cp1252"  # what browsers take if nothing else is known
_LEGACY = (
    *(_WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8_r", "iso8859_2"),
    *("iso8859_5", "gb18030", "big5", "cp932", "euc_jp", "cp949"),
)
_SAMPLE = 20_000  # bytes that a guess looks at


def decoded(body: bytes, label: str) -> str:
    """Decode a page. Bytes that do not fit become U+FFFD.

    Args:
        body: The page.
        label: The character set that the server names. An unknown one counts as none.

    Returns:
        The text by its byte order mark; else by the server's label, by the page's own, or by a guess.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(name, "replace")
            if text.count("\ufffd") * 100 <= len(text):  # else the bytes only look like a mark
                return text
    codec = _codec(label) or _codec(_declared(body[:_HEAD])) or codecs.lookup(_guessed(body))
    return codec.decode(body, _LIKE_BROWSERS if codec.name in {"gb18030", "euc_jp"} else "replace")[0]


def _codec(label: str) -> codecs.CodecInfo | None:
    """Return the codec of a label of the standard; None for any other label, and for what browsers refuse to read."""
    encoding = webencodings.lookup(label)
    if encoding is None or encoding.name == "replacement":
        return None
    return codecs.lookup("gb18030") if encoding.name == "gbk" else encoding.codec_info  # as the standard does


def _missing_in_python(error: UnicodeError) -> tuple[str, int]:
    """Decode what the standard has and Python's codecs have not: GBK's euro sign, and EUC-JP's signs of NEC and IBM."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    first, second = (error.object[error.start : error.start + 2] + b"\0")[:2]
    if error.encoding == "gb18030" and first == 0x80:
        return "€", error.start + 1
    if error.encoding == "euc_jp" and 0xA1 <= min(first, second) <= max(first, second) <= 0xFE:
        # cp932 has these signs in the same order
        row, cell = first - 0xA1, second - 0xA1
        shifted = row // 2 + (0x81 if row < 62 else 0xC1), cell + (0x9F if row % 2 else 0x40 + (cell >= 63))
        return bytes(shifted).decode("cp932", "replace"), error.start + 2
    return "\ufffd", error.end


_LIKE_BROWSERS = "orchestrator-like-browsers"
codecs.register_error(_LIKE_BROWSERS, _missing_in_python)


def _declared(head: bytes) -> str:
    """Return the character set that the page itself names, in its XML declaration or in a ``meta`` element."""
    if match := _XML_DECLARATION.match(head):
        label = match[1].decode("latin-1")
    else:
        label = _meta(head) if b"<meta" in head.lower() else ""
    return "utf-8" if label.lower().startswith("utf-16") else label  # it was readable as ASCII, so it is not UTF-16


def _meta(head: bytes) -> str:
    from lxml import html  # noqa: PLC0415 - from an extra

    tree = html.document_fromstring(head.decode("latin-1").encode(), parser=html.HTMLParser(encoding="utf-8"))
    for meta in tree.iter("meta"):
        if meta.get("charset"):
            return str(meta.get("charset"))
        if meta.get("http-equiv", "").lower() == "content-type" and (
            match := _META_CHARSET.search(meta.get("content", ""))
        ):
            return match[1]
    return ""


def _guessed(body: bytes) -> str:
    """Return UTF-8 if most of the text fits it; else the most probable of the old character sets."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    if not wrong or wrong * 4 < sum(character > "\x7f" for character in text):
        return "utf-8"
    from charset_normalizer import from_bytes  # noqa: PLC0415 - from an extra

    found = from_bytes(_telling(body), cp_isolation=list(_LEGACY))
    best = found.best()
    western = next((each for each in found if _WESTERN in each.could_be_from_charset), None)
    if not best or (western and western.chaos <= best.chaos and western.coherence >= best.coherence):
        return _WESTERN
    return best.encoding


def _telling(body: bytes) -> bytes:
    """Return a sample of the stretches between tags that are not ASCII. Only these tell character sets apart."""
    runs = [run for run in re.split(rb"[<>\n]", body) if not run.isascii()]
    sizes = accumulate(map(len, runs), initial=0)
    return b"\n".join(run for run, _ in zip(runs, takewhile(_SAMPLE.__gt__, sizes), strict=False))
