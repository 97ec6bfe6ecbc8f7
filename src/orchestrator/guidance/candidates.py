"""Calls that a question may need, found by its similarity to few-shot examples.

Each example votes for a tool. It also votes for an argument: its argument template, filled with the numbers and words
of the question. Votes only say what is plausible. The model chooses among the calls that are left.
Knows tools as values; not models.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from orchestrator.core.kept import keeps
from orchestrator.core.numbers import COMPARED
from orchestrator.core.told_value import told_value
from orchestrator.core.tool import Example, Tool
from orchestrator.guidance.answer_sentences import familiar_words, words_of
from orchestrator.guidance.argument_templates import argument_template, fillings
from orchestrator.guidance.similarity import ExampleIndex, Ranking
from orchestrator.guidance.slots import SlotValues, slot_values, words_in

VOTERS = 60  # the most similar examples
_SPOKEN = 4  # the most similar examples, whose answers give their words
_LESS_LIKELY = 0.7  # factor for each further way to fill a template
_PROPOSED = 2.0  # votes of all proposals of a tool together, if the votes of all its examples are 1
_MISNAMED = 0.1  # factor for a call that names a unit which the question does not name
_READ = 2.0  # votes for an argument that the tool finds in the question, in the same unit as _PROPOSED
SHARPNESS = 4  # a vote for a call is (similarity / largest similarity) to this power
_UNSEEN = 0.1  # of a word that leads to nothing in the examples
_TOOL_SHARPNESS = 2.5  # the power for a tool's votes; it is smaller, as many examples show which tool is right
_EVENED, _FEW = 0.25, 50  # a tool's vote is divided by max(its number of examples, _FEW) to the power _EVENED


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question in a search query.

    Attributes:
        text: The word.
        optional: Whether the query may leave it out.
    """

    text: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call with its votes.

    Attributes:
        tool: The tool's name.
        argument: A fixed argument, or the words of the question that make a query, or None for any argument.
        votes: The votes.
    """

    tool: str
    argument: str | tuple[Word, ...] | None
    votes: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a question may need.

    Attributes:
        tools: The votes of each tool. The votes for an answer without a tool are under "".
        calls: The calls, the most voted first.
        words: The words of the question and of the most similar examples' answers.
        near: For each tool the examples that voted, with their votes.
        familiar: Words so frequent that they do not show what a question is about.
    """

    tools: Mapping[str, float]
    calls: tuple[Candidate, ...]
    words: tuple[str, ...] = ()
    near: Mapping[str, Sequence[tuple[Example, float]]] = field(default_factory=dict)
    familiar: frozenset[str] = frozenset()


