"""A whole evaluation: scores samples as they come in, counts them, and stops at a limit.

Knows an iterator of samples; not where they come from (``memory``, ``durable`` or a recording).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from threading import Event as Flag

from orchestrator.core.errors import ConfigError
from orchestrator.evals.sampling import judge
from orchestrator.evals.summary import Outcome, Summary, summarise
from orchestrator.evals.types import Dataset, Item, Sample
from orchestrator.evals.wording import bounds, name, percent, sentence

FAILURES_IN_A_ROW = 5
INTERRUPTED = "interrupted"
SampleStream = Generator["Sample | Failure", None, None]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of samples.

    Attributes:
        samples: Yields samples as they are completed. After the flag is set, it starts no new one, and ends when those
            under way are done.
        keeps: The samples are kept, so that the next run finds them.
    """

    samples: Callable[[Flag], SampleStream]
    keeps: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A sample that failed, because the server did. It is not scored. The next run tries it again.

    Attributes:
        item: The id of the question.
        arm: The name of the arm.
        error: The message of the error.
    """

    item: str
    arm: str
    error: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of an evaluation.

    Attributes:
        dataset: The name of the dataset.
        asked: How many questions it has.
        arms: The names of the arms. The first one is the baseline.
        outcomes: The scored samples, question by question.
        failures: The samples that failed.
        stopped: Why not all samples were made; empty if they were.
        broke_off: It stopped for another reason than ``max_cost``: failures or an interruption.
        kept: The samples are kept, so that the next run continues from here.
        tools: The names of the tools of each arm that has some, by the arm's name; empty for a recording.
    """

    dataset: str
    asked: int
    arms: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    failures: tuple[Failure, ...] = ()
    stopped: str = ""
    broke_off: bool = False
    kept: bool = True
    tools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def summary(self) -> Summary:
        """The accuracies of the arms and their differences to the baseline."""
        return summarise(self.outcomes, self.arms)

    @property
    def sentences(self) -> list[str]:
        """The result in words: one sentence for each comparison, then notes about missing samples."""
        return headline(self, self.summary)

    @property
    def cost(self) -> float | None:
        """The cost of all samples in US dollars; None if a price is unknown."""
        costs = [outcome.sample.cost for outcome in self.outcomes]
        return None if None in costs else sum(cost or 0.0 for cost in costs)


@dataclass(slots=True)
class Tally:
    """What has come in so far. It is for displays of progress.

    Attributes:
        outcomes: The scored samples.
        failures: The samples that failed.
        cost: Their cost in US dollars, without those whose price is unknown.
        failed_in_a_row: How many of the last samples failed.
    """

    outcomes: list[Outcome]
    failures: list[Failure]
    cost: float = 0.0
    failed_in_a_row: int = 0


def headline(evaluation: Evaluation, summary: Summary) -> list[str]:
    """Return the result in words: one sentence for each comparison, then notes about missing samples.

    Args:
        evaluation: The evaluation.
        summary: Its summary. It is an argument so that it is computed only once.
    """
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
    stop: Flag | None = None,
) -> Evaluation:
    """Score samples as they come in, until all are there or a limit is reached.

    The limits are ``max_cost``, five failures in a row, and the flag ``stop``. Samples that are under way then are
    finished and counted. Ctrl-C ends at once and keeps what is there.

    Args:
        dataset: The questions and their scorer.
        arms: The names of the arms. The first one is the baseline.
        source: Where the samples come from.
        max_cost: No new sample starts after so many US dollars.
        watch: Called after each sample.
        stop: Ends the evaluation when it is set.

    Raises:
        ConfigError: ``max_cost`` is negative, two questions have the same id, or the scorer fails.
    """
    if max_cost is not None and not max_cost >= 0:
        raise ConfigError(f"max_cost must not be negative or NaN, it is {max_cost}")
    items = {item.id: item for item in dataset.items}
    if len(items) < len(dataset.items):
        twice = next(id_ for id_, times in Counter(item.id for item in dataset.items).items() if times > 1)
        raise ConfigError(f"two questions of {dataset.name} have the id {twice!r}: give each one of its own")
    tally, stop, reason = Tally([], []), stop or Flag(), ""
    try:
        with closing(source.samples(stop)) as samples:
            for sample in samples:
                _count(tally, dataset, items, sample)
                watch(tally)
                if not stop.is_set() and (reason := _limit_reached(tally, max_cost)):
                    stop.set()
    except KeyboardInterrupt:
        stop.set()
    whole = len(tally.outcomes) + len(tally.failures) >= len(items) * len(arms)
    stopped = "" if whole or not stop.is_set() else reason or INTERRUPTED
    by_order = {item: at for at, item in enumerate(items)}
    outcomes = sorted(tally.outcomes, key=lambda each: (by_order[each.item.id], arms.index(each.sample.arm)))
    broke_off = bool(stopped) and not _spent(tally, max_cost)
    failures = tuple(tally.failures)
    return Evaluation(
        dataset.name, len(items), tuple(arms), tuple(outcomes), failures, stopped, broke_off, source.keeps
    )


def _limit_reached(tally: Tally, max_cost: float | None) -> str:
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
