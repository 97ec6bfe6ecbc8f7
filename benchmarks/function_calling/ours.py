"""This library as an arm: one orchestrator for each question, with the question's functions as tools."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.function_calling.questions import Question

from orchestrator import Count, Limits, Model, Orchestrator, Run, Span, Tool, Usage

REQUESTS, CALLS, TOKENS = 10, 10, 1_024
LIMITS = Limits(max_steps=REQUESTS, max_calls=CALLS, max_tokens=TOKENS)
Record = Callable[..., str]
"""Takes a function's name, and the arguments by name. Keeps the call, and returns its result."""
Ask = Callable[[Question, Record], None]
"""Asks a question. Every call that runs is recorded."""


def orchestrator(model: Model, *, guided: bool) -> Ask:
    """Return the arm of this library.

    Args:
        model: The model.
        guided: False turns guidance off. Otherwise it is as the library chooses.
    """

    def ask(question: Question, record: Record) -> None:
        tools = [
            Tool.from_schema(each.name, each.description, each.parameters, partial(record, each.name))
            for each in question.functions
        ]
        guidance = None if guided else False
        made = Orchestrator(model, tools=tools, system=question.system, limits=LIMITS, temperature=0, guidance=guidance)
        made.chat(_history(question, model)).run(question.text)

    return ask


def _history(question: Question, model: Model) -> Run | None:
    """The conversation before the question as a run to continue; None if there is none."""
    if not question.earlier:
        return None
    spans = tuple(
        Span(turn.text, "model", "assistant") if turn.role == "assistant" else Span(turn.text, "user", "user")
        for turn in question.earlier
    )
    none = Count(0, "estimated")
    return Run(
        question=question.earlier[0].text,
        answer="",
        text="",
        finish="answered",
        detail="",
        model=model.info.name,
        resume_mode=model.info.resume_mode,
        spans=spans,
        calls=(),
        diagnostics=(),
        usage=Usage(none, none),
        tokens_saved=none,
        steps=0,
        seconds=0.0,
    )
