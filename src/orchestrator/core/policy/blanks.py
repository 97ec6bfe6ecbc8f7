"""Finds characters that nobody sees, and blanks that no text has. Knows Unicode only.

A text can be written in them between the letters of a harmless one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

_NOT_SHOWN = ("Cc", "Cf", "Cn", "Co")  # Unicode categories: controls, formats, and what has no meaning of its own
# Letters and accents that are not shown either, and the selectors of a variant.
_IGNORED = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_JOINERS = "\u200b\u200c\u200d"
_EMOJI_SELECTORS = "\ufe0e\ufe0f"
_KEYCAP = "\u20e3"  # as in 1, selector, keycap
_DIRECTIONS = "\u061c\u200e\u200f\u2066\u2067\u2068\u2069"
_JOINED = ("So", "Sk", "Sm", "Lo", "Mn", "Mc")  # emoji and their skin, letters without case, and their signs

_RUN = re.compile(r"\s+")
_NEW_LINE = re.compile(r"(?: {0,2}\r?\n){1,3}\t* *")  # with an empty line or two, and the next line's indentation
_COMMON_BLANKS = " \t\r\n"


def hidden_characters(text: str) -> Iterator[str]:
    """Yield the characters that are not shown, except where writing needs them: in emoji, Persian or Indic words.

    Args:
        text: The text.
    """
    if text.isascii() and text.isprintable():
        return
    for at, character in enumerate(text):
        if _is_hidden(character) and not _is_needed(character, text[at - 1 : at], text[at + 1 : at + 2]):
            yield character


def odd_blanks(text: str) -> Iterator[str]:
    """Yield the blanks that a text does not need: one between two words is enough, and so is the start of a line.

    Args:
        text: The text. If it has several lines, its columns may be aligned by blanks.
    """
    lines = "\n" in text.strip()
    for match in _RUN.finditer(text):
        run, behind = match[0], text[match.end() : match.end() + 1]
        if set(run) - set(_COMMON_BLANKS):
            yield from _uncommon(run, text[match.start() - 1 : match.start()], behind)
        elif not _NEW_LINE.fullmatch(run) and not (lines and behind and len(set(run)) == 1):
            yield run[1:]
            yield "\t" * (run == "\t")


def _uncommon(run: str, before: str, behind: str) -> Iterator[str]:
    """Between two words in Latin letters, a blank is an ordinary one. Elsewhere, one of another kind is allowed."""
    if len(run) > 2:
        yield run
    elif before.isascii() and before.isalpha() and behind.isascii() and behind.isalpha():
        yield 2 * run


def _is_hidden(character: str) -> bool:
    if character.isspace() or "\x20" <= character <= "\x7e":
        return False
    return category(character) in _NOT_SHOWN or bool(_IGNORED.match(character))


def _is_needed(character: str, before: str, behind: str) -> bool:
    if character in _DIRECTIONS:
        return any(not each.isascii() and not _is_hidden(each) for each in (before, behind))
    if character in _JOINERS:
        return not before.isascii() and (category(before) in _JOINED or before in _EMOJI_SELECTORS)
    return character in _EMOJI_SELECTORS and (behind == _KEYCAP or (not before.isascii() and _is_sign(before)))


def _is_sign(character: str) -> bool:
    return category(character) in ("So", "Sm", "Po")
