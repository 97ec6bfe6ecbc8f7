"""``TypedAnswers``: holds a model to an answer of a type, on a server that takes grammars.

Before the answer, the model may think and may call a tool: the grammar is "thinking, then a call or the answer".
Knows schemas and grammars; not how an answer is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.core.schema.resolved import inlined
from orchestrator.core.syntax import opened_by
from orchestrator.core.tool import Request
from orchestrator.core.types import ToolResult
from orchestrator.guidance.copied_values import Copied
from orchestrator.guidance.grammar import quoted
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
        thinks: Whether each message of the model begins inside its thinking.
    """

    schema: Mapping[str, Any]
    said: str | None
    tools: Sequence[str] = ()
    thinks: bool = False

    def rules(self, results: Sequence[ToolResult]) -> list[str]:
        """Return the rules of the answer. The first one is named ``answer``.

        Args:
            results: The results of the calls so far.
        """
        brackets = not self.tools  # the text of an answer must not contain the beginning of a call
        if self.said is None:
            return schema_rules(inlined(self.schema, endless=False), Anything(brackets=brackets))
        said = "\n".join([*(result.result for result in results), self.said])
        return schema_rules(inlined(self.schema, endless=False), Copied(said, brackets=brackets))

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
