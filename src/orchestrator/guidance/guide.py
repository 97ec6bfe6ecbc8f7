"""What the model may write next, in one run: a grammar for the call, another for the answer after its result.

Every text is still the model's own sampling: a grammar only takes from it what cannot be right. How much is taken is
``Guidance``, whose levers are measured one by one in the documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestrator.core.types import Example, Request, Tool, ToolResult
from orchestrator.guidance.answer_sentences import sentences
from orchestrator.guidance.candidates import Candidate, Candidates, candidates
from orchestrator.guidance.extracts import PLAIN, quotes
from orchestrator.guidance.follow_up import meant
from orchestrator.guidance.grammar import (
    WORDS,
    answer_grammar,
    call_grammar,
    place_grammar,
    said_grammar,
    told_grammar,
)
from orchestrator.guidance.numbers import quantities
from orchestrator.guidance.options import Guidance
from orchestrator.guidance.similarity import COMPARED

LONGEST_VALUE = 200  # characters; of a longer result a sentence is quoted
NOT_FOUND = "I could not find that out"


def parts_of(question: str) -> list[str]:
    """The sums that a question asks for one after the other, each with numbers of its own; else the question itself."""
    parts = _NEXT_SUM.split(question[:COMPARED])
    each_asks = all(_ASKS.match(part) and quantities(part) for part in parts)
    return parts if each_asks and len(parts) <= _MOST_PARTS else [question]


_ASKS = re.compile(r"\s*(?:what is|what's|how much is)\b", re.IGNORECASE)
_NEXT_SUM = re.compile(rf"(?:[?.;,]\s+(?:and\s+)?|\s+and\s+)(?={_ASKS.pattern})", re.IGNORECASE)
_MOST_PARTS = 4


def place_of(result: str, examples: Sequence[Example]) -> str:
    """The file and lines that ``result`` begins with, where the tool's examples answer with theirs; else empty."""
    found = _PLACE.match(result)
    shown = [match[1] in each.answer for each in examples if (match := _PLACE.match(each.result))]
    return found[0] if found and shown and sum(shown) * 2 >= len(examples) else ""


_PLACE = re.compile(r"([\w./\\-]*[./\\][\w.-]*\w)(?::\d+(?:-\d+)?)?(?=\s)")


def _failure(error: str) -> str:
    """What is left to say after an error: the first part of it, without what the model is told to do."""
    reason = error.translate(PLAIN).partition(";")[0].strip()
    short = 0 < len(reason) <= LONGEST_REASON and "\n" not in reason
    return f"{NOT_FOUND}: {reason}." if short else f"{NOT_FOUND}."


LONGEST_REASON = 100  # characters


class Guide:
    """The grammars of one question. ``last`` is the result of the question before it."""

    def __init__(
        self,
        question: str,
        tools: Mapping[str, Tool],
        no_tool: Sequence[Example],
        guidance: Guidance,
        last: str = "",
    ) -> None:
        question = meant(question, last, tools, no_tool)
        self._question = question[:COMPARED]
        self._tools = tools
        self._guidance = guidance
        self._numbers = [number.value for number in quantities(question)]
        self._asked = parts_of(question)
        self._parts = [candidates(part, tools, no_tool) for part in self._asked]

    def held(self, request: Request, results: Sequence[ToolResult]) -> Request:
        """``request`` with its grammar. Where nothing but words is left, they are the model's own."""
        grammar = self.grammar(results)
        return replace(request, grammar=grammar, varied=grammar == WORDS)

    def grammar(self, results: Sequence[ToolResult]) -> str:
        """For the next sampling, when the calls so far have brought ``results``."""
        done = [result for result in results if result.ok]
        if not results or not results[-1].ok or len(done) < len(self._parts):
            failed = {(result.name, result.argument) for result in results if not result.ok}
            found = self._parts[min(len(done), len(self._parts) - 1)]
            return self._call_grammar(found, failed) or said_grammar([_failure(results[-1].result)])
        return self._answer_grammar(done[-len(self._parts) :])

    def _answer_grammar(self, results: Sequence[ToolResult]) -> str:
        last, value, familiar = results[-1], results[-1].result, self._parts[-1].familiar
        tool = self._tools.get(last.name)
        if tool and (place := place_of(value, tool.examples)):
            return place_grammar(place, self._parts[-1].words)
        if not self._guidance.answers or not value or "{" in value:  # no sentence holds JSON
            return told_grammar(value, self._numbers)
        if len(value) > LONGEST_VALUE or "\n" in value:
            quoted = quotes(self._question, value, familiar)
            return said_grammar(quoted) if quoted else told_grammar(value, self._numbers)
        if worded := self._worded(results):
            return said_grammar(worded)
        values = [result.result for result in results]
        called = [number.value for number in quantities(last.argument)]
        return answer_grammar(
            values, self._parts[-1].words, self._numbers, [each for each in called if each in self._numbers]
        )

    def _worded(self, results: Sequence[ToolResult]) -> list[str]:
        """Sentences for the result of the only part, or one for each part's; none where a part has none."""
        told = [
            sentences(part, result, found.near.get(result.name, ()), found.familiar)
            for part, found, result in zip(self._asked, self._parts, results, strict=True)
        ]
        return told[0] if len(told) == 1 else [" ".join(each[0] for each in told)] if all(told) else []

    def _call_grammar(self, found: Candidates, failed: set[tuple[str, str]]) -> str:
        """Empty where calls have failed and no other is left: words then, but none that make up a result."""
        votes = found.tools
        most = max(votes.values(), default=0.0)
        likely = {name for name, count in votes.items() if count >= self._guidance.tool_margin * most}
        tried = {name for name, _ in failed}
        calls = [
            call
            for call in self._likely_calls(found, likely)
            if (call.tool, call.argument) not in failed and (isinstance(call.argument, str) or call.tool not in tried)
        ]
        covered = {call.tool for call in calls}
        worked_out = {call.tool for call in found.calls if isinstance(call.argument, str)}
        given_up = tried & worked_out  # of a calculation, no other is as likely: better to say why there is none
        free = [
            tool
            for name, tool in self._tools.items()
            if name not in given_up and ((name in likely and name not in covered) or not tool.examples)
        ]
        if failed and not (calls or free):
            return ""
        return call_grammar(calls, free, self._numbers, text="" in likely or not (calls or free))

    def _likely_calls(self, found: Candidates, likely: set[str]) -> list[Candidate]:
        calls = [call for call in found.calls if call.tool in likely]
        best: dict[str, float] = {}
        for call in calls:
            best.setdefault(call.tool, call.votes)
        kept = [call for call in calls if call.votes >= self._guidance.call_margin * best[call.tool]]
        return kept[: self._guidance.most_calls]
