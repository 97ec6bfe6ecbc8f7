"""Collects the parts of a run, and builds a ``Run`` from them at any time. Knows values only."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import accumulate

from orchestrator.core.answer_check import carried_value, carries
from orchestrator.core.citations import listed, numbered
from orchestrator.core.output_type import OutputType
from orchestrator.core.run import FinishReason, Run
from orchestrator.core.syntax import Dress, without_thinking
from orchestrator.core.tool import Request
from orchestrator.core.types import Diagnostic, ModelInfo, Price, Span, ToolResult
from orchestrator.core.usage import Count, Usage

_WORD = re.compile(r"\w")
_CHARACTERS_A_TOKEN = 4  # English text in common tokenizers; the result is marked as "estimated"
_LONGEST_TOKEN = 8  # characters; if deltas are longer on average, they are not one token each


class RunBuilder:
    """Collects a run: the model's words, the tools' results, and counts.

    Args:
        question: The user's question.
        first_span: The index in the context at which this run begins. Before it are the hidden prompt and earlier runs.
        guided: Whether the model writes under grammars.
        output: The type that the answer must have, if one was asked for.
    """

    def __init__(
        self, question: str, *, first_span: int = 0, guided: bool = False, output: OutputType | None = None
    ) -> None:
        self._question = question
        self._first_span = first_span
        self._guided = guided
        self._output = output
        self._since_result: list[str] = []
        self._prose: list[str] = []  # the whole turn, with each call replaced by its result
        self._calls: list[ToolResult] = []
        self._diagnostics: list[Diagnostic] = []
        self._outputs: list[tuple[Count, bool]] = []  # what each step wrote, and whether it was cut
        self._usage = Usage(Count(0, "reported"), Count(0, "reported"), cost=0.0)

    @property
    def calls(self) -> tuple[ToolResult, ...]:
        """The results so far."""
        return tuple(self._calls)

    def words(self, text: str, opened: Dress | None = None) -> None:
        """Add the words that the model wrote in one step, without its thinking.

        Args:
            text: The words.
            opened: The thinking that the prompt opened, if that is known.
        """
        said = without_thinking(text, opened)
        self._since_result.append(said)
        self._prose.append(said)

    def result(self, result: ToolResult) -> ToolResult:
        """Add a result, and return it with its sources renumbered.

        The numbers continue those of the results before it.
        """
        result = renumbered(result, 1 + sum(len(call.citations) for call in self._calls))
        self._calls.append(result)
        self._since_result.clear()
        self._prose.append(carried_value([result]) or "")  # a long result is no answer, even if the model adds nothing
        return result

    def diagnose(self, diagnostic: Diagnostic) -> None:
        """Add a diagnostic."""
        self._diagnostics.append(diagnostic)

    def step(self, usage: Usage, *, cut: bool) -> None:
        """Add a request.

        Args:
            usage: Its usage.
            cut: Whether its stream was cut.
        """
        self._outputs.append((usage.output_tokens, cut))
        self._usage += usage

    def answer(self) -> str:
        """Return the words after the last result.

        If there are none, return the whole turn with each call replaced by its result. An answer that must have a type
        is only the JSON after the last result.
        """
        after = "".join(self._since_result).strip()
        if self._output and not self._output.is_text:
            return self._output.answer_in(after)
        return after if _WORD.search(after) else "".join(self._prose).strip()

    def carried(self) -> bool | None:
        """Whether the answer contains the last result's value; None if there is no such value."""
        return carries(self.answer(), self._calls)

    def faithful(self) -> bool | None:
        """Whether the answer also says nothing that was not asked; None if there is no value to contain."""
        from orchestrator.core.faithful import faithful  # noqa: PLC0415 - its patterns are not needed before

        return faithful(self._question, self.answer(), self._calls)

    def take_back(self) -> str:
        """Remove the words after the last result from the answer, and return them."""
        words = "".join(self._since_result)
        self._since_result.clear()
        self._prose.clear()
        return words

    def build(self, spans: tuple[Span, ...], info: ModelInfo, ending: tuple[FinishReason, str], seconds: float) -> Run:
        """Build the run as it is now.

        Args:
            spans: The whole context.
            info: The model.
            ending: The finish reason, and one sentence about it.
            seconds: Seconds from the question until now.
        """
        return Run(
            question=self._question,
            answer=self.answer(),
            text="".join(span.text for span in spans[self._first_span :] if span.origin in ("model", "tool")),
            finish=ending[0],
            detail=ending[1],
            model=info.name,
            resume_mode=info.resume_mode,
            spans=spans,
            calls=self.calls,
            diagnostics=tuple(self._diagnostics),
            usage=self._usage,
            tokens_saved=self._tokens_saved(),
            steps=len(self._outputs),
            seconds=seconds,
            answer_faithful=self.faithful(),
            guided=self._guided,
            output_type=self._output,
        )

    def _tokens_saved(self) -> Count:
        """Estimate the tokens that uncut steps would have written past their calls, only to be discarded.

        Nobody can know this number. For each cut step, the estimate is what the model wrote in the later steps, after
        it had the result, because an uncut model would invent about as much.
        """
        rest = list(accumulate((output.value for output, _ in reversed(self._outputs)), initial=0))[:-1]
        saved = sum(written for written, (_, cut) in zip(reversed(rest), self._outputs, strict=True) if cut)
        return Count(saved, "estimated")


def renumbered(result: ToolResult, first: int) -> ToolResult:
    """Return a result with its sources numbered from ``first``, also in its text."""
    if not result.citations or result.citations[0].number == first:
        return result
    citations = numbered(result.citations, first)
    text = listed(citations) + result.result.removeprefix(listed(result.citations))
    return replace(result, result=text, citations=citations)


def measured_usage(request: Request, deltas: int, characters: int) -> Usage:
    """Estimate the usage of a request for which the server reported none.

    A cut stream loses its last line, which has it.

    Servers stream one token per delta, so the number of deltas is the number of output tokens. If the deltas are too
    long for that, the output is estimated from its length. The input is always estimated from its length: 4 characters
    per token.

    Args:
        request: The request.
        deltas: How many pieces had text.
        characters: How many characters they had.
    """
    sent = len(request.prompt) + sum(len(message.text) for message in request.messages)
    counted = characters <= deltas * _LONGEST_TOKEN
    output = Count(deltas, "counted") if counted else Count(-(-characters // _CHARACTERS_A_TOKEN), "estimated")
    return Usage(Count(-(-sent // _CHARACTERS_A_TOKEN), "estimated"), output, Count(0, "estimated"))


def priced(usage: Usage, price: Price | None) -> Usage:
    """Return the usage with its cost, if the price is known and the server did not report the cost.

    Without a price for cached input, it counts at the full price. Then the cost is an upper bound.

    Args:
        usage: The usage.
        price: The price in US dollars per million tokens.
    """
    if usage.cost is not None or price is None:
        return usage
    cached = usage.cached_tokens.value
    for_cached = price.input if price.cached_input is None else price.cached_input
    dollars = (usage.input_tokens.value - cached) * price.input + cached * for_cached
    dollars += usage.output_tokens.value * price.output
    return replace(usage, cost=dollars / 1e6)
