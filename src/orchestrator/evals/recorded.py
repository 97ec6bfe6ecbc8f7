"""Scores outputs that were recorded earlier, without a model.

The file is JSONL, with one question in each line: ``question`` and ``gold``, optionally ``choices``, ``task`` and
``id``, and a text for each arm under the arm's name. If the file has verdicts (``ARM_ok``), the new ones are compared
with them. If it has finish reasons (``ARM_finish``), a run that a limit ended is a wrong answer. Knows files and
scorers; not models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from orchestrator.core.arms import RESERVED
from orchestrator.core.errors import ConfigError
from orchestrator.core.run import FinishReason
from orchestrator.evals.datasets._files import json_lines
from orchestrator.evals.datasets.jsonl import item_of, unique
from orchestrator.evals.evaluation import Evaluation
from orchestrator.evals.sampling import judge
from orchestrator.evals.types import Dataset, Item, Sample, Scorer


@dataclass(frozen=True, slots=True)
class Rescored:
    """The result of scoring a recording.

    Attributes:
        evaluation: The evaluation.
        verdicts: How many verdicts the file has.
        differ: The samples with another verdict in the file: (id of the question, arm).
    """

    evaluation: Evaluation
    verdicts: int
    differ: tuple[tuple[str, str], ...]


def rescore(path: Path, scorer: Scorer, arms: Sequence[str] = ()) -> Rescored:
    """Score a recording.

    Args:
        path: The JSONL file.
        scorer: The scorer.
        arms: The columns with outputs. The default is all columns that have text in the first line.

    Raises:
        ConfigError: The file cannot be read, a line lacks a value, or a column is named twice or is reserved.
    """
    if not path.is_file():
        raise ConfigError(f"there is no file {path}: check the path")
    rows = list(json_lines(path))
    if not rows:
        raise ConfigError(f"{path} holds no questions: write one a line, with question, gold and each arm's text")
    twice = next((arm for arm in arms if arms.count(arm) > 1), None)
    if twice is not None:
        raise ConfigError(f"the arm {twice!r} is named twice: name each column once")
    reserved = next((arm for arm in arms if arm in RESERVED), None)
    if reserved is not None:
        raise ConfigError(f"{reserved!r} is no arm, it means something else in a recording: name a column with outputs")
    names = tuple(arms) or _text_columns(rows[0][1])
    if not names:
        raise ConfigError(f"{path} has no column with outputs beside question and gold: add one, such as direct")
    items = tuple(unique([item_of(at, where, row) for at, (where, row) in enumerate(rows)]))
    dataset = Dataset(path.stem, items, scorer)
    outcomes, verdicts, differ = [], 0, []
    for item, (where, row) in zip(items, rows, strict=True):
        for arm in names:
            outcome = judge(dataset, item, _sample(row, item, arm, where))
            outcomes.append(outcome)
            own = row.get(f"{arm}_ok")
            if isinstance(own, bool):
                verdicts += 1
                differ += [(item.id, arm)] if own != outcome.score.correct else []
    return Rescored(Evaluation(path.stem, len(items), names, tuple(outcomes)), verdicts, tuple(differ))


def _text_columns(row: Mapping[str, Any]) -> tuple[str, ...]:
    endings = {f"{name}_finish" for name in row}
    return tuple(
        name for name, value in row.items() if isinstance(value, str) and name not in RESERVED and name not in endings
    )


def _sample(row: Mapping[str, Any], item: Item, arm: str, where: str) -> Sample:
    text = row.get(arm)
    if not isinstance(text, str):
        raise ConfigError(f"{where} has no text under {arm!r}: every line needs one for each arm")
    ended = row.get(f"{arm}_finish")
    finish = str(ended) if ended in get_args(FinishReason) else "answered"  # servers say "stop", which means the same
    return Sample(item.id, arm, text, text, finish, words=len(text.split()))
