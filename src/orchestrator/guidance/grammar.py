"""Grammars (GBNF, as llama.cpp and xgrammar read it) for what the model may write next. Text in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from orchestrator.core.numbers import COMPARED
from orchestrator.core.tool import Tool
from orchestrator.guidance.candidates import Candidate, Word
from orchestrator.guidance.literals import quoted

# A small model continues after it has said what it knows. So after 45 words the text ends with the sentence.
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
_READ, _MOST_NUMBERS = 8_000, 60  # characters of a result that are read, and numbers of it that are used
_NUMBERS = re.compile(r"\d+(?:[.,:/-]\d+)*")
_SOURCE = re.compile(r"\[\d+\]|https?://\S+")
_OTHER_DIGITS_AND_BLANKS = "²³¹¼½¾\\u00a0\\u2000-\\u200d\\u202f\\u3000"
ANY_NUMBER = '[0-9]+ ("." [0-9]+)?'


def call_grammar(
    calls: Sequence[Candidate],
    open_tools: Iterable[Tool],
    numbers: Sequence[str],
    *,
    text: bool,
    question: str = "",
    answer: Sequence[str] = (),
) -> str:
    """Return the grammar of a call.

    Args:
        calls: Candidates. Each is one alternative.
        open_tools: Tools whose call may have any argument that the tool's own grammar allows. Without a grammar, the
            argument of a tool that takes one text is copied from the question.
        numbers: The numbers of the question. The arguments of ``open_tools`` may contain no others.
        text: Whether words that do not begin with a call are allowed too.
        question: The question.
        answer: The rules of an answer of a type, the first named ``answer``. It takes the place of the words.
    """
    rules: list[str] = []
    choices = [f'{quoted(f"[{call.tool}:")} {_argument(call.argument)} "]"' for call in calls]
    for at, tool in enumerate(open_tools):
        choices.append(f'{quoted(f"[{tool.name}:")} argument{at} "]"')
        rules += _tool_rules(tool, at, question, numbers)
    if text:
        choices.append("answer" if answer else "text")
        rules += answer or TEXT
    return "\n".join([f"root ::= {' | '.join(choices)}", *rules])


def long_result_grammar(result: str, numbers: Sequence[str]) -> str:
    """Return the grammar of one line about a long result.

    The line contains no call, and only numbers of the result and of the question. Sources are cited as ``[1]``.

    Args:
        result: The result.
        numbers: The numbers of the question.
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


def one_of_grammar(sentences: Iterable[str]) -> str:
    """Return the grammar that allows each of the sentences, and nothing else."""
    return f'root ::= " "? ({" | ".join(map(quoted, sentences))})'


def place_grammar(place: str, words: Iterable[str]) -> str:
    """Return the grammar of a sentence that says where something is: "It is defined in FILE."

    Args:
        place: The file and lines.
        words: Words of which the participles may be used: defined, sent, handled.
    """
    participles = [word for word in words if word.endswith(("ed", "nt", "en", "lt"))]
    done = f"({' | '.join(quoted(f' {word}') for word in dict.fromkeys(participles))})? " if participles else ""
    return f'root ::= " "? "It is" {done}{quoted(f" in {place}.")}'


def _argument(argument: str | tuple[Word, ...] | None) -> str:
    if isinstance(argument, str):
        return quoted(argument if _is_read_as_written(argument) else _BRACKET_OR_BACKSLASH.sub(r"\\\g<0>", argument))
    return _words(argument or ())


def _copied(question: str, at: int) -> list[str]:
    """Rules for words of the question that follow each other. A question without words is one space.

    Each word has one rule: it may be the last one, or the rest follows. So the grammar's size is linear.
    """
    words = question[:COMPARED].translate(NO_BRACKETS).split()[:_MOST_COPIED] or [" "]
    rules = [f"argument{at} ::= {' | '.join(f'copied{at}-{place}' for place in range(len(words)))}"]
    for place, word in enumerate(words):
        bare = word.strip(_AROUND) or word
        ends = " | ".join(map(quoted, dict.fromkeys((bare, word))))
        after = f" | {quoted(word + ' ')} copied{at}-{place + 1}" if place + 1 < len(words) else ""
        rules.append(f"copied{at}-{place} ::= {ends}{after}")
    return rules


NO_BRACKETS = str.maketrans(dict.fromkeys("[]\\\n\r", " "))
_MOST_COPIED = 300  # words
_AROUND = ".,;:!?\"“”„'‘’()"

_BRACKET_OR_BACKSLASH = re.compile(r"[\\\[\]]")


def _is_read_as_written(argument: str) -> bool:
    """Tell whether the scanner reads the argument unchanged: it has no backslash, and its brackets are balanced."""
    depths = list(accumulate((character == "[") - (character == "]") for character in argument))
    return "\\" not in argument and (not depths or (min(depths) >= 0 and depths[-1] == 0))


def _words(words: Sequence[Word]) -> str:
    """The words in order.

    Each optional word may be left out. The first word that is not optional has no space before it.
    """
    fixed = next((at for at, word in enumerate(words) if not word.optional), 0)
    pieces = [f"({quoted(word.text + ' ')})?" for word in words[:fixed]]
    pieces.append(quoted(words[fixed].text))
    for word in words[fixed + 1 :]:
        literal = quoted(" " + word.text)
        pieces.append(f"({literal})?" if word.optional else literal)
    return " ".join(pieces)


def _tool_rules(tool: Tool, at: int, question: str, numbers: Sequence[str]) -> list[str]:
    """The tool's grammar with its rules renamed, so that the rules of two tools cannot clash.

    Without a grammar, words of the question that follow each other: a small model that may write any text writes the
    placeholder of the prompt.
    """
    if not tool.hints.grammar:
        return _copied(question, at)
    known = " | ".join(map(quoted, dict.fromkeys(numbers))) or ANY_NUMBER
    text = f"{tool.hints.grammar.strip()}\nnumber ::= {known}"
    names = set(re.findall(r"^([a-z][a-z0-9-]*) *::=", text, re.MULTILINE))
    renamed = re.sub(
        r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|[a-z][a-z0-9-]*',
        lambda match: f"{match[0]}-{at}" if match[0] in names else match[0],
        text,
    )
    return [f"argument{at} ::= root-{at}", *renamed.splitlines()]