def candidates(ranking: Ranking) -> Candidates:
    """Return what a question may need, by the votes of the most similar examples.

    Args:
        ranking: The question, and the examples ranked for it.
    """
    question = ranking.question[:COMPARED]
    voters = _voters(ranking)
    votes = _Votes(ranking.tools, Counter(ranking.index.groups))
    slots, asked = slot_values(question, *_counted_words(ranking.index)), words_of(question)
    for voter in voters:
        if not (voter.tool and ranking.tools[voter.tool].hints.synthetic):
            votes.count(voter, slots, asked)
    for name, tool in ranking.tools.items():
        votes.count_own(name, tool, ranking.question)
    calls = [
        Candidate(name, _query(question, ranking.tools[name]) if argument is None else argument, share)
        for (name, argument), share in votes.calls.items()
        if name and (argument is None or votes.keeps(name, argument, question))
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
    """An example that is similar to the question.

    Attributes:
        tool: Its tool; "" if it needs none.
        group: The number of its group in the index.
        example: The example.
        share: Its similarity, divided by that of the most similar example.
    """

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
    """Counts votes for tools and for calls.

    Attributes:
        tools: The votes of each tool. The votes for an answer without a tool are under "".
        calls: The votes of each call, by tool and argument. The argument None is a query made of the question's words.
        found: The arguments that each tool finds in the question.
    """

    def __init__(self, tools: Mapping[str, Tool], examples: Mapping[int, int]) -> None:
        self.tools: dict[str, float] = defaultdict(float)
        self.calls: dict[tuple[str, str | None], float] = defaultdict(float)
        self.found: dict[str, Sequence[str]] = {}
        self._by_owner: dict[str, float] = defaultdict(float)
        self._tools = tools
        self._weight = {group: max(count, _FEW) ** _EVENED for group, count in examples.items()}

    def count(self, voter: _Voter, slots: SlotValues, asked: frozenset[str]) -> None:
        """Count an example's vote: for its tool, and for its argument template filled with the question's slots."""
        name, example, vote = voter.tool, voter.example, voter.share**SHARPNESS
        template = argument_template(example.question, example.argument)
        arguments: Sequence[str | None] = [None] if template.words or not name else fillings(template, slots)
        if not arguments:
            return
        self._by_owner[name] += vote
        self.tools[name] += voter.share**_TOOL_SHARPNESS / self._weight[voter.group]
        fitting = vote if _names(example) <= asked else vote * _MISNAMED
        for rank, argument in enumerate(arguments):
            self.calls[name, argument] += fitting * _LESS_LIKELY**rank

    def count_own(self, name: str, tool: Tool, question: str) -> None:
        """Count what the tool itself proposes for the question, and the arguments that it finds in the question.

        A tool that finds one is as likely as an answer without a tool.
        """
        weight = self._by_owner[name]
        for proposal in tool.hints.propose(question) if tool.hints.propose and weight else ():
            voted = sum(self.calls.pop((name, each), 0.0) for each in {proposal.argument, *proposal.same})
            self.calls[name, proposal.argument] = voted + _PROPOSED * weight * proposal.probability
        self.found[name] = tool.hints.find(question) if tool.hints.find and weight else ()
        for argument in self.found[name]:
            self.calls[name, argument] += _READ * weight
            self.tools[name] = max(self.tools[name], self.tools[""])

    def keeps(self, name: str, argument: str, question: str) -> bool:
        """Tell whether a call asks what the question asks. What a tool finds in the question is the only such call."""
        return argument in self.found[name] if self.found[name] else keeps(question, argument)


@lru_cache(maxsize=8)
def _counted_words(index: ExampleIndex) -> tuple[dict[str, int], dict[str, float]]:
    """For each word the number of questions that contain it, and the odds that the next word is what one is about.

    What a question is about is what the example's argument quotes. It does not count as a word of the question.
    """
    counted: Counter[str] = Counter()
    led: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for example in index.examples:
        quoted = frozenset(words_in(" ".join(re.findall(r"'([^']{2,})'", example.argument))))
        words = words_in(example.question)
        counted.update(set(words) - quoted)
        for before, after in pairwise(("", *words)) if quoted else ():
            led[before] += after in quoted
            leading[before] += 1
    odds = {word: (led[word] + _UNSEEN) / (count - led[word] + 1) for word, count in leading.items()}
    return counted, odds


@lru_cache(maxsize=4096)
def _names(example: Example) -> frozenset[str]:
    """The names in the argument that the question says too: weeks in ``timedelta(weeks=3)``, days in ``(…).days``."""
    return words_of(" ".join(_NAME.findall(example.argument))) & words_of(example.question)


_NAME = re.compile(r"[a-z]+(?==[^=])|(?<=\.)[a-z]+\b(?!\()")


def _spoken(question: str, nearest: Sequence[Example]) -> tuple[str, ...]:
    """The words of the similar examples' answers and of the question, without words that are only about an example."""
    asked = words_of(question)
    said: list[str] = []
    for example in nearest:
        other = words_of(example.question) - asked
        spoken = _words(example.answer.replace(told_value(example.result) or "\n", " "))
        said += [word for word in spoken if not words_of(word) & other]
    return tuple(word for word in [*said, *_words(question)] if word.isalpha())


def _query(question: str, tool: Tool) -> tuple[Word, ...]:
    """The words of the question for a query, without those that the queries of the tool's examples leave out."""
    kept = _kept_words(tool.examples)
    words = []
    for text in question[:COMPARED].translate(_BRACKETS).split():
        word = _bare(text)
        share = kept.get(word.lower(), 1.0)
        if word and share > _SELDOM:
            words.append(Word(word, optional=share < _OFTEN))
    return tuple(words) or (Word(" ".join(_words(question[:COMPARED])) or tool.name.lower(), optional=False),)


_BRACKETS = str.maketrans(dict.fromkeys("[]\\\n\r", " "))
_SELDOM, _OFTEN = 0.2, 0.8  # of the examples whose question has a word, the share whose query has it too


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
