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

from orchestrator.core.types import Example, Tool
from orchestrator.guidance.answer_sentences import familiar_words, words_of
from orchestrator.guidance.argument_templates import argument_template, fillings
from orchestrator.guidance.similarity import COMPARED, ExampleIndex, Ranking
from orchestrator.guidance.slots import Slots, slots_of

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


def candidates(ranking: Ranking) -> Candidates:
    """What the question may need, by the votes of the examples that are most similar to it.

    Args:
        ranking: the question with the examples ranked for it.

    """
    question = ranking.question[:COMPARED]
    voters = _voters(ranking)
    votes = _Votes(ranking.tools, Counter(ranking.index.groups))
    slots, asked = slots_of(question, _common_words(ranking.index)), words_of(question)
    for voter in voters:
        votes.count(voter, slots, asked)
    for name, tool in ranking.tools.items():
        votes.count_own(name, tool, ranking.question)
    calls = [
        Candidate(name, _query(question, ranking.tools[name]) if argument is None else argument, share)
        for (name, argument), share in votes.calls.items()
        if name
    ]
    near: dict[str, list[tuple[Example, float]]] = defaultdict(list)
    for voter in voters:
        near[voter.tool].append((voter.example, voter.share**SHARPNESS))
    return Candidates(
        dict(votes.tools),
        tuple(sorted(calls, key=lambda call: -call.votes)),
        _spoken(question, [voter.example for voter in voters[:_SPOKEN]]),
        near,
        familiar_words(ranking.index),
    )


@dataclass(frozen=True, slots=True)
class _Voter:
    """An example near the question. ``share`` is its similarity over that of the nearest; ``tool`` "" is none."""

    tool: str
    group: int
    example: Example
    share: float


def _voters(ranking: Ranking) -> list[_Voter]:
    index, owners, best = ranking.index, (*ranking.tools, ""), ranking.best(VOTERS)
    most = (ranking.similarities[best[0]] if best else 0.0) or 1.0
    return [
        _Voter(owners[index.groups[at]], index.groups[at], index.examples[at], ranking.similarities[at] / most)
        for at in best
    ]


class _Votes:
    """Votes for tools and for calls, as they are counted.

    Attributes:
        tools: the votes of each tool; those for none are under "".
        calls: the votes of each call, by tool and argument; the argument None is a query made of the question's words.

    """

    def __init__(self, tools: Mapping[str, Tool], examples: Mapping[int, int]) -> None:
        self.tools: dict[str, float] = defaultdict(float)
        self.calls: dict[tuple[str, str | None], float] = defaultdict(float)
        self._by_owner: dict[str, float] = defaultdict(float)
        self._tools = tools
        self._weight = {group: max(count, _FEW) ** _EVENED for group, count in examples.items()}

    def count(self, voter: _Voter, slots: Slots, asked: frozenset[str]) -> None:
        """Count an example's vote: for its tool, and for its argument with the question's own values in the slots."""
        name, example, vote = voter.tool, voter.example, voter.share**SHARPNESS
        made_up = bool(name) and self._tools[name].hints.made_up
        pattern = argument_template(example.question, example.argument)
        arguments: Sequence[str | None] = [None] if pattern.words or not name else fillings(pattern, slots)
        if not (arguments or made_up):
            return
        self._by_owner[name] += vote
        self.tools[name] += voter.share**_TOOL_SHARPNESS / self._weight[voter.group]
        fitting = vote if _names(example) <= asked else vote * _MISNAMED
        for rank, argument in enumerate(() if made_up else arguments):
            self.calls[name, argument] += fitting * _LESS_LIKELY**rank

    def count_own(self, name: str, tool: Tool, question: str) -> None:
        """Count what the tool itself proposes for the question, and the arguments that it finds in it."""
        weight = self._by_owner[name]
        for proposal in tool.hints.propose(question) if tool.hints.propose and weight else ():
            voted = sum(self.calls.pop((name, each), 0.0) for each in {proposal.argument, *proposal.same})
            self.calls[name, proposal.argument] = voted + _PROPOSED * weight * proposal.share
        for argument in tool.hints.find(question) if tool.hints.find else ():
            self.calls[name, argument] += _READ * weight


@lru_cache(maxsize=8)
def _common_words(index: ExampleIndex) -> dict[str, int]:
    """In how many questions each word stands, other than as what the argument quotes."""
    counted: Counter[str] = Counter()
    for example in index.examples:
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
