"""Adapting the embedded model to one's own tools: train on two thirds of the questions, measure on the rest.

The training starts from the shipped adapter, so that what it has learnt is kept.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import ModelOptions
from orchestrator.core.tool import Tool
from orchestrator.models import embedded
from orchestrator.posttraining.measuring import Outcome, outcomes
from orchestrator.posttraining.network import Network, fast_type, rank_of, write_adapter
from orchestrator.posttraining.rows import Group, Row
from orchestrator.posttraining.texts import tree_of
from orchestrator.posttraining.training import Point, Settings, Training

LEAST = 12  # questions
TOGETHER = 8  # questions whose hidden prompt is evaluated once
OWN = Settings(epochs=4, rate=2e-4, warm_up=5, rows=2, every=10)
Progress = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and how much there is."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """What adapting has made and measured.

    Attributes:
        adapter: The adapter's file.
        trained: How many questions it was trained on.
        before: What the model did with the held-out questions before.
        after: What it does with them now, in the same order.
        curve: The learning curve.
    """

    adapter: Path
    trained: int
    before: tuple[Outcome, ...]
    after: tuple[Outcome, ...]
    curve: tuple[Point, ...]


def adapt(
    tools: Mapping[str, Tool], rows: Sequence[Row], out: Path, settings: Settings, on_progress: Progress
) -> Adapted:
    """Train an adapter for some tools. If it is stopped, the same call goes on from the last checkpoint.

    Args:
        tools: The tools, by name.
        rows: Questions about them. A third is held out, which one follows from the seed.
        out: The adapter's file. The checkpoint is kept beside it, in a folder that ends in ``.training``.
        settings: How it is trained.
        on_progress: Called often.

    Raises:
        ConfigError: There are too few questions, or the embedded model cannot be loaded.
    """
    if len(rows) < LEAST:
        raise ConfigError(f"there are {len(rows)} questions: write at least {LEAST}, as a third is only measured")
    trained, held_out = split(rows, settings.seed)
    shipped = embedded.shipped_adapter()
    before = _measured("before", embedded.create(embedded.ADAPTED, ModelOptions()), tools, held_out, on_progress)
    rank = rank_of(shipped) if shipped else settings.rank
    network = Network(embedded.shipped_weights(), rank, settings.seed, fast_type())
    if shipped:
        network.start_from(shipped)
    model = embedded.create("", ModelOptions())
    learnt, measured = (
        [tree_of(group, model.token_ids) for group in _groups(tools, part)] for part in (trained, held_out)
    )
    training = Training(network, learnt, measured, settings, out.with_suffix(".training"))
    curve = tuple(training.run(lambda done: on_progress("training", done, training.steps)))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_adapter(network, out)
    after = _measured("after", embedded.create("", ModelOptions(adapter=str(out))), tools, held_out, on_progress)
    return Adapted(out, len(trained), before, after, curve)


def split(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """Return the questions to train on and the held-out third."""
    shuffled = random.Random(seed).sample(rows, len(rows))
    return shuffled[len(rows) // 3 :], shuffled[: len(rows) // 3]


def _groups(tools: Mapping[str, Tool], rows: Sequence[Row]) -> list[Group]:
    return [Group(tuple(tools.values()), tuple(rows[at : at + TOGETHER])) for at in range(0, len(rows), TOGETHER)]


def _measured(
    what: str, model: embedded.Embedded, tools: Mapping[str, Tool], rows: Sequence[Row], on_progress: Progress
) -> tuple[Outcome, ...]:
    found = []
    for outcome in outcomes(model, [Group(tuple(tools.values()), tuple(rows))], guided=True):
        found.append(outcome)
        on_progress(what, len(found), len(rows))
    return tuple(found)
