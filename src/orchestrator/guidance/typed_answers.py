"""``TypedAnswers``: holds a model to an answer of a type, on a server that takes grammars.

Before the answer, the model may think and may call a tool: the grammar is "thinking, then a call or the answer".
Knows schemas and grammars; not how an answer is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from orchestrator.core.numbers import numbers_in
from orchestrator.core.schema.resolved import inlined, types_of
from orchestrator.core.syntax import opened_by
from orchestrator.core.told_value import told_value
from orchestrator.core.tool import Request
from orchestrator.core.types import ToolResult
from orchestrator.guidance.copied_values import Copied
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.guidance.literals import quoted
from orchestrator.guidance.schema_grammar import Anything, schema_rules

THINKING = ("<think>", "</think>")
"""The marks that a model may think between if nothing is known of how it thinks."""


@dataclass(frozen=True, slots=True)
class TypedAnswers:
    """The grammars of one question.

    Attributes:
        schema: The JSON schema of the answer.
        said: What the user and the tools have said before; None if the answer's values need not come from it.
        tools: The names of the tools.
        frequent: Words so frequent that no value begins or ends with one.
        thinks: Whether each message of the model begins inside its thinking.
    """

    schema: Mapping[str, Any]
    said: str | None
    tools: Sequence[str] = ()
    frequent: Collection[str] = ()
    thinks: bool = False

    def rules(self, results: Sequence[ToolResult]) -> list[str]:
        """Return the rules of the answer. The first one is named ``answer``.

        Args:
            results: The results of the calls so far.
        """
        brackets = not self.tools  # the text of an answer must not contain the beginning of a call
        if self.said is None:
            return schema_rules(inlined(self.schema, endless=False), Anything(brackets=brackets))
        schema = inlined(self.schema, endless=False)
        told = [told_value(result.result) for result in results if result.ok]
        one_number = [*_types(schema)].count("number") == 1 and bool(told) and bool(numbers_in(told[-1]))
        numbers = told[-1] if one_number else ""
        said = _only_source(schema, told) or "\n".join([*(result.result for result in results), self.said])
        leaves = Copied(said, _forms(schema), self.frequent, numbers=numbers, brackets=brackets)
        return schema_rules(schema, leaves)

    def constrain(self, request: Request, results: Sequence[ToolResult]) -> Request:
        """Add the grammar "thinking, then a call or the answer" to a request.

        Args:
            request: The request.
            results: The results of the calls so far.
        """
        choices = ["answer", *(f"{quoted(f'[{name}:')} [^\\x00]+" for name in self.tools)]
        root = f"root ::= {self._thought(request)} [ \\n]{{0,4}} ({' | '.join(choices)})"
        return replace(request, grammar="\n".join([root, *self.rules(results)]))

    def _thought(self, request: Request) -> str:
        if opened := opened_by(request.prompt):
            return until(opened.closes[0])
        if self.thinks and request.messages and request.messages[-1].role != "assistant":
            return until(THINKING[1])
        may_think = self.said is None  # a small model that may think babbles
        return f"([ \\n]* {quoted(THINKING[0])} {until(THINKING[1])})?" if may_think else ""


@cache
def frequent_words() -> frozenset[str]:
    """Return the most frequent words of the few-shot examples that need no tool: "the", "is", "and"."""
    texts = [f"{each.question} {each.answer}".lower() for each in no_tool_examples()]
    counted = Counter(word for text in texts for word in {*re.findall(r"[a-z']+", text)})
    return frozenset(word for word, count in counted.items() if count * _FREQUENT >= len(texts))


def _only_source(schema: Mapping[str, Any], told: Sequence[str]) -> str:
    """Return the last result if it is a text or list, and so is the answer; else ""."""
    kinds = {*types_of(schema)} - {"null"}
    return told[-1] if told and kinds and kinds <= {"string", "array"} else ""


def _types(schema: object) -> Iterator[str]:
    """Yield the type of each value that a schema names. A whole number is a number."""
    if isinstance(schema, list):
        for each in schema:
            yield from _types(each)
    elif isinstance(schema, Mapping):
        yield from ("number" if kind == "integer" else kind for kind in types_of(schema))
        for key, each in schema.items():
            if key not in ("enum", "default", "examples"):
                yield from _types(each)


_FREQUENT = 35  # a word of every 35th text is frequent


def _forms(schema: object) -> set[str]:
    """Return the formats in a schema."""
    if isinstance(schema, list):
        return {form for each in schema for form in _forms(each)}
    if not isinstance(schema, Mapping):
        return set()
    own = {schema["format"]} if isinstance(schema.get("format"), str) else set()
    return own | {form for each in schema.values() for form in _forms(each)}


def until(mark: str) -> str:
    """Return the expression for any text up to a mark, and the mark."""
    others = " | ".join(f"{quoted(mark[:at])} [^{_in_class(mark[at])}]" for at in range(len(mark)))
    return f"({others.removeprefix(quoted('') + ' ')})* {quoted(mark)}"


def _in_class(character: str) -> str:
    return f"\\{character}" if character in "\\]^-[" else character


def answer_grammar_of(rules: Iterable[str]) -> str:
    """Return the grammar that allows only the answer.

    Args:
        rules: The answer's rules.
    """
    return "\n".join(['root ::= " "? answer', *rules])
