"""Gives every sign one spelling: ``×`` is ``*``, ``٣`` is 3, ``−`` is ``-``. Character by character, in one place.

Unicode normalisation is not used: NFKC turns 3² into 32, ½ into 1⁄2, and mathematical letters into plain letters, which
would form names. Knows characters; not what they mean beside one another.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_SPACES = "\t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SIGNS = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys("×⋅·∙∗✕✖•‧⨯✗⨉﹡", "*"),
    **dict.fromkeys("÷∕⁄➗", "/"),
    **dict.fromkeys("−–‐‑‒﹣—―➖", "-"),
    **dict.fromkeys("➕﹢", "+"),
    **dict.fromkeys("٪﹪", "%"),
    "؉": "‰",
    "٫": ".",
    **dict.fromkeys("٬،", ","),
    "﹦": "=",
    "→": "->",
    "℃": "°C",
    "℉": "°F",
    "º": "°",  # the ordinal sign, which keyboards have
    "\u212a": "K",  # the kelvin sign
    "μ": "µ",  # the Greek letter
    "Ω": "Ω",
    "ℓ": "L",
    "￥": "¥",
    "￡": "£",
    "＄": "$",
    **dict.fromkeys("ｘх", "x"),  # the full-width and the Cyrillic one, as in 3 х 4
    "Ｘ": "X",
    "π": "pi",
    "τ": "tau",
    **{chr(ord(character) + 0xFEE0): character for character in "+-*/().,!%^="},
}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_UNIT_POWERS = str.maketrans("23∕", "²³/")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
VULGAR = {
    character: Fraction(unicodedata.numeric(character)).limit_denominator(10) for character in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
}


def spelled(text: str) -> str:
    """Return the text with each sign, and each decimal digit of any script, in the spelling that the calculator reads.

    Args:
        text: Any text.
    """
    if text.isascii() and not _RARE.intersection(text):
        return text
    return "".join(map(_spelled_character, _GROUPED.sub(lambda found: _BETWEEN_GROUPS.sub("", found[0]), text)))


_RARE = frozenset("'\t")
_BETWEEN_GROUPS = re.compile("['’\u00a0\u2009\u202f]")  # as printed: 10\u202f000, 1’000; a plain space may be a mistake
_GROUPED = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:{_BETWEEN_GROUPS.pattern}\d{{3}})+(?!\d)")


def _spelled_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if "\u3371" <= character <= "\u33df":  # units in one character: ㎞, ㎡
        return unicodedata.normalize("NFKC", character).translate(_UNIT_POWERS)
    return _SIGNS.get(character, character)
