"""``Guide``: the grammars of one run. One grammar is for the call, another for the answer after its result.

The model still generates every text. A grammar only excludes what cannot be right. ``Guidance`` says how much is
excluded. The documentation has a measurement of each of its options.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from orchestrator.core.kept import same_question
from orchestrator.core.numbers import COMPARED, numbers_in
from orchestrator.core.signs import negative_numbers, signed
from orchestrator.core.told_value import told_value
from orchestrator.core.tool import Example, Request, Tool
from orchestrator.core.types import ToolResult
from orchestrator.guidance.answer_sentences import answer_sentences, told_alone, words_of
from orchestrator.guidance.candidates import Candidate, Candidates, candidates
from orchestrator.guidance.extracts import PLAIN, extracts_of
from orchestrator.guidance.follow_up import meant
from orchestrator.guidance.grammar import (
    NO_BRACKETS,
    WORDS,
    call_grammar,
    long_result_grammar,
    one_of_grammar,
    place_grammar,
)
from orchestrator.guidance.options import Guidance
from orchestrator.guidance.schema_calls import SchemaCalls, has_no_examples, schema_call_grammar
from orchestrator.guidance.similarity import Ranking
from orchestrator.guidance.trained_calls import call_or
from orchestrator.guidance.typed_answers import TypedAnswers, answer_grammar_of

LONGEST_VALUE = 200  # characters; from a longer result, sentences are quoted
NOT_FOUND = "I could not find that out"


def parts_of(question: str) -> list[str]:
    """Split a question that asks for several calculations one after the other, each with its own numbers.

    Args:
        question: The user's question.

    Returns:
        One text for each calculation, at most 4; or only the question.
    """
    parts = _NEXT_SUM.split(question[:COMPARED])
    each_asks = all(_ASKS.match(part) and numbers_in(part) for part in parts)
    return parts if each_asks and len(parts) <= _MOST_PARTS else [question]


_ASKS = re.compile(r"\s*(?:what is|what's|how much is)\b", re.IGNORECASE)
_NEXT_SUM = re.compile(rf"(?:[?.;,]\s+(?:and\s+)?|\s+and\s+)(?={_ASKS.pattern})", re.IGNORECASE)
_MOST_PARTS = 4


def place_of(result: str, examples: Sequence[Example]) -> str:
    """Return the file and lines at the beginning of a result, if the tool's examples answer with theirs; else "".

    Args:
        result: The result.
        examples: The tool's examples. At least half of them must answer with the place.
    """
    found = _PLACE.match(result)
    shown = [match[1] in each.answer for each in examples if (match := _PLACE.match(each.result))]
    return found[0] if found and shown and sum(shown) * 2 >= len(examples) else ""


_PLACE = re.compile(r"([\w./\\-]*[./\\][\w.-]*\w)(?::\d+(?:-\d+)?)?(?=\s)")


def _failure(error: str) -> str:
    """Return the sentence after an error: the error's first part, without the advice to the model."""
    reason = error.translate(PLAIN).partition(";")[0].strip()
    short = 0 < len(reason) <= LONGEST_REASON and "\n" not in reason
    return f"{NOT_FOUND}: {reason}." if short else f"{NOT_FOUND}."


LONGEST_REASON = 100  # characters


