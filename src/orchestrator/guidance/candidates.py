"""Calls that a question may need, found by its likeness to worked examples: each example votes for a tool and, with the
question's own numbers and words in its pattern, for an argument.

Votes only say what is plausible. Which call is made is the model's choice, among those that are left. Knows tools as
values; not models.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest

from orchestrator.core.types import Example, Tool
from orchestrator.guidance.answer_sentences import familiar_words, words_of
from orchestrator.guidance.argument_templates import fillings, pattern_of
from orchestrator.guidance.similarity import COMPARED, Bank, bank_of, likeness
from orchestrator.guidance.slots import material_of

VOTERS = 60
_SPOKEN = 4  # nearest examples whose answers lend their words
_LESS_LIKELY = 0.7  # for each further way to fill a pattern
_PROPOSED = 2.0  # what a tool's own proposals count together, where all its examples' votes count one
_MISNAMED = 0.1  # what a vote for a call is worth that names what the question does not
_READ = 2.0  # what an argument counts that stands in the question
SHARPNESS = 4  # a vote for a call is (likeness / the nearest one's likeness) to this power
_TOOL_SHARPNESS = 2.5  # and one for a tool to this one, as many examples know which tool it is, over the
_EVENED, _FEW = 0.25, 50  # fourth root of how many the tool has, from so many on: the others' count as well


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question that a query takes over, or may leave out."""

    text: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call with its votes. The argument is fixed, or is made of words of the question, or is any (None)."""

    tool: str
    argument: str | tuple[Word, ...] | None
    votes: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """``tools`` are the votes of each tool, of none under the empty name. ``calls`` has the most voted first,
    ``words`` are those of the question and of the nearest examples' answers. ``near`` are the examples of each tool
    that voted, with their votes, ``familiar`` the words that say nothing of what a question is about.
    """

    tools: Mapping[str, float]
    calls: tuple[Candidate, ...]
    words: tuple[str, ...] = ()
    near: Mapping[str, Sequence[tuple[Example, float]]] = field(default_factory=dict)
    familiar: frozenset[str] = frozenset()


def candidates(question: str, tools: Mapping[str, Tool], no_tool: Sequence[Example]) -> Candidates:
    """What ``question`` may need, by the examples of ``tools`` and those that need none."""
    bank = bank_of((*(tool.examples for tool in tools.values()), no_tool))
    owners = (*tools, "")
    near = likeness(question, bank)
    voters = nlargest(VOTERS, range(len(near)), key=near.__getitem__)
    most = max((near[at] for at in voters), default=0.0) or 1.0
    common, asked = _common_words(bank), words_of(question[:COMPARED])
    material = material_of(question[:COMPARED], common)
    by_example: dict[str, list[tuple[Example, float]]] = defaultdict(list)
    by_tool: dict[str, float] = defaultdict(float)
    by_owner: dict[str, float] = defaultdict(float)
    by_call: dict[tuple[str, str | None], float] = defaultdict(float)
    weight = {owner: max(count, _FEW) ** _EVENED for owner, count in Counter(bank.groups).items()}
    for at in voters:
        owner, example = bank.groups[at], bank.examples[at]
        name = owners[owner]
        vote = (near[at] / most) ** SHARPNESS
        by_example[name].append((example, vote))
        fitting = vote if _names(example) <= asked else vote * _MISNAMED
        pattern = pattern_of(example.question, example.argument)
        made_up = bool(name) and tools[name].made_up
        arguments: Sequence[str | None] = [None] if pattern.words or not name else fillings(pattern, material)
        arguments = () if made_up else arguments
        if arguments or made_up:
            by_owner[name] += vote
            by_tool[name] += (near[at] / most) ** _TOOL_SHARPNESS / weight[owner]
        for rank, argument in enumerate(arguments):
            by_call[name, argument] += fitting * _LESS_LIKELY**rank
    for name, tool in tools.items():
        for proposal in tool.propose(question) if tool.propose and by_owner[name] else ():
            voted = sum(by_call.pop((name, each), 0.0) for each in {proposal.argument, *proposal.same})
            by_call[name, proposal.argument] = voted + _PROPOSED * by_owner[name] * proposal.share
        for argument in tool.read(question) if tool.read else ():
            by_call[name, argument] += _READ * by_owner[name]
    calls = [
        Candidate(name, _query(question, tools[name]) if argument is None else argument, votes)
        for (name, argument), votes in by_call.items()
        if name
    ]
    words = _spoken(question[:COMPARED], [bank.examples[at] for at in voters[:_SPOKEN]])
    return Candidates(
        dict(by_tool),
        tuple(sorted(calls, key=lambda call: -call.votes)),
        words,
        by_example,
        familiar_words(bank),
    )


@lru_cache(maxsize=8)
def _common_words(bank: Bank) -> dict[str, int]:
    """In how many questions each word stands, other than as what the argument quotes."""
    counted: Counter[str] = Counter()
    for example in bank.examples:
        quoted = " ".join(re.findall(r"'([^']*)'", example.argument)).lower()
        counted.update(set(_words(example.question.lower())) - set(_words(quoted)))
    return counted


@lru_cache(maxsize=4096)
def _names(example: Example) -> frozenset[str]:
    """What the argument names and the question says: the weeks of ``timedelta(weeks=3)``, the days of ``(…).days``."""
    return words_of(" ".join(_NAME.findall(example.argument))) & words_of(example.question)


_NAME = re.compile(r"[a-z]+(?==[^=])|(?<=\.)[a-z]+\b(?!\()")


def _spoken(question: str, nearest: Sequence[Example]) -> tuple[str, ...]:
    """The words of the nearest examples' answers, less those that the examples are about, and of the question."""
    asked = words_of(question)
    said: list[str] = []
    for example in nearest:
        other = words_of(example.question) - asked
        spoken = _words(example.answer.replace(example.result or "\n", " "))
        said += [word for word in spoken if not words_of(word) & other]
    return tuple(word for word in [*said, *_words(question)] if word.isalpha())


def _query(question: str, tool: Tool) -> tuple[Word, ...]:
    """The question's words, less those that the tool's examples leave out of their queries."""
    kept = _kept_words(tool.examples)
    words = []
    for text in question[:COMPARED].translate(_BRACKETS).split():
        word = _bare(text)
        share = kept.get(word.lower(), 1.0)
        if word and share > _SELDOM:
            words.append(Word(word, optional=share < _OFTEN))
    return tuple(words) or (Word(" ".join(_words(question[:COMPARED])) or tool.name.lower(), optional=False),)


_BRACKETS = str.maketrans(dict.fromkeys("[]\\\n\r", " "))
_SELDOM, _OFTEN = 0.2, 0.8  # shares of the examples with a word whose query has it


@lru_cache(maxsize=32)
def _kept_words(examples: tuple[Example, ...]) -> dict[str, float]:
    asked: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for example in examples:
        argument = set(_words(example.argument.lower()))
        words = set(_words(example.question.lower()))
        asked.update(words)
        kept.update(words & argument)
    return {word: kept[word] / count for word, count in asked.items()}


def _words(text: str) -> list[str]:
    return [word for piece in text.split() if (word := _bare(piece))]


def _bare(word: str) -> str:
    return word.strip("?!.,;:\"“”()'‘’").removesuffix("'s").removesuffix("’s")
