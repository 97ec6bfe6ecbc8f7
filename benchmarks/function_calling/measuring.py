"""Asks an arm the questions, judges its calls and keeps each result as soon as there is one.

A question whose run raises an exception counts with the calls that ran before it. Nothing that is printed or logged
while a ``live_`` question is asked comes out: its text could be in it.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.function_calling.arms import Arm
from benchmarks.function_calling.judging import Call, Check, judged
from benchmarks.function_calling.questions import Question, is_live
from benchmarks.function_calling.results import Result, Store

RESULT = "done"  # what every function returns


def measure(
    arm: Arm, questions: Sequence[Question], store: Store, check: Check, on_result: Callable[[Result], None]
) -> None:
    """Ask those questions of a category that have no result yet.

    Args:
        arm: The arm.
        questions: Questions of one category.
        store: Where results are kept.
        check: The benchmark's checker.
        on_result: Called with each new result.
    """
    for question in questions:
        if question.at not in store.results:
            live = is_live(question.category)
            result, more = (_of_live(arm, question, check), {}) if live else result_of(arm, question, check)
            store.keep(result, more)
            on_result(result)


def result_of(arm: Arm, question: Question, check: Check) -> tuple[Result, dict[str, Any]]:
    """Ask one question.

    Returns:
        The result, and what is also kept of a question that may be read: the calls, and what was wrong.
    """
    calls: list[Call] = []

    def record(name: str, /, **arguments: Any) -> str:
        calls.append(Call(name, arguments))
        return RESULT

    failed, began = "", perf_counter()
    try:
        arm.ask(question, record)
    except Exception as error:  # noqa: BLE001 - any exception of a library counts as its answer
        failed = f"{type(error).__name__}: {error}"
    seconds = perf_counter() - began
    verdict = judged(question, calls, check)
    result = Result(
        question.at,
        verdict.name,
        verdict.right,
        verdict.called,
        verdict.invalid,
        bool(failed),
        round(seconds, 3),
    )
    return result, {
        "question": question.text,
        "calls": [[call.name, call.arguments] for call in calls],
        "why": verdict.why,
        "error": failed,
    }


def _of_live(arm: Arm, question: Question, check: Check) -> Result:
    try:
        with _silent():
            return result_of(arm, question, check)[0]
    except Exception as error:  # noqa: BLE001 - its words, and those of the ones before it, could be the question's
        kind = type(error).__name__
    raise SystemExit(f"{question.category}: a question failed with {kind}; its words are not shown")


@contextmanager
def _silent() -> Iterator[None]:
    """Let nothing out: no text, no logs, no warnings, and nothing that a server in this process writes by itself."""
    disabled = logging.root.manager.disable
    kept = {number: os.dup(number) for number in (1, 2)}
    logging.disable(logging.CRITICAL)
    try:
        with Path(os.devnull).open("w") as nowhere:
            for number in kept:
                os.dup2(nowhere.fileno(), number)
            with redirect_stdout(nowhere), redirect_stderr(nowhere), warnings.catch_warnings(action="ignore"):
                yield
    finally:
        for number, duplicate in kept.items():
            os.dup2(duplicate, number)
            os.close(duplicate)
        logging.disable(disabled)
