"""Summarises scored samples: the accuracy of each arm, and its difference to the first arm on the same questions.

Knows statistics; not models, and not how results are printed.
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
DEMO = 20  # questions of a small demonstration, for the note about power


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sample with its question and its score."""

    item: Item
    sample: Sample
    score: Score


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """The result of one arm. Tokens, words, cost and seconds are sums over its samples.

    Attributes:
        arm: The name of the arm.
        n: The number of samples.
        correct: How many are right.
        interval: The 95 % interval of the accuracy (Wilson).
        unfinished: How many runs a limit or an error ended.
        called: How many samples have a tool call.
        input_tokens: The tokens of all requests.
        output_tokens: The tokens that the model wrote.
        words: The words that the model wrote.
        cost: US dollars; None if a price is unknown.
        seconds: How long the runs took.
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
        """The share of right answers, from 0 to 1."""
        return self.correct / self.n

    @property
    def cost_per_correct(self) -> float | None:
        """US dollars for one right answer; None if the price is unknown or no answer is right."""
        return None if self.cost is None or not self.correct else self.cost / self.correct


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of an arm with the baseline, on the questions that both answered.

    Attributes:
        baseline: The name of the baseline, which is the first arm.
        arm: The name of the arm.
        pairs: How many questions both, one or neither got right.
        interval: The 95 % interval of the difference of the accuracies.
        p: The p value of McNemar's exact test.
        adjusted_p: ``p`` corrected for the number of arms (Holm). The verdict uses it.
        words_ratio: The arm's words divided by the baseline's; None if the baseline wrote nothing.
        power: The power of the test with as many questions as were asked.
        demo_chance: The power with 20 questions.
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
        """``helps`` or ``hurts`` if ``adjusted_p`` is below 0.05, otherwise ``not shown to differ``."""
        if self.adjusted_p >= SIGNIFICANCE:
            return "not shown to differ"
        return "helps" if self.pairs.difference > 0 else "hurts"


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of an evaluation.

    Attributes:
        arms: The arms in their order, without those that have no sample.
        contrasts: The comparisons with the first arm.
        kinds: The same for each kind of question: (kind, arms, contrasts). Empty if there is only one kind.
        parts: For each arm and each part of the scores: (arm, part, how many passed, how many it applies to).
    """

    arms: tuple[ArmSummary, ...]
    contrasts: tuple[Comparison, ...]
    kinds: tuple[tuple[str, tuple[ArmSummary, ...], tuple[Comparison, ...]], ...] = ()
    parts: tuple[tuple[str, str, int, int], ...] = ()


def summarise(outcomes: Iterable[Outcome], arms: Sequence[str]) -> Summary:
    """Summarise scored samples.

    An arm without a sample is left out. So is a comparison without a question that both arms answered.

    Args:
        outcomes: The scored samples.
        arms: The names of the arms. The first one is the baseline.
    """
    found = list(outcomes)
    kinds = sorted({outcome.item.kind for outcome in found})
    by_kind = []
    if len(kinds) > 1:
        for kind in kinds:
            these = [outcome for outcome in found if outcome.item.kind == kind]
            by_kind.append((kind, _arms(these, arms), _comparisons(these, arms)))
    return Summary(_arms(found, arms), _comparisons(found, arms), tuple(by_kind), _parts(found, arms))


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


def _comparisons(outcomes: Sequence[Outcome], arms: Sequence[str]) -> tuple[Comparison, ...]:
    by_arm = {arm: {each.item.id: each for each in outcomes if each.sample.arm == arm} for arm in arms}
    baseline, *others = arms
    compared = [_comparison(baseline, by_arm[baseline], arm, by_arm[arm]) for arm in others]
    found = [each for each in compared if each]
    adjusted = holm([each.p for each in found])
    return tuple(replace(each, adjusted_p=p) for each, p in zip(found, adjusted, strict=True))


def _comparison(baseline: str, before: dict[str, Outcome], arm: str, after: dict[str, Outcome]) -> Comparison | None:
    common = [item for item in before if item in after]
    if not common:
        return None
    pairs = Pairs.of((before[item].score.correct, after[item].score.correct) for item in common)
    words_before, words_after = (sum(found[item].sample.words for item in common) for found in (before, after))
    ratio = words_after / words_before if words_before else None
    p, chance = mcnemar_p(pairs), chance_of_seeing(pairs, DEMO)
    return Comparison(baseline, arm, pairs, difference_interval(pairs), p, p, ratio, power(pairs), chance)


def _parts(outcomes: Sequence[Outcome], arms: Sequence[str]) -> tuple[tuple[str, str, int, int], ...]:
    names = list(dict.fromkeys(part for outcome in outcomes for part in outcome.score.parts))
    rows = []
    for arm in arms:
        for part in names:
            said = [each.score.parts.get(part) for each in outcomes if each.sample.arm == arm]
            asked = [value for value in said if value is not None]
            rows.append((arm, part, sum(asked), len(asked)))
    return tuple(rows)
