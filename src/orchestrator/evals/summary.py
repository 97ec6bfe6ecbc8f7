"""From scored samples to what they say: each arm by itself, and each against the first, on the same questions.

Knows statistics; not models, and not how things are printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.evals.statistics import (
    SIGNIFICANCE,
    Interval,
    Pairs,
    Power,
    accuracy_interval,
    chance_of_seeing,
    difference_interval,
    holm,
    mcnemar_p,
    power,
)
from orchestrator.evals.types import Item, Sample, Score

Verdict = Literal["helps", "hurts", "not shown to differ"]
DEMO = 20  # questions of a demonstration, for the power note


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sample with its question and its score."""

    item: Item
    sample: Sample
    score: Score


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """One arm. ``unfinished`` counts samples that a limit or an error ended, ``called`` those with a tool call.

    ``cost`` is in US dollars, None where a price is unknown; ``seconds`` and ``words`` are sums over all samples.
    """

    arm: str
    n: int
    correct: int
    interval: Interval
    unfinished: int
    called: int
    input_tokens: int
    output_tokens: int
    words: int
    cost: float | None
    seconds: float

    @property
    def accuracy(self) -> float:
        return self.correct / self.n

    @property
    def cost_per_correct(self) -> float | None:
        """US dollars for one right answer; None where the price is unknown or nothing was right."""
        return None if self.cost is None or not self.correct else self.cost / self.correct


@dataclass(frozen=True, slots=True)
class Contrast:
    """An arm against the baseline, on the questions that both answered.

    ``adjusted_p`` is ``p`` corrected for the number of arms (Holm); the verdict goes by it. ``words_ratio`` is None
    where the baseline wrote nothing. ``demo_chance`` is the power with 20 questions.
    """

    baseline: str
    arm: str
    pairs: Pairs
    interval: Interval
    p: float
    adjusted_p: float
    words_ratio: float | None
    power: Power
    demo_chance: float

    @property
    def verdict(self) -> Verdict:
        if self.adjusted_p >= SIGNIFICANCE:
            return "not shown to differ"
        return "helps" if self.pairs.difference > 0 else "hurts"


@dataclass(frozen=True, slots=True)
class Summary:
    """``arms`` in their order, ``contrasts`` of all but the first with the first; ``kinds`` the same by kind of
    question; ``parts`` by arm and part: how many fulfilled it, of how many that it applies to.
    """

    arms: tuple[ArmSummary, ...]
    contrasts: tuple[Contrast, ...]
    kinds: tuple[tuple[str, tuple[ArmSummary, ...], tuple[Contrast, ...]], ...] = ()
    parts: tuple[tuple[str, str, int, int], ...] = ()


def summarise(outcomes: Iterable[Outcome], arms: Sequence[str]) -> Summary:
    """What the outcomes say. An arm without a sample is left out; so is a contrast without a common question."""
    found = list(outcomes)
    kinds = sorted({outcome.item.kind for outcome in found})
    by_kind = []
    if len(kinds) > 1:
        for kind in kinds:
            these = [outcome for outcome in found if outcome.item.kind == kind]
            by_kind.append((kind, _arms(these, arms), _contrasts(these, arms)))
    return Summary(_arms(found, arms), _contrasts(found, arms), tuple(by_kind), _parts(found, arms))


def _arms(outcomes: Sequence[Outcome], arms: Sequence[str]) -> tuple[ArmSummary, ...]:
    grouped = {arm: [each for each in outcomes if each.sample.arm == arm] for arm in arms}
    return tuple(_arm(arm, found) for arm, found in grouped.items() if found)


def _arm(arm: str, outcomes: Sequence[Outcome]) -> ArmSummary:
    samples = [outcome.sample for outcome in outcomes]
    correct = sum(outcome.score.correct for outcome in outcomes)
    costs = [sample.cost for sample in samples if sample.cost is not None]
    return ArmSummary(
        arm,
        len(samples),
        correct,
        accuracy_interval(correct, len(samples)),
        sum(sample.finish != "answered" for sample in samples),
        sum(bool(sample.calls) for sample in samples),
        sum(sample.input_tokens for sample in samples),
        sum(sample.output_tokens for sample in samples),
        sum(sample.words for sample in samples),
        sum(costs) if len(costs) == len(samples) else None,
        sum(sample.seconds for sample in samples),
    )


def _contrasts(outcomes: Sequence[Outcome], arms: Sequence[str]) -> tuple[Contrast, ...]:
    by_arm = {arm: {each.item.id: each for each in outcomes if each.sample.arm == arm} for arm in arms}
    baseline, *others = arms
    found = [
        contrast for arm in others if (contrast := _compared(baseline, by_arm[baseline], arm, by_arm[arm])) is not None
    ]
    adjusted = holm([contrast.p for contrast in found])
    return tuple(replace(contrast, adjusted_p=p) for contrast, p in zip(found, adjusted, strict=True))


def _compared(baseline: str, before: dict[str, Outcome], arm: str, after: dict[str, Outcome]) -> Contrast | None:
    common = [item for item in before if item in after]
    if not common:
        return None
    pairs = Pairs.of((before[item].score.correct, after[item].score.correct) for item in common)
    words = sum(before[item].sample.words for item in common)
    p = mcnemar_p(pairs)
    return Contrast(
        baseline,
        arm,
        pairs,
        difference_interval(pairs),
        p,
        p,
        sum(after[item].sample.words for item in common) / words if words else None,
        power(pairs),
        chance_of_seeing(pairs, DEMO),
    )


def _parts(outcomes: Sequence[Outcome], arms: Sequence[str]) -> tuple[tuple[str, str, int, int], ...]:
    names = list(dict.fromkeys(part for outcome in outcomes for part in outcome.score.parts))
    rows = []
    for arm in arms:
        for part in names:
            said = [each.score.parts.get(part) for each in outcomes if each.sample.arm == arm]
            asked = [value for value in said if value is not None]
            rows.append((arm, part, sum(asked), len(asked)))
    return tuple(rows)
