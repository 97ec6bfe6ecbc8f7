"""Makes texts comparable: without case, accents, blanks, punctuation and look-alike letters. Knows Unicode only."""

from __future__ import annotations

import re
from unicodedata import category, name, normalize

_NOT_A_WORD = re.compile(r"[\W_]+")
_LETTER_NAME = re.compile(r"\b(?:LATIN|REGIONAL)\b.* LETTER (?:[A-Z]+ )*([A-Z])(?: WITH .+)?$")
_DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
_DIGIT_NAME = re.compile(rf"\bDIGIT ({'|'.join(_DIGITS)})$")
_DIGITS_FOR_LETTERS = str.maketrans("013457i8$@!", "oleastlbsal")
_LOOK_ALIKES = str.maketrans(
    "аеорсухкмтвніԁһјѕαονρτικυχ⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵",
    "aeopcyxkmtbhidhjsaovptikuxabcdefghijklmnopqrstuvwxyz",
)


def folded(text: str) -> str:
    """Return the text in lower case, with plain letters and digits for accented, styled and look-alike ones."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", text).casefold().translate(_PLAIN)


def unleeted(text: str) -> str:
    """Return the text folded, with one letter for all digits and signs that are written for it, as in ``h4ck3r``."""
    return folded(text).translate(_DIGITS_FOR_LETTERS)


def squeezed(text: str) -> str:
    """Return the letters and digits of the text, folded."""
    return without_gaps(folded(text))


def without_gaps(text: str) -> str:
    """Return a folded text without everything that is no letter or digit."""
    return _NOT_A_WORD.sub("", text)


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, folded."""
    return _NOT_A_WORD.sub(" ", folded(text)).split()


class _Plain(dict[int, str]):
    """Maps a character to its plain form. The characters' Unicode names say it: no table of letters is complete."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain(chr(code))
        return self[code]


def _plain(character: str) -> str:
    if "\u0300" <= character <= "\u036f":  # an accent apart from its letter
        return ""
    called = name(character, "")
    letter, number = _LETTER_NAME.search(called), _DIGIT_NAME.search(called)
    if number:
        return str(_DIGITS.index(number[1]))
    if letter:
        return letter[1].lower()
    return "" if category(character) == "Cf" else character


_PLAIN = _Plain({code: chr(plain) for code, plain in _LOOK_ALIKES.items()})
