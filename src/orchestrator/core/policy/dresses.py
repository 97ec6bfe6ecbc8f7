"""Tells whether a call was copied, in whatever format: in brackets, as JSON, in tags, as a function's call, in lines.

There are too many formats of calls to parse each. All of them have the tool's name and the values of the argument close
together, with keys and signs between them. So the name and the values are searched for, not a format.
Knows texts only; not where they come from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import normalize

from orchestrator.core.policy.decoding import unescaped
from orchestrator.core.policy.folding import folded, squeezed
from orchestrator.core.policy.values import json_values, named_values

_NAME = "\ue000"  # in place of the tool's name; a private character, so that no text has it
_KEYS = 8  # words that a format may have besides the name and the values, such as "arguments" and "query"
_KEYS_PER_VALUE = 9  # a name for each value, in tags of two words

_BY_NAME = re.compile(r"\s*[\w-]+\s*=")
_TOKEN = re.compile(rf"{_NAME}|[^\W_]+|[^\w\s]")
_SIGNS_OF_A_DRESS = frozenset("\"'`()[]{}<>,:;=|\\/.?!-_&#")
_SIGN = re.compile(r"[\"'`()\[\]{}<>:=|\n]")
_BRACKETS = str.maketrans("【】〔〕〖〗⟦⟧❲❳⁅⁆「」", "[]" * 7)
_NOT_IN_BRACKETS = re.compile(r"[^\w\[\]:]|_")
_OPEN, _CLOSED = "([{", ")]}"
_KEY_BEFORE = re.compile(r"(?:[^\W_][\"'\\]*\s*[:=]|>)\s*[\"'\\]*\Z")  # as in: "name": "
_ENDS = ((re.compile(r"```\Z"), "```"), (re.compile(r"\|[ \t]*\Z"), "|\n"), (re.compile(r"<\Z"), "</{name}"))
# What is before and behind a name in a call, and not in a sentence.
_BEFORE_A_CALL = re.compile(r"(?:[<=/.|:@$]|[:=]\s*\\*[\"']|[\[>|\]]\s*|```)\Z")
_BEHIND_A_CALL = re.compile(
    r"[({\[<|]|:\d|\s*(?:\[args|<[\w|/]|:?\s*\{|```|[-=]>)|\s+(?:--|\w+=)|[\"'\\]+\s*:\s*[\[{\"']"
)
_KEY_BEFORE_A_LINE_END = re.compile(r":[ \t]*\Z")  # as in two lines: "Action: NAME", "Input: argument"
_LINE_END_AND_KEY = re.compile(r"[ \t]*\n[^\w\n]*[\w ]{1,24}[^\w\s]?:")


@dataclass(frozen=True, slots=True)
class Dressed:
    """A call without its format: the name and the values.

    Attributes:
        name: The pattern of the tool's name.
        core: The name and the argument, squeezed.
        bracketed: The call in brackets, squeezed except for brackets and colon.
        needed: The words and signs of the argument's values.
        keys: How many other words may be between them.
    """

    name: re.Pattern[str]
    core: str
    bracketed: str
    needed: Counter[str]
    keys: int

    @staticmethod
    def of(name: str, argument: str) -> Dressed:
        """Return the name and the values of a call of the model."""
        values = _values(argument)
        tokens = [token for value in values for token in _TOKEN.findall(folded(value))]
        needed = Counter(token for token in tokens if token not in _SIGNS_OF_A_DRESS) or Counter(tokens)
        letters = r"[\W_]?".join(map(re.escape, squeezed(name)))
        pattern = re.compile(rf"(?<![^\W_]){letters}(?![^\W_])")
        keys = _KEYS + _KEYS_PER_VALUE * (len(values) - 1)
        return Dressed(pattern, squeezed(f"{name}{argument}"), _bracketed(f"[{name}:{argument}]"), needed, keys)


def is_in(call: Dressed, text: str) -> bool:
    """Tell whether a text has the call in any format, also with nothing but blanks between the name and the argument.

    Args:
        call: The call.
        text: A text from outside.
    """
    return any(
        call.core in squeezed(reading) or any(_stretches(call, reading, _is_dressed)) for reading in _readings(text)
    )


def is_called_in(call: Dressed, text: str) -> bool:
    """Tell whether a text has the call as a call, and not only its name and its argument in a sentence.

    Args:
        call: The call.
        text: A text of the user.
    """
    return any(
        call.bracketed in _bracketed(reading) or any(_stretches(call, reading, _is_a_call))
        for reading in _readings(text)
    )


def _bracketed(text: str) -> str:
    return _NOT_IN_BRACKETS.sub("", folded(text).translate(_BRACKETS))


def _readings(text: str) -> list[str]:
    return unescaped(text if text.isascii() else normalize("NFKC", text))


Judge = Callable[[str, re.Match[str], str], bool]


def _stretches(call: Dressed, reading: str, judge: Judge) -> Iterator[bool]:
    """Judge each shortest stretch with the name, all that the argument needs, and few other words."""
    text = folded(reading).translate(_BRACKETS)
    names = {
        match.start(): match
        for match in call.name.finditer(text)
        if not text.startswith("</", max(0, match.start() - 2))
    }
    if not names:
        return
    tokens = list(_tokens(text, names))
    words = list(accumulate((token[0].isalnum() or token == _NAME for token, _ in tokens), initial=0))
    missing = call.needed + Counter((_NAME,))
    lacking, left, room = missing.total(), 0, missing.total() + call.keys
    for right, (token, _) in enumerate(tokens):
        lacking -= missing[token] > 0
        missing[token] -= 1
        while not lacking:
            first = tokens[left][0]
            missing[first] += 1
            lacking += missing[first] > 0
            if lacking and words[right + 1] - words[left] <= room:
                yield _judged(text, tokens[left : right + 1], names, judge)
            left += 1


def _tokens(text: str, names: Mapping[int, re.Match[str]]) -> Iterator[tuple[str, int]]:
    """The words and signs with their places. The name of the tool is one word."""
    at = 0
    for start, name in [*names.items(), (len(text), None)]:
        yield from ((match[0], match.start()) for match in _TOKEN.finditer(text, at, start))
        if name:
            yield _NAME, start
            at = name.end()


def _judged(text: str, stretch: list[tuple[str, int]], names: Mapping[int, re.Match[str]], judge: Judge) -> bool:
    begin, (last, end) = stretch[0][1], stretch[-1]
    name = next(names[at] for token, at in stretch if token == _NAME)
    before = text[max(0, name.start() - 40) : name.start()]
    if name.start() > begin:  # a value is before the name, so the name must have a key
        return bool(_KEY_BEFORE.search(before))
    between, behind = text[name.end() : end], text[name.end() : end + len(last)]
    return not _ends_in(before, name[0], between) and judge(before, name, behind)


def _ends_in(before: str, name: str, between: str) -> bool:
    """Tell whether the call ends before its values: what was open before the name is closed."""
    if any(opened.search(before) and closed.format(name=name) in between for opened, closed in _ENDS):
        return True
    depth = 0
    for character in between:
        depth += (character in _OPEN) - (character in _CLOSED)
        if depth < -(character == "}"):
            return True
    return False


def _is_dressed(_before: str, name: re.Match[str], behind: str) -> bool:
    return "_" in name[0] or bool(_SIGN.search(behind))


def _is_a_call(before: str, _name: re.Match[str], behind: str) -> bool:
    if _BEFORE_A_CALL.search(before) or _BEHIND_A_CALL.match(behind):
        return True
    return bool(_KEY_BEFORE_A_LINE_END.search(before) and _LINE_END_AND_KEY.match(behind))


def _values(argument: str) -> list[str]:
    named = json_values(argument) or (named_values(argument) if _BY_NAME.match(argument) else [])
    return named or [argument]
