"""Every number again, by scipy and statsmodels, on a thousand random tables; published effects from their counts."""

from __future__ import annotations

import random
import sys
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, bootstrap
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from orchestrator.core.errors import ConfigError
from orchestrator.evals.statistics import (
    Pairs,
    accuracy_interval,
    chance_of_seeing,
    difference_interval,
    holm,
    mcnemar_p,
    power,
    questions_needed,
)

GSM8K = Pairs(both=88, lost=49, gained=450, neither=732)  # 10.4 % → 40.8 %
SVAMP = Pairs(both=438, lost=150, gained=183, neither=229)  # 58.8 % → 62.1 %
COMMONSENSE = Pairs(both=655, lost=185, gained=134, neither=247)  # 68.8 % → 64.6 %
counts = st.integers(0, 40)
tables = st.builds(Pairs, counts, counts, counts, st.integers(1, 40))


def random_tables(number, most):
    chance = random.Random(7)
    for _ in range(number):
        cells = [chance.randint(0, chance.choice((3, 30, most))) for _ in range(4)]
        yield Pairs(cells[0], cells[1], cells[2], cells[3] or 1)


def test_accuracy_and_p_agree_with_statsmodels_on_a_thousand_random_tables():
    for pairs in random_tables(1_000, 900):
        right = pairs.both + pairs.gained
        low, high = proportion_confint(right, pairs.n, method="wilson")
        found = accuracy_interval(right, pairs.n)
        assert isclose(found.low, low, abs_tol=1e-9)
        assert isclose(found.high, high, abs_tol=1e-9)
        again = mcnemar([[pairs.both, pairs.lost], [pairs.gained, pairs.neither]], exact=True).pvalue
        assert isclose(mcnemar_p(pairs), min(1.0, again), abs_tol=1e-9, rel_tol=1e-9)
        assert isclose(
            pairs.difference, (pairs.both + pairs.gained) / pairs.n - (pairs.both + pairs.lost) / pairs.n, abs_tol=1e-9
        )


def exact_resampling(pairs):
    """The distribution of the net gain in a resample, by summing over how many gains there are (scipy's binomials)."""
    n = pairs.n
    gains = np.arange(n + 1)
    chances = np.zeros(2 * n + 1)
    left = pairs.lost / (n - pairs.gained) if pairs.gained < n else 0.0
    for gained, chance in enumerate(binom.pmf(gains, n, pairs.gained / n)):
        losses = np.arange(n - gained + 1)
        chances[n + gained - losses] += chance * binom.pmf(losses, n - gained, left)
    return np.cumsum(chances)


def test_the_bootstrap_interval_agrees_with_a_sum_over_scipys_binomials_on_a_thousand_random_tables():
    for pairs in random_tables(1_000, 60):
        below, n = exact_resampling(pairs), pairs.n
        found = difference_interval(pairs)
        for end, tail in ((found.low, 0.025), (found.high, 0.975)):
            at = round(end * n) + n
            assert below[at] >= tail - 1e-9
            assert at == 0 or below[at - 1] < tail + 1e-9


@pytest.mark.parametrize("pairs", [SVAMP, Pairs(9, 4, 11, 6)])
def test_the_bootstrap_interval_is_what_scipys_resampling_tends_to(pairs):
    changes = np.repeat([0, -1, 1, 0], [pairs.both, pairs.lost, pairs.gained, pairs.neither])
    for method in ("percentile", "bca"):
        drawn = bootstrap(
            (changes,), np.mean, method=method, n_resamples=9_999, rng=np.random.default_rng(1)
        ).confidence_interval
        found = difference_interval(pairs)
        assert abs(drawn.low - found.low) < 1.5 / pairs.n + 0.001
        assert abs(drawn.high - found.high) < 1.5 / pairs.n + 0.001


@pytest.mark.parametrize(
    ("pairs", "points", "low", "high", "p"),
    [(GSM8K, 30.4, 27.4, 33.3, 3e-82), (SVAMP, 3.3, -0.1, 6.9, 0.08), (COMMONSENSE, -4.2, -7.1, -1.3, 0.005)],
)
def test_published_effects_come_out_of_their_counts(pairs, points, low, high, p):
    interval = difference_interval(pairs)
    assert round(100 * pairs.difference, 1) == points
    assert abs(100 * interval.low - low) < 0.25  # the published ends were drawn at random
    assert abs(100 * interval.high - high) < 0.25
    assert isclose(mcnemar_p(pairs), p, rel_tol=0.1)


def test_twenty_questions_show_the_gsm8k_effect_half_of_the_time():
    assert round(chance_of_seeing(GSM8K, 20), 2) == 0.49


def test_the_power_agrees_with_simulation():
    pairs, n, draws = Pairs(30, 10, 30, 30), 80, np.random.default_rng(3)
    drawn = draws.multinomial(n, [0.1, 0.3, 0.6], size=4_000)
    seen = [mcnemar_p(Pairs(0, lost, gained, 1)) < 0.05 for lost, gained, _ in drawn]
    assert abs(chance_of_seeing(pairs, n) - sum(seen) / len(seen)) < 0.03


@given(tables)
def test_the_questions_that_are_needed_are_enough_and_half_as_many_are_not(pairs):
    needed = questions_needed(pairs)
    if needed is not None and needed < 5_000:
        assert chance_of_seeing(pairs, needed) >= 0.8
        assert chance_of_seeing(pairs, needed // 2) < 0.8


@given(tables)
def test_swapping_the_arms_turns_every_number_round(pairs):
    turned = Pairs(pairs.both, pairs.gained, pairs.lost, pairs.neither)
    assert isclose(mcnemar_p(pairs), mcnemar_p(turned))
    assert isclose(chance_of_seeing(pairs, 50), chance_of_seeing(turned, 50), abs_tol=1e-12)
    one, other = difference_interval(pairs), difference_interval(turned)
    assert abs(one.low + other.high) <= 1 / pairs.n + 1e-12  # a quantile lies on one side of a step
    assert one.low <= pairs.difference <= one.high


def test_holm_agrees_with_statsmodels():
    chance = random.Random(5)
    for number in range(1, 9):
        values = [chance.random() ** 3 for _ in range(number)]
        assert holm(values) == pytest.approx(list(multipletests(values, method="holm")[1]), abs=1e-9)


def test_no_difference_has_no_power_and_needs_no_number():
    same = power(Pairs(5, 0, 0, 5))
    assert (same.chance, same.needed, mcnemar_p(Pairs(5, 0, 0, 5))) == (0.0, None, 1.0)
    assert power(Pairs(900_000, 50_000, 50_001, 1)).needed is None
    assert power(Pairs(0, 0, 10, 0), 3).n == 3


def test_tables_without_questions_are_refused():
    for wrong in (lambda: Pairs(0, 0, 0, 0), lambda: Pairs(-1, 1, 1, 1), lambda: accuracy_interval(0, 0)):
        with pytest.raises(ConfigError):
            wrong()


def test_pairs_are_counted_from_verdicts():
    assert Pairs.of([(True, True), (True, False), (False, True), (False, True), (False, False)]) == Pairs(1, 1, 2, 1)


def test_without_scipy_the_error_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ConfigError, match=r"pip install 'orchestrator-llm\[evals\]'"):
        accuracy_interval(1, 2)
