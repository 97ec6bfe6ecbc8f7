"""A whole evaluation: the samples as they come in, scored, counted and stopped at its bounds.

Where samples come from (``memory``, ``durable``, a recording) is not known here; they are an iterator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event as Flag

from orchestrator.core.errors import ConfigError
from orchestrator.evals.sampling import judge
from orchestrator.evals.summary import Outcome, Summary, summarise
from orchestrator.evals.types import Dataset, Item, Sample
from orchestrator.evals.wording import bounds, name, percent, sentence

FAILURES_IN_A_ROW = 5
INTERRUPTED = "interrupted"
Sampling = Generator["Sample | Failure", None, None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where samples come from. ``samples`` yields them as they are done; once the flag is set it begins no new one, and
    ends when those under way are done. ``keeps`` says that they are kept, for a further run to find.
    """

    samples: Callable[[Flag], Sampling]
    keeps: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A sample that could not be had: the server failed. It is not scored, and tried again on the next run."""

    item: str
    arm: str
    error: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it. ``asked`` is how many questions there were; ``stopped`` says why not all were asked, and
    ``broke_off`` that nobody wanted it so; ``kept`` that a further run goes on from here.
    """

    dataset: str
    asked: int
    arms: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    failures: tuple[Failure, ...] = ()
    stopped: str = ""
    broke_off: bool = False
    kept: bool = True

    @property
    def summary(self) -> Summary:
        return summarise(self.outcomes, self.arms)

    @property
    def sentences(self) -> list[str]:
        """What to read first: one sentence for each comparison, then what the numbers cannot say."""
        return headline(self, self.summary)

    @property
    def cost(self) -> float | None:
        """US dollars in all; None where a price is unknown."""
        costs = [outcome.sample.cost for outcome in self.outcomes]
        return None if None in costs else sum(cost or 0.0 for cost in costs)


@dataclass(slots=True)
class Tally:
    """What has come in so far, for whoever shows progress."""

    outcomes: list[Outcome]
    failures: list[Failure]
    cost: float = 0.0
    failed_in_a_row: int = 0


def headline(evaluation: Evaluation, summary: Summary) -> list[str]:
    """What to read first: one sentence for each comparison, then what the numbers cannot say."""
    lines = [sentence(each) for each in summary.contrasts] or [
        f"{name(arm.arm)}: {percent(arm.accuracy)} % right {bounds(arm.interval)}, n = {arm.n:,}."
        for arm in summary.arms
    ]
    if evaluation.stopped:
        lines.append(f"Stopped early: {evaluation.stopped}; {len(evaluation.outcomes):,} samples are there.")
    if evaluation.failures:
        first = evaluation.failures[0]
        lines.append(
            f"{len(evaluation.failures):,} samples failed and are not counted (the first: {first.error})."
            f"{' Run the same command again to have them.' if evaluation.kept else ''}"
        )
    return lines


def collect(
    dataset: Dataset,
    arms: Sequence[str],
    source: Source,
    *,
    max_cost: float | None = None,
    watch: Callable[[Tally], None] = lambda _: None,
    enough: Flag | None = None,
) -> Evaluation:
    """Score samples as they come, until all are there, ``max_cost`` (US dollars) is spent, the server has failed many
    times in a row, or somebody sets the flag ``enough``.

    Samples that are under way then are paid for as well, and counted. Ctrl-C ends it at once with what is there.
    """
    if max_cost is not None and not max_cost >= 0:
        raise ConfigError(f"max_cost must not be negative or NaN, it is {max_cost}")
    items = {item.id: item for item in dataset.items}
    if len(items) < len(dataset.items):
        twice = next(id_ for id_, times in Counter(item.id for item in dataset.items).items() if times > 1)
        raise ConfigError(f"two questions of {dataset.name} have the id {twice!r}: give each one of its own")
    tally, enough, stopped = Tally([], []), enough or Flag(), ""
    try:
        with closing(source.samples(enough)) as samples:
            for sample in samples:
                _count(tally, dataset, items, sample)
                watch(tally)
                if not enough.is_set() and (stopped := _why_enough(tally, max_cost)):
                    enough.set()
    except KeyboardInterrupt:
        enough.set()
    whole = len(tally.outcomes) + len(tally.failures) >= len(items) * len(arms)
    stopped = "" if whole or not enough.is_set() else stopped or INTERRUPTED
    by_order = {item: at for at, item in enumerate(items)}
    outcomes = sorted(tally.outcomes, key=lambda each: (by_order[each.item.id], arms.index(each.sample.arm)))
    return Evaluation(
        dataset.name,
        len(items),
        tuple(arms),
        tuple(outcomes),
        tuple(tally.failures),
        stopped,
        broke_off=bool(stopped) and not _spent(tally, max_cost),
        kept=source.keeps,
    )


def _why_enough(tally: Tally, max_cost: float | None) -> str:
    if _spent(tally, max_cost):
        return f"${tally.cost:.4f} of --max-cost ${max_cost:g} is spent"
    if tally.failed_in_a_row >= FAILURES_IN_A_ROW:
        return f"{FAILURES_IN_A_ROW} samples in a row failed, the last with: {tally.failures[-1].error}"
    return ""


def _spent(tally: Tally, max_cost: float | None) -> bool:
    return max_cost is not None and tally.cost >= max_cost


def _count(tally: Tally, dataset: Dataset, items: dict[str, Item], sample: Sample | Failure) -> None:
    if isinstance(sample, Failure):
        tally.failures.append(sample)
        tally.failed_in_a_row += 1
        return
    tally.failed_in_a_row = 0
    tally.outcomes.append(judge(dataset, items[sample.item], sample))
    tally.cost += sample.cost or 0.0
