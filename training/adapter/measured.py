"""The questions of the benchmarks that measure the adapter. Their words are compared with, and never shown or kept."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.function_calling.questions import read
from benchmarks.function_calling.wheel import fetched

from orchestrator.evals.datasets import tool_use
from orchestrator.evals.types import DatasetOptions
from orchestrator.runtime.settings import Settings

CATEGORIES = (
    "simple_python",
    "multiple",
    "parallel",
    "parallel_multiple",
    "irrelevance",
    "live_simple",
    "live_multiple",
    "live_parallel",
    "live_parallel_multiple",
    "live_irrelevance",
)


def questions() -> Iterator[str]:
    """Return the questions of the Berkeley benchmark and of the reported part of ``eval tool-use``."""
    folder = fetched(Settings.from_environment().cache)
    for category in CATEGORIES:
        for question in read(folder, category):
            yield question.text
    yield from (item.question for item in tool_use.create(DatasetOptions()).items)
