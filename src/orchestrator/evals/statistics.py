"""The statistics of a comparison: intervals, exact tests and power, computed from counts.

Everything is deterministic: the same counts give the same numbers, and no random numbers are drawn. Knows scipy; not
models or text.
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
_MOST_QUESTIONS = 1_000_000  # the search for the number of questions ends here


def needed() -> None:
    """Do nothing if scipy and numpy are installed.

    Raises:
        ConfigError: One of them is missing. The message has the line that installs it.
    """
    require("an evaluation", "evals", "scipy", "numpy")


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of an accuracy or a difference of accuracies. 1 is 100 %.

    Attributes:
        low: The lower end.
        high: The upper end.
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """The counts of two arms on the same questions: a 2 × 2 table of right and wrong.

    Attributes:
        both: Both arms are right.
        lost: Only the baseline is right.
        gained: Only the arm is right.
        neither: Both arms are wrong.

    Raises:
        ConfigError: A count is negative, or all are 0.
    """

    both: int
    lost: int
    gained: int
    neither: int

    def __post_init__(self) -> None:
        if min(self.both, self.lost, self.gained, self.neither) < 0 or not self.n:
            raise ConfigError(f"a comparison needs at least one question that both arms answered, not {self}")

    @staticmethod
    def of(verdicts: Iterable[tuple[bool, bool]]) -> Pairs:
        """Count pairs of (baseline is right, arm is right), one for each question."""
        found = [(bool(baseline), bool(arm)) for baseline, arm in verdicts]
        return Pairs(*(found.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))))

    @property
    def n(self) -> int:
        """The number of questions."""
        return self.both + self.lost + self.gained + self.neither

    @property
    def difference(self) -> float:
        """The arm's accuracy minus the baseline's, from -1 to 1."""
        return (self.gained - self.lost) / self.n


@dataclass(frozen=True, slots=True)
class Power:
    """The power of the test for a difference of the measured size.

    Attributes:
        n: The number of questions.
        chance: The probability that the test shows the difference with ``n`` questions.
        needed: How many questions show it with a probability of 0.8; None if a million do not.
    """

    n: int
    chance: float
    needed: int | None


def accuracy_interval(correct: int, n: int) -> Interval:
    """Return the 95 % interval of an accuracy: Wilson's score interval, without continuity correction.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), with p = correct / n and z = 1.96. Near 0 and 1 and for small n
    it covers the true value about as often as it says; the usual interval p ± z √(p(1-p)/n) does not.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212.

    Args:
        correct: The number of right answers.
        n: The number of answers.

    Raises:
        ConfigError: ``n`` is 0, or ``correct`` is not from 0 to ``n``.
    """
    if not 0 <= correct <= n or not n:
        raise ConfigError(f"{correct} right of {n}: an accuracy needs at least one question")
    found = _load("scipy.stats").binomtest(correct, n).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(float(found.low), float(found.high))


def difference_interval(pairs: Pairs) -> Interval:
    """Return the 95 % interval of the difference: the percentile interval of the paired bootstrap over questions.

    A resample draws n questions with replacement. Each has the value 1 (gained), -1 (lost) or 0. The distribution of
    their mean is the limit of infinitely many resamples, called the *ideal bootstrap*. It is computed exactly, so it
    depends on no seed. The characteristic function of one draw is
    (gained · exp(-iω) + lost · exp(iω) + both + neither) / n. Its n-th power is the discrete Fourier transform of the
    distribution of the sum. The inverse transform over 2n + 1 points gives that distribution. ``low`` and ``high`` are
    the smallest differences whose cumulative probability reaches 2.5 % and 97.5 %. From a few hundred questions on, the
    BCa interval differs by less than a tenth of a percentage point.

    Source: B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap* (1993), sections 6.2 (ideal bootstrap) and
    13.3 (percentile interval).
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
    """Return the two-sided p value of McNemar's exact test.

    If the arms do not differ, ``gained`` has a binomial distribution with ``gained + lost`` trials and probability ½.
    The p value is that of the binomial test. It is 1 if the arms were right on the same questions.

    Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12 (1947), 153-157, with the exact binomial distribution instead of the chi-squared one.
    """
    decided = pairs.gained + pairs.lost
    return float(_load("scipy.stats").binomtest(pairs.gained, decided).pvalue) if decided else 1.0


def holm(values: Sequence[float]) -> list[float]:
    """Return p values that are corrected for their number, in the order given.

    The i-th smallest of m values becomes max over j ≤ i of min(1, (m - j + 1) · p_j). Several arms are several chances
    to find a small p by accident.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979), 65-70.
    """
    ascending = sorted(range(len(values)), key=lambda at: values[at])
    adjusted, least = list(values), 0.0
    for rank, at in enumerate(ascending):
        least = max(least, min(1.0, (len(values) - rank) * values[at]))
        adjusted[at] = least
    return adjusted


def chance_of_seeing(pairs: Pairs, n: int) -> float:
    """Return the power of McNemar's exact test at the level 0.05, from 0 to 1.

    Gains and losses are taken to be as frequent as in ``pairs``. The power is the sum over m, the number of questions
    on which the arms differ, of P(m) · P(the test rejects | m). m has a binomial distribution with ``n`` trials and
    probability (gained + lost) / questions. Given m, the number of gains has a binomial distribution with m trials and
    probability gained / (gained + lost).

    Source: S. W. Duffy, "Asymptotic and exact power for the McNemar test and its analogue with R controls per case",
    Biometrics 40 (1984), 1005-1015.

    Args:
        pairs: The measured counts.
        n: The number of questions of the test whose power is computed.
    """
    decided = pairs.gained + pairs.lost
    if not decided:
        return 0.0
    numpy, binom = _load("numpy"), _load("scipy.stats").binom
    low, high = binom.ppf((1e-13, 1 - 1e-13), n, decided / pairs.n)
    differing = numpy.arange(int(low), int(high) + 1)
    critical = binom.ppf(SIGNIFICANCE / 2, differing, 0.5)  # the most gains, or losses, with which the test rejects
    critical -= 2 * binom.cdf(critical, differing, 0.5) > SIGNIFICANCE
    gain = pairs.gained / decided
    refused = binom.cdf(critical, differing, gain) + binom.cdf(critical, differing, 1 - gain)
    return float(numpy.sum(binom.pmf(differing, n, decided / pairs.n) * refused))


def power(pairs: Pairs, n: int | None = None) -> Power:
    """Return the power of McNemar's exact test, and how many questions are needed for a power of 0.8.

    Args:
        pairs: The measured counts.
        n: The number of questions. The default is that of ``pairs``.
    """
    n = n or pairs.n
    return Power(n, chance_of_seeing(pairs, n), questions_needed(pairs))


def questions_needed(pairs: Pairs) -> int | None:
    """Return how many questions the test needs for a power of 0.8; None if a million are too few.

    The number is doubled until the power is reached, and then found by bisection.
    """
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


def _load(module: str) -> Any:
    """Import a module of the extra when it is first used: scipy.stats takes a second to load."""
    needed()
    return import_module(module)
