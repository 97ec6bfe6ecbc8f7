"""A grammar (GBNF, as llama.cpp and xgrammar read it) of what the model may write next. Text in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from orchestrator.core.types import Tool
from orchestrator.guidance.candidates import Candidate, Word

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
MOST_WORDS, FEW_WORDS = 10, 6  # of a sentence between two numbers, and behind the last
# A small model that has said what it knows goes on all the same: behind 45 words it ends with the sentence.
TEXT = (
    'text ::= " "? (first | first (gap word){1,44} | first (gap word){44} (gap inner){0,40} gap last)',
    "first ::= [^\\[ \\n\\x00] rest",
    "word ::= [^ \\n\\x00] rest",
    "inner ::= rest [^ .!?\\n\\x00]",
    "last ::= rest [.!?]",
    "rest ::= [^ \\n\\x00]{0,39}",
    "gap ::= [ \\n] [ \\n]?",
)
WORDS = "\n".join(("root ::= text", *TEXT))
_READ, _MOST_NUMBERS = 8_000, 60  # characters of a result, and of the numbers in it
_NUMBERS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_SOURCE = re.compile(r"\[\d+\]|https?://\S+")
_OTHER_DIGITS_AND_BLANKS = "²³¹¼½¾\\u00a0\\u2000-\\u200d\\u202f\\u3000"
ANY_NUMBER = '[0-9]+ ("." [0-9]+)?'


def call_grammar(calls: Sequence[Candidate], open_tools: Iterable[Tool], numbers: Sequence[str], *, text: bool) -> str:
    """One of ``calls``, a call of one of ``open_tools`` in the tool's own grammar, or, with ``text``, some words that
    do not begin with a call.
    """
    rules: list[str] = []
    choices = [f'{quoted(f"[{call.tool}:")} {_argument(call.argument)} "]"' for call in calls]
    for at, tool in enumerate(open_tools):
        choices.append(f'{quoted(f"[{tool.name}:")} argument{at} "]"')
        rules += _tool_rules(tool, at, numbers)
    if text:
        choices.append("text")
        rules += TEXT
    return "\n".join([f"root ::= {' | '.join(choices)}", *rules])


def answer_grammar(values: Sequence[str], words: Iterable[str], *numbers: Sequence[str]) -> str:
    """One sentence of ``words`` with ``values`` in it. No other number stands in it but, before them, those of one of
    ``numbers`` in their order, each once at the most: a small model counts on and on, and misspells what it may spell.
    """
    known = " | ".join(map(quoted, dict.fromkeys(words))) or '"It is"'
    said = [" ".join(f"(sign {quoted(number)} mark space between)?" for number in each) for each in numbers]
    before = f"({' | '.join(dict.fromkeys(said))}) " if any(said) else ""
    told = " space (words space)? ".join(f"sign {quoted(value)} mark" for value in values)
    return (
        f'root ::= " "? (words space)? {before}{told} (space few)? [.!?]?\n'
        f"words ::= word (space word){{0,{MOST_WORDS - 1}}}\n"
        f"few ::= word (space word){{0,{FEW_WORDS - 1}}}\n"
        f"word ::= {known}\n"
        "between ::= ([-+*/^=] space)? (words space)?\n"
        'space ::= " "\n'
        "sign ::= [$€£(]?\n"
        "mark ::= [%°),:]?"
    )


def told_grammar(result: str, numbers: Sequence[str]) -> str:
    """One line about ``result``, which is long, without a call and with no numbers but its own and the question's.
    Sources are cited as [1].
    """
    found = _NUMBERS.findall(_SOURCE.sub("", result[:_READ]))
    known = dict.fromkeys([*found[:_MOST_NUMBERS], *numbers])
    rules = [
        'root ::= " "? word (" " word | " " source){0,59}',
        "word ::= plain{1,40}",
        f"plain ::= [^0-9{_OTHER_DIGITS_AND_BLANKS} \\[\\]\\n\\x00]",
        'source ::= "[" [0-9]+ "]" [.,;]?',
    ]
    if known:
        rules[1] += " (number plain{1,40}){0,3} number? | number (plain{1,40} number){0,3} plain{0,40}"
        rules.append(f"number ::= {' | '.join(map(quoted, known))}")
    return "\n".join(rules)


def said_grammar(sentences: Iterable[str]) -> str:
    """One of ``sentences``."""
    return f'root ::= " "? ({" | ".join(map(quoted, sentences))})'


def place_grammar(place: str, words: Iterable[str]) -> str:
    """One sentence that says where something is, with one of ``words`` for what it is there: defined, sent, handled."""
    participles = [word for word in words if word.endswith(("ed", "nt", "en", "lt"))]
    done = f"({' | '.join(quoted(f' {word}') for word in dict.fromkeys(participles))})? " if participles else ""
    return f'root ::= " "? "It is" {done}{quoted(f" in {place}.")}'


def quoted(text: str) -> str:
    """``text`` as a literal, without the characters that no grammar may hold."""
    return f'"{_UNSPEAKABLE.sub("", text).translate(_ESCAPES)}"'


_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def _argument(argument: str | tuple[Word, ...] | None) -> str:
    if isinstance(argument, str):
        return quoted(argument if _ends_where_it_ends(argument) else _BRACKET_OR_BACKSLASH.sub(r"\\\g<0>", argument))
    return _words(argument or ())


_BRACKET_OR_BACKSLASH = re.compile(r"[\\\[\]]")


def _ends_where_it_ends(argument: str) -> bool:
    """Whether the scanner reads it as it is: no backslash, and no bracket that closes what was not opened."""
    depths = list(accumulate((character == "[") - (character == "]") for character in argument))
    return "\\" not in argument and (not depths or (min(depths) >= 0 and depths[-1] == 0))


def _words(words: Sequence[Word]) -> str:
    """The words in order, the optional ones left out at will; the first that is not optional has no space before."""
    fixed = next((at for at, word in enumerate(words) if not word.optional), 0)
    pieces = [f"({quoted(word.text + ' ')})?" for word in words[:fixed]]
    pieces.append(quoted(words[fixed].text))
    for word in words[fixed + 1 :]:
        literal = quoted(" " + word.text)
        pieces.append(f"({literal})?" if word.optional else literal)
    return " ".join(pieces)


def _tool_rules(tool: Tool, at: int, numbers: Sequence[str]) -> list[str]:
    """The tool's grammar with its rules renamed, so that two tools cannot clash; without one, any one line."""
    if not tool.hints.grammar:
        return [f"argument{at} ::= [^\\[\\]\\n\\x00]+"]
    known = " | ".join(map(quoted, dict.fromkeys(numbers))) or ANY_NUMBER
    text = f"{tool.hints.grammar.strip()}\nnumber ::= {known}"
    names = set(re.findall(r"^([a-z][a-z0-9-]*) *::=", text, re.MULTILINE))
    renamed = re.sub(
        r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-z][a-z0-9-]*',
        lambda match: f"{match[0]}-{at}" if match[0] in names else match[0],
        text,
    )
    return [f"argument{at} ::= root-{at}", *renamed.splitlines()]
