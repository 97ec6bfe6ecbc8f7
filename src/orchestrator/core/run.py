"""One question from beginning to end, as a value, and the root of the error tree, which carries it.

The two know each other: an error that ends a run holds what had happened so far. The other errors are in ``errors``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from orchestrator.core.citations import Citation, cited
from orchestrator.core.types import Diagnostic, Reasoning, ResumeMode, Span, Text, ToolCall, ToolResult
from orchestrator.core.usage import Count, Usage

FinishReason = Literal[
    "answered",
    "max_steps",
    "max_calls",
    "max_tokens",
    "max_seconds",
    "max_cost",
    "loop",
    "forged",
    "length",
    "content_filter",
    "denied",
    "cancelled",
    "interrupted",
]


@dataclass(frozen=True, slots=True)
class Run:
    """One question from beginning to end.

    ``answer`` is what the model wrote after the last result; ``text`` is its whole turn with calls and results;
    ``spans`` is the whole context with the origin of every stretch; ``tokens_saved`` estimates what the model would
    have gone on to write without the results, had it not been cut at its calls. ``answer_faithful`` says whether the
    answer carries the last result's value; None where there is no value to carry. ``guided`` says that the model wrote
    under grammars, so that what it wrote was chosen from what they left.
    """

    question: str
    answer: str
    text: str
    finish: FinishReason
    detail: str
    model: str
    resume_mode: ResumeMode
    spans: tuple[Span, ...]
    calls: tuple[ToolResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    usage: Usage
    tokens_saved: Count
    steps: int
    seconds: float
    answer_faithful: bool | None = None
    guided: bool = False

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The sources that the answer cites by number; where it cites none, all that its tools found."""
        return cited(self.answer, (each for call in self.calls for each in call.citations))

    def to_json(self, *, indent: int | None = None) -> str:
        return json.dumps(asdict(self), indent=indent)

    @staticmethod
    def from_json(text: str) -> Run:
        """The run that ``to_json`` wrote. Raises ConfigError where ``text`` is not one."""
        from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - 40 ms, and few programs read runs back

        try:
            return TypeAdapter(Run).validate_python(json.loads(text))
        except (ValueError, ValidationError, RecursionError) as error:
            raise ConfigError(f"this is not a run as Run.to_json writes it: {error}") from error


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every run."""

    run: Run


Event = Text | Reasoning | ToolCall | ToolResult | Diagnostic | Finished


class OrchestratorError(Exception):
    """The root. ``run`` holds what had happened so far, when the error ended a run."""

    run: Run | None = None


class ConfigError(OrchestratorError):
    """The set-up is wrong; the message says what to install, set or type."""
