"""How sure a comparison is: intervals, paired differences, exact tests and power, from counts alone.

Everything here is exact: the same counts give the same numbers, with no random draws. Knows scipy; not models or text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from orchestrator.core.errors import ConfigError
from orchestrator.runtime.extras import require

CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
_ENOUGH_POWER = 0.8
_MOST_QUESTIONS = 1_000_000  # beyond it nobody asks how many more


def needed() -> None:
    """Raise ConfigError if what the statistics need is not installed."""
    require("an evaluation", "evals", "scipy", "numpy")


@dataclass(frozen=True, slots=True)
class Interval:
    """What lies between ``low`` and ``high``, both as fractions of 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """How two arms fared on the same questions. ``lost``: only the baseline was right; ``gained``: only the arm."""

    both: int
    lost: int
    gained: int
    neither: int

    def __post_init__(self) -> None:
        if min(self.both, self.lost, self.gained, self.neither) < 0 or not self.n:
            raise ConfigError(f"a comparison needs at least one question that both arms answered, not {self}")

    @staticmethod
    def of(verdicts: Iterable[tuple[bool, bool]]) -> Pairs:
        """From (baseline right, arm right), one for each question."""
        found = [(bool(baseline), bool(arm)) for baseline, arm in verdicts]
        return Pairs(*(found.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))))

    @property
    def n(self) -> int:
        return self.both + self.lost + self.gained + self.neither

    @property
    def difference(self) -> float:
        """The arm's accuracy minus the baseline's."""
        return (self.gained - self.lost) / self.n


@dataclass(frozen=True, slots=True)
class Power:
    """How likely a difference of the measured size is to be seen with so many questions.

    ``chance``: with these ``n``; ``needed``: how many questions would show it four times in five, None where more than
    a million would not.
    """

    n: int
    chance: float
    needed: int | None


def accuracy_interval(correct: int, n: int) -> Interval:
    """Wilson's score interval, without continuity correction (Wilson 1927): it keeps its promise near 0 and 1 and
    for small n, where the textbook interval does not.
    """
    if not 0 <= correct <= n or not n:
        raise ConfigError(f"{correct} right of {n}: an accuracy needs at least one question")
    found = _scipy_stats().binomtest(correct, n).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(float(found.low), float(found.high))


def difference_interval(pairs: Pairs) -> Interval:
    """The percentile bootstrap interval of the paired difference, over questions.

    Resampling questions draws n values out of -1, 0 and 1. The distribution of their mean is known (Efron's *ideal
    bootstrap*, what endless resampling tends to), so it is computed, by the Fourier transform of its characteristic
    function, and nothing depends on a seed. Low and high are the smallest differences that at least 2.5 % and 97.5 %
    of the resamples do not exceed. BCa would differ by less than a tenth of a point from a few hundred questions on.
    """
    numpy = _load("numpy")
    n, size = pairs.n, 2 * pairs.n + 1
    frequency = 2 * numpy.pi * numpy.fft.fftfreq(size)
    one = (
        pairs.gained * numpy.exp(-1j * frequency) + pairs.lost * numpy.exp(1j * frequency) + pairs.both + pairs.neither
    )
    chances = numpy.roll(numpy.fft.ifft((one / n) ** n).real, n)  # of a net gain of -n … n questions
    below = numpy.cumsum(chances)
    tail = (1 - CONFIDENCE) / 2
    low, high = (int(numpy.searchsorted(below, tail if low_end else 1 - tail)) - n for low_end in (True, False))
    return Interval(low / n, high / n)


def mcnemar_p(pairs: Pairs) -> float:
    """McNemar's exact two-sided p: whether gains and losses could be the tosses of a fair coin (binomial test)."""
    decided = pairs.gained + pairs.lost
    return float(_scipy_stats().binomtest(pairs.gained, decided).pvalue) if decided else 1.0


def holm(values: Sequence[float]) -> list[float]:
    """The p values adjusted for their number (Holm 1979), in the order given: several arms are several chances."""
    ascending = sorted(range(len(values)), key=lambda at: values[at])
    adjusted, least = list(values), 0.0
    for rank, at in enumerate(ascending):
        least = max(least, min(1.0, (len(values) - rank) * values[at]))
        adjusted[at] = least
    return adjusted


def chance_of_seeing(pairs: Pairs, n: int) -> float:
    """The power of the exact test with ``n`` questions, if gains and losses are as frequent as in ``pairs``.

    The sum over the number m of questions on which the arms differ (binomial) of the chance that m tosses of a coin as
    unfair as measured are refused as fair.
    """
    decided = pairs.gained + pairs.lost
    if not decided:
        return 0.0
    numpy, binom = _load("numpy"), _scipy_stats().binom
    low, high = binom.ppf((1e-13, 1 - 1e-13), n, decided / pairs.n)
    differing = numpy.arange(int(low), int(high) + 1)
    critical = binom.ppf(SIGNIFICANCE / 2, differing, 0.5)  # the most gains, or losses, that the test still refuses
    critical -= 2 * binom.cdf(critical, differing, 0.5) > SIGNIFICANCE
    gain = pairs.gained / decided
    refused = binom.cdf(critical, differing, gain) + binom.cdf(critical, differing, 1 - gain)
    return float(numpy.sum(binom.pmf(differing, n, decided / pairs.n) * refused))


def power(pairs: Pairs, n: int | None = None) -> Power:
    """The power with ``n`` questions (without it, with as many as there were), and how many would be enough."""
    n = n or pairs.n
    return Power(n, chance_of_seeing(pairs, n), questions_needed(pairs))


def questions_needed(pairs: Pairs) -> int | None:
    """How many questions show a difference of this size four times in five; None beyond a million."""
    if not pairs.difference:
        return None
    few, many = 0, 8
    while chance_of_seeing(pairs, many) < _ENOUGH_POWER:
        if many >= _MOST_QUESTIONS:
            return None
        few, many = many, min(_MOST_QUESTIONS, many * 2)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if chance_of_seeing(pairs, middle) >= _ENOUGH_POWER else (middle, many)
    return many


def _scipy_stats() -> Any:
    return _load("scipy.stats")


def _load(module: str) -> Any:
    """Import a module of the extra when it is first used: scipy.stats takes a second."""
    needed()
    return import_module(module)
