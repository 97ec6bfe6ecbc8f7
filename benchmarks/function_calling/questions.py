"""The benchmark's questions as values: what is asked, the functions that are offered, the calls that are right.

Knows the benchmark's files and their format; not models. Rows of the ``live_`` categories measure from outside: nobody
reads them, so nothing here or elsewhere in this package prints one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.function_calling.schemas import json_schema

Half = Literal["all", "first", "second"]
PLAIN = ("simple_python", "multiple", "parallel", "parallel_multiple", "irrelevance")
LIVE = ("live_simple", "live_multiple", "live_parallel", "live_parallel_multiple", "live_irrelevance")
_ORDER = 14  # the seed of the fixed shuffled order


def is_live(category: str) -> bool:
    """Whether a category is one of users' questions, of which only totals are reported."""
    return category.startswith("live_")


def wants_calls(category: str) -> bool:
    """Whether calls are right; False if the right thing is to make none."""
    return "irrelevance" not in category


@dataclass(frozen=True, slots=True)
class Function:
    """A function that is offered.

    Attributes:
        name: Its name, such as ``math.factorial``.
        description: What it does.
        parameters: The JSON schema of its parameters.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """A message.

    Attributes:
        role: ``system``, ``user`` or ``assistant``.
        text: Its text.
    """

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the benchmark.

    Attributes:
        category: Its category.
        at: Its place in the category's file, from 0.
        turns: The messages. The last one is the user's.
        functions: The functions that are offered.
        described: The same functions as the benchmark's file has them, for its checker.
        answers: The right calls: the name, and for each parameter the values that are right. Empty for irrelevance.
    """

    category: str
    at: int
    turns: tuple[Turn, ...]
    functions: tuple[Function, ...]
    described: Sequence[Mapping[str, Any]] = ()
    answers: Sequence[Mapping[str, Mapping[str, Sequence[Any]]]] = ()

    @property
    def text(self) -> str:
        """What the user asks last."""
        return self.turns[-1].text

    @property
    def system(self) -> str:
        """What the system messages say; empty if there is none."""
        return "\n\n".join(turn.text for turn in self.turns if turn.role == "system")

    @property
    def earlier(self) -> tuple[Turn, ...]:
        """The conversation before the question, without system messages. Nearly always empty."""
        return tuple(turn for turn in self.turns[:-1] if turn.role != "system")


def read(folder: Path, category: str) -> tuple[Question, ...]:
    """Read the questions of a category.

    Args:
        folder: The unpacked wheel.
        category: The category, such as ``simple_python``.
    """
    data, name = folder / "bfcl_eval" / "data", f"BFCL_v4_{category}.json"
    answers: dict[str, Any] = {}
    if wants_calls(category):
        answers = {row["id"]: row["ground_truth"] for row in _rows(data / "possible_answer" / name)}
    return tuple(
        question_of(category, at, row, answers.get(row["id"], ())) for at, row in enumerate(_rows(data / name))
    )


def question_of(category: str, at: int, row: Mapping[str, Any], answers: Sequence[Any]) -> Question:
    """Return the question of one row in the benchmark's format.

    Args:
        category: The category.
        at: The row's place in its file, from 0.
        row: The row: ``question`` with one list of messages, and ``function``.
        answers: The right calls.
    """
    return Question(
        category,
        at,
        tuple(Turn(each["role"], each["content"]) for each in row["question"][0]),
        tuple(Function(each["name"], each["description"], json_schema(each["parameters"])) for each in row["function"]),
        row["function"],
        answers,
    )


def chosen(questions: Sequence[Question], half: Half = "all", limit: int | None = None) -> tuple[Question, ...]:
    """Return the questions to ask, in a fixed shuffled order. Those of a ``live_`` category are always all.

    A smaller limit chooses some of those that a larger one chooses.

    Args:
        questions: All questions of a category.
        half: The first half by their place is for work on the library, the second for measuring.
        limit: At most how many.
    """
    found = list(questions)
    if not questions or is_live(questions[0].category):
        return tuple(found)
    middle = len(found) // 2
    found = {"all": found, "first": found[:middle], "second": found[middle:]}[half]
    random.Random(_ORDER).shuffle(found)
    return tuple(found[:limit])


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