class Guide:
    """The grammars of one question.

    Args:
        ranking: The question, and the examples ranked for it.
        options: How strictly the model is held to the examples.
        last: The last result before this question, in a conversation; else "".
        typed: What the answer must be if it must have a type; None for words.
        trained: Whether the model was trained to call tools. Then it chooses the calls of tools with a schema.
    """

    def __init__(
        self,
        ranking: Ranking,
        options: Guidance,
        last: str = "",
        typed: TypedAnswers | None = None,
        *,
        trained: bool = False,
    ) -> None:
        self._trained = trained
        self._typed = typed
        self._asked = ranking
        self._options = options
        self._last = told_value(last)

    @cached_property
    def _ranking(self) -> Ranking:
        return meant(self._asked, self._last)

    @cached_property
    def _schema_calls(self) -> SchemaCalls:
        """Calls by a schema alone: of tools without hand-made examples, or whose examples' patterns do not fit."""
        fitting = {call.tool for _, found in self._parts for call in found.calls}
        tools = [tool for tool in self._asked.tools.values() if tool.parameters is not None]
        return SchemaCalls(
            self._asked.question, [tool for tool in tools if has_no_examples(tool) or tool.name not in fitting]
        )

    @cached_property
    def _numbers(self) -> list[str]:
        question = self._ranking.question
        numbers = numbers_in(question)
        negative = negative_numbers(question, numbers)
        return [signed(number, negative) for number in numbers]

    @cached_property
    def _parts(self) -> list[tuple[str, Candidates]]:
        """The calculations that the question asks for, each with its candidates."""
        return [(part, candidates(self._ranking.of(part))) for part in parts_of(self._ranking.question)]

    def constrain(self, request: Request, results: Sequence[ToolResult]) -> Request:
        """Add the grammar to a request.

        If the grammar allows only an answer without a call, the request is marked as penalize_repetition.

        Args:
            request: The request.
            results: The results of the calls so far.
        """
        grammar = self.grammar(results)
        bias = self._schema_calls.bias if self._trained and not results else 0.0
        return replace(request, grammar=grammar, penalize_repetition=grammar == WORDS, call_bias=bias)

    def grammar(self, results: Sequence[ToolResult]) -> str:
        """Return the grammar (GBNF) of the next request.

        Args:
            results: The results of the calls so far.
        """
        results = [replace(result, result=told_value(result.result)) for result in results]
        done = [result for result in results if result.ok]
        if self._trained:
            tools = {each.name: self._schema_calls.probable(each) for each in self._schema_calls.possible(results)}
            return call_or(tools, self._without_schema_call(results, done))
        if schema_tools := self._schema_calls.wanted(results):
            return schema_call_grammar(self._schema_calls, schema_tools, done)
        return self._without_schema_call(results, done)

    def _without_schema_call(self, results: Sequence[ToolResult], done: Sequence[ToolResult]) -> str:
        """The grammar of an answer, or of a call of a tool that has examples."""
        typed = self._typed.rules(results) if self._typed else ()
        by_schema = self._schema_calls.of_these(done)
        told = bool(results) and results[-1].ok and bool(by_schema or len(done) >= len(self._parts))
        if not told:
            failed = {(result.name, result.argument) for result in results if not result.ok}
            _, found = self._parts[min(len(done), len(self._parts) - 1)]
            return self._call_grammar(found, failed, typed) or one_of_grammar([_failure(results[-1].result)])
        if typed:
            return answer_grammar_of(typed)
        if by_schema:
            return self._answer_grammar(by_schema, [self._whole] * len(by_schema))
        return self._answer_grammar(done[-len(self._parts) :], self._parts)

    @cached_property
    def _whole(self) -> tuple[str, Candidates]:
        return self._ranking.question, candidates(self._ranking)

    def _answer_grammar(self, results: Sequence[ToolResult], parts: Sequence[tuple[str, Candidates]]) -> str:
        last, value, (_, found) = results[-1], results[-1].result, parts[-1]
        tool = self._asked.tools.get(last.name)
        if tool and (place := place_of(value, tool.examples)):
            return place_grammar(place, found.words)
        if not self._options.answers or not value or "{" in value:  # no sentence contains JSON
            return long_result_grammar(value, self._numbers)
        if len(value) > LONGEST_VALUE or "\n" in value:
            quoted = extracts_of(self._ranking.question[:COMPARED], value, found.familiar)
            return one_of_grammar(quoted) if quoted else long_result_grammar(value, self._numbers)
        told = [
            answer_sentences(part, each, found.near.get(each.name, ()), found.familiar) or [told_alone(each.result)]
            for (part, found), each in zip(parts, results, strict=True)
        ]
        return one_of_grammar(told[0] if len(told) == 1 else [" ".join(each[0] for each in told)])

    def _call_grammar(self, found: Candidates, failed: set[tuple[str, str]], answer: Sequence[str] = ()) -> str:
        """The grammar of the next call.

        It is empty if calls have failed and there is no other way to ask the same: then the model says why there is no
        result, and none is invented. If there are rules of an ``answer``, it is always allowed: a text to be read looks
        like a calculation too.
        """
        most = max(found.tools.values(), default=0.0)
        likely = {name for name, votes in found.tools.items() if votes >= self._options.tool_margin * most}
        calls = [call for call in self._likely_calls(found, likely) if not failed or _asks_the_same(call, failed)]
        free = [] if failed else self._open_tools(found)
        if failed and not (calls or free):
            return answer_grammar_of(answer) if answer else ""
        question = self._ranking.question
        if told := [Candidate(tool.name, rest, 1.0) for tool in free if (rest := _told(tool, question))]:
            calls, free, likely = told, [], set()
        text = bool(answer) or not (calls or free) or ("" in likely and not failed)
        return call_grammar(
            calls,
            free,
            self._numbers,
            text=text,
            question=question,
            answer=answer,
        )

    def _open_tools(self, found: Candidates) -> list[Tool]:
        """The tools without examples and schema that the question may ask for. They take any text."""
        asked = words_of(self._ranking.question) - found.familiar
        tools = self._asked.tools.values()
        return [tool for tool in tools if tool.parameters is None and not tool.examples and _fits(tool, asked)]

    def _likely_calls(self, found: Candidates, likely: set[str]) -> list[Candidate]:
        calls = [call for call in found.calls if call.tool in likely]
        best: dict[str, float] = {}
        for call in calls:
            best.setdefault(call.tool, call.votes)
        kept = [call for call in calls if call.votes >= self._options.call_margin * best[call.tool]]
        return kept[: self._options.most_calls]


def _fits(tool: Tool, asked: frozenset[str]) -> bool:
    """Whether a tool that takes any text may be asked for: it must share a word with the question."""
    return not asked.isdisjoint(words_of(f"{_spaced(tool)} {tool.description}"))


def _told(tool: Tool, question: str) -> str:
    """What follows the name of a tool that takes any text, if the question begins with it; else "".

    "Please send hello to Anna." tells SEND "hello to Anna".
    """
    if tool.examples or tool.hints.grammar:
        return ""
    told = rf"\W*(?:please\W+)?{re.escape(_spaced(tool))}\b[\s:,]*(.*?)[.!?\s]*"
    found = re.fullmatch(told, question[:COMPARED].translate(NO_BRACKETS), re.IGNORECASE)
    return found[1] if found else ""


def _spaced(tool: Tool) -> str:
    return tool.name.replace("_", " ")


def _asks_the_same(call: Candidate, failed: set[tuple[str, str]]) -> bool:
    """Whether a call after an error asks the same in another way: spelled otherwise, or as a query to another tool."""
    if isinstance(call.argument, str):
        same = any(same_question(call.argument, argument) for _, argument in failed)
        return same and (call.tool, call.argument) not in failed
    return call.tool not in {name for name, _ in failed}
