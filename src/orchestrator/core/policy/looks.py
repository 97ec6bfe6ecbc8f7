"""Tells whether a text looks encoded: how many of its characters are neither words nor ordinary numbers.

Words of any language in Latin letters are told from random letters by their pairs of letters. Other scripts count as
words. Knows no decoders and no secrets, so that it also sees an encoding that nobody has thought of.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Literal
from unicodedata import category
from urllib.parse import unquote

from orchestrator.core.policy.blanks import hidden_characters, odd_blanks
from orchestrator.core.policy.folding import folded, words
from orchestrator.core.policy.values import json_values

MOST = 13  # characters that are no words; a call with more looks encoded

# How usual a pair of letters is, from 0 to 9: a line for the first letter, a column for the second. Made from the most
# frequent words of 38 languages (the stop lists of justext): log2 of the mean share in the eight languages that use the
# pair most. Words have 6 on average, random letters 4.
_PAIRS = (
    "66676667777779565887776466",  # a
    "75237011642514600633611052",
    "70417017745425700445600044",
    "73268125743536620655644055",
    "66675566767778553888665556",  # e
    "60036510620404601535502040",
    "72347164654524610655624052",
    "71147121634544624536553051",
    "76778576677768755787764466",  # i
    "73238003633335630344641011",
    "83437003745544700565642052",
    "84467454765755633256644062",
    "76337222743554661444603043",  # m
    "74677484765547733467643164",
    "56675565666777563776676356",
    "71327124642523750744610030",
    "50023000510300402223600030",  # q
    "85568455555755743666654265",
    "73637247747655652468664056",
    "83238236744536731767754365",
    "65566455556777653776544346",  # u
    "72337010741505611542520053",
    "60236024601414520541302051",
    "40104000500111400023423200",
    "74566443535556540565544044",  # y
    "64347043644446530345554054",
)
_USUAL = 5.0  # 1 of 200 words of 5 letters and more is below; 9 of 10 random words are

_PAIRS_IN_A_ROW = 24
_USUAL_IN_A_ROW = 4.7  # 1 of 2,000 rows of random words from the lists is below; 9 of 10 rows in Caesar's ciphers are

_LONG_NUMBER = 5  # digits; shorter numbers are ordinary, and so are years
_SHORT_CODE = 8  # characters; letters before or after digits that are no longer are a product or a version
_LIST = 7  # short codes in a row that are a list of codes
_LETTERS, _FEW_LETTERS = 24, 6  # so many letters in a row of which so many differ are no text
_WORDS, _FEW_WORDS = 16, 8
_RANDOM = 10  # letters
_DENSE = 8  # characters without a blank that may be a code of letters and signs
_MIXED, _MIXED_IN_A_LINK = 10, 12  # characters

_ITEM = re.compile(r"[^\W_]+|(?<!\S)[^\w\s]+(?!\S)")  # a word or number, or signs between blanks
_RUN = re.compile(r"[A-Za-z]+|[0-9]+")
_ASCII_LETTERS = re.compile("[a-z]+")
_LATIN = re.compile(r"(?<![^\W_])[A-Za-z]{2,}(?![^\W_])")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MIX = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d]+\Z")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)+")
_SIGN = re.compile(r"[!#$%&*;<=>?@\[\]^`{|}~\\\"]")
_ALPHABET = re.compile(r"[\u0370-\u07ff]")  # scripts with blanks: Greek, Cyrillic, Armenian, Hebrew, Arabic
_VOWEL = re.compile("[aeiou]", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SIGNS = ("So", "Sm")  # Unicode categories: signs that are no punctuation


def looks_encoded(argument: str, own: Container[str]) -> bool:
    """Tell whether more than ``MOST`` characters of an argument are neither words nor ordinary numbers.

    Args:
        argument: The argument. Of a JSON object, only the values count.
        own: The words of the user and the model, folded. They do not count.
    """
    return sum(map(len, codes(argument, own))) > MOST


def codes(argument: str, own: Container[str]) -> Iterator[str]:
    """Yield the parts of an argument that are neither words nor ordinary numbers.

    Args:
        argument: The argument.
        own: The words of the user and the model, folded.
    """
    for value in _values(argument):
        text = unquote(value)
        yield from _codes_among_words(text, own)
        yield from (chunk for chunk in text.split() if _is_dense(chunk, own))
        yield from (2 * item for chunk in text.split() for item in _ITEM.findall(chunk) if _is_mixed(item, chunk, own))
        yield from (2 * character for character in text if _is_unusual(character))
        yield from (4 * character for character in hidden_characters(text))
        yield from _monotonous("".join(_ASCII_LETTERS.findall(folded(text))), _LETTERS, _FEW_LETTERS)
        yield from _monotonous(words(text), _WORDS, _FEW_WORDS)
        yield from _in_cipher(text, own)
    yield from odd_blanks(unquote(argument))


def is_random(token: str) -> bool:
    """Tell whether a token is random letters: at least ten that are in no word."""
    if len(token) < _RANDOM or not token.isascii():
        return False
    return sum(len(run) for run in _RUN.findall(token) if run.isalpha() and not _is_word(run)) >= _RANDOM


def _values(argument: str) -> Iterator[str]:
    """The values of a JSON object, the short ones together; or the argument."""
    for short, group in groupby(json_values(argument) or [argument], key=lambda value: len(value) < _LONG_NUMBER):
        values = list(group)
        yield from [" ".join(values)] if short else values


def _codes_among_words(text: str, own: Container[str]) -> Iterator[str]:
    items = [(item, _kind(item, own)) for item in _ITEM.findall(text)]
    for ordinary, group in groupby(items, key=lambda item: item[1] == "word"):
        row = list(group)
        if not ordinary:
            in_a_list = len(row) >= _LIST
            yield from (item for item, kind in row if kind == "code" or (in_a_list and not _YEAR.fullmatch(item)))


def _kind(item: str, own: Container[str]) -> Literal["word", "short", "code"]:
    """Whether an item is a word, a code, or a short code or number, which is one only in a list."""
    plain = folded(item)
    if plain in own and len(plain) > 2:
        return "word"
    runs = _RUN.findall(item if item.isascii() else plain)
    if not item[0].isalnum():
        return "short"
    if not plain.isascii() or _ALPHABET.search(item):  # a word of two alphabets is none
        return "code" if _RUN.search(item) and _ALPHABET.search(item) else "word"
    if len(runs) == 1 and runs[0].isalpha():
        return "code" if not _is_word(runs[0]) else "word" if _has_a_vowel(item) else "short"
    odd = [run for run in runs if run.isdigit() or len(run) < _LONG_NUMBER - 1 or not _is_word(run)]
    if len(odd) == 1:
        return "code" if len(odd[0]) >= _LONG_NUMBER else "short"
    return "code" if len(runs) > 2 or len(item) > _SHORT_CODE else "short"


def _has_a_vowel(letters: str) -> bool:
    return len(letters) > 1 and (letters.isupper() or bool(_VOWEL.search(letters)))


def _is_word(letters: str) -> bool:
    if len(letters) < _LONG_NUMBER or (letters.isupper() and len(letters) == _LONG_NUMBER):  # also abbreviations
        return True
    return _usual(letters) >= _USUAL * (len(letters) - 1) and len(letters) >= 3 * len(_CAMEL.findall(letters))


def _usual(letters: str) -> int:
    """How usual the pairs of ASCII letters are, summed up."""
    return sum(int(_PAIRS[ord(one) - ord("a")][ord(other) - ord("a")]) for one, other in pairwise(letters.lower()))


def _is_dense(chunk: str, own: Container[str]) -> bool:
    """Tell whether a chunk is a code with signs in it, such as base 85, whose single parts are short."""
    if len(chunk) < _DENSE or not chunk.isascii() or len(_SIGN.findall(chunk)) * 5 < len(chunk):
        return False
    in_words = sum(
        len(run) for run in _RUN.findall(chunk) if len(run) >= _LONG_NUMBER - 1 and _kind(run, own) == "word"
    )
    return 2 * in_words < len(chunk)


def _is_mixed(item: str, chunk: str, own: Container[str]) -> bool:
    """Tell whether an item has small and capital letters and digits in an order of no product and no formula.

    Args:
        item: The item.
        chunk: What is around it without a blank. In links, short names of this kind are ordinary.
        own: The words of the user and the model, folded.
    """
    if len(item) < (_MIXED_IN_A_LINK if "://" in chunk else _MIXED) or not _MIX.match(item) or item.lower() in own:
        return False
    in_words = sum(len(run) for run in _RUN.findall(item) if len(run) >= _LONG_NUMBER - 1 and _is_word(run))
    return 2 * in_words < len(item) and not _FORMULA.fullmatch(item)


def _monotonous(row: Sequence[str], length: int, few: int) -> Iterator[str]:
    """The stretches with few different letters or words, such as a text in As and Bs, or a number in words."""
    for at in range(0, len(row) - length + 1, length // 2):
        stretch = row[at : at + length]
        if len(set(stretch)) <= few:
            yield "".join(stretch)


def _in_cipher(text: str, own: Container[str]) -> Iterator[str]:
    """Words in a row of which each may be one, but that together have the pairs of letters of no language."""
    every = [word for word in _LATIN.findall(text) if not word.isupper() and word.lower() not in own]
    until = list(accumulate(map(_usual, every), initial=0))
    pairs = list(accumulate((len(word) - 1 for word in every), initial=0))
    start = 0
    for end in range(1, len(pairs)):
        while pairs[end] - pairs[start + 1] >= _PAIRS_IN_A_ROW:
            start += 1
        length = pairs[end] - pairs[start]
        if length >= _PAIRS_IN_A_ROW and until[end] - until[start] < _USUAL_IN_A_ROW * length:
            yield " ".join(every[start:end])
            return


def _is_unusual(character: str) -> bool:
    return character >= "\x7f" and category(character) in _SIGNS
