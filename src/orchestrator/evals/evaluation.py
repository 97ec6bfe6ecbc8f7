"""A whole evaluation: the samples as they come in, scored, counted and stopped at its bounds.

Where samples come from (``memory``, ``durable``, a recording) is not known here; they are an iterator.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event as Flag

from orchestrator.errors import ConfigError, ModelError
from orchestrator.evals.sampling import judge
from orchestrator.evals.summary import Outcome, Summary, summarise
from orchestrator.evals.types import Dataset, Item, Sample

FAILURES_IN_A_ROW = 5
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Failure:
    """A sample that could not be had: the server failed. It is not scored, and tried again on the next run."""

    item: str
    arm: str
    error: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it. ``asked`` is how many questions there were; ``stopped`` says why not all were asked."""

    dataset: str
    asked: int
    arms: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    failures: tuple[Failure, ...] = ()
    stopped: str = ""

    @property
    def summary(self) -> Summary:
        return summarise(self.outcomes, self.arms)

    @property
    def cost(self) -> float | None:
        """US dollars in all; None where a price is unknown."""
        costs = [outcome.sample.cost for outcome in self.outcomes]
        return None if None in costs else sum(cost or 0.0 for cost in costs)


Source = Callable[[Flag], Generator[Sample | Failure, None, None]]
"""Yields samples as they are done; begins no new one once the flag is set, and ends when those under way are done."""


@dataclass(slots=True)
class Tally:
    """What has come in so far, for whoever shows progress."""

    outcomes: list[Outcome]
    failures: list[Failure]
    cost: float = 0.0
    failed_in_a_row: int = 0


def collect(
    dataset: Dataset,
    arms: Sequence[str],
    source: Source,
    *,
    max_cost: float | None = None,
    watch: Callable[[Tally], None] = lambda _: None,
) -> Evaluation:
    """Score samples as they come, until all are there or ``max_cost`` (US dollars) is spent.

    Samples that are under way when the budget is spent are paid for as well, and counted. Ctrl-C ends it with what is
    there. Raises ModelError when the server fails many times in a row: what is there is kept by the source.
    """
    if max_cost is not None and not max_cost >= 0:
        raise ConfigError(f"max_cost must not be negative or NaN, it is {max_cost}")
    items = {item.id: item for item in dataset.items}
    tally, enough, stopped = Tally([], []), Flag(), ""
    try:
        with closing(source(enough)) as samples:
            for sample in samples:
                _count(tally, dataset, items, sample)
                watch(tally)
                if max_cost is not None and tally.cost >= max_cost and not stopped:
                    stopped = f"${tally.cost:.4f} of --max-cost ${max_cost:g} is spent"
                    enough.set()
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    whole = len(tally.outcomes) + len(tally.failures) >= len(items) * len(arms)
    by_order = {item: at for at, item in enumerate(items)}
    outcomes = sorted(tally.outcomes, key=lambda each: (by_order[each.item.id], arms.index(each.sample.arm)))
    stopped = "" if whole else stopped
    return Evaluation(dataset.name, len(items), tuple(arms), tuple(outcomes), tuple(tally.failures), stopped)


def _count(tally: Tally, dataset: Dataset, items: dict[str, Item], sample: Sample | Failure) -> None:
    if isinstance(sample, Failure):
        tally.failures.append(sample)
        tally.failed_in_a_row += 1
        if tally.failed_in_a_row >= FAILURES_IN_A_ROW:
            raise ModelError(
                f"{FAILURES_IN_A_ROW} samples in a row failed, the last with: {sample.error}\n"
                "Run the same command again to go on from here"
            )
        return
    tally.failed_in_a_row = 0
    tally.outcomes.append(judge(dataset, items[sample.item], sample))
    tally.cost += sample.cost or 0.0
