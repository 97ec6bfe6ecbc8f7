from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.evals.statistics import Pairs, chance_of_seeing, difference_interval, mcnemar_p, power
from orchestrator.evals.summary import Comparison
from orchestrator.evals.wording import dollars, p_value, power_note, rounded, seen, sentence, signed, times


def contrast(pairs, ratio=11.2, baseline="direct", arm="cot"):
    p = mcnemar_p(pairs)
    return Comparison(
        baseline, arm, pairs, difference_interval(pairs), p, p, ratio, power(pairs), chance_of_seeing(pairs, 20)
    )


def test_the_sentence_says_effect_interval_p_n_verdict_and_price():
    assert sentence(contrast(Pairs(438, 150, 183, 229))) == (
        "CoT +3.3 points [−0.3, 6.9], p = .08, n = 1,000: not shown to differ; 11 × the output words."
    )
    assert sentence(contrast(Pairs(88, 49, 450, 732))) == (
        "CoT +30.4 points [27.5, 33.3], p = 3e-82, n = 1,319: helps; 11 × the output words."
    )
    assert sentence(contrast(Pairs(655, 185, 134, 247), 2.04, "tools", "both")) == (
        "both −4.2 points against tools [−7.0, −1.3], p = .005, n = 1,221: hurts; 2.0 × the output words."
    )
    assert sentence(contrast(Pairs(5, 0, 0, 5), None)) == (
        "CoT ±0.0 points [0.0, 0.0], p = 1, n = 10: not shown to differ."
    )


def test_several_arms_are_several_chances_and_the_sentence_says_so():
    one = contrast(Pairs(10, 10, 23, 10))
    assert one.verdict == "helps"
    several = replace(one, adjusted_p=2 * one.p)
    assert several.verdict == "not shown to differ"
    assert "not shown to differ (p = .07" in sentence(several)
    assert "for this many arms)" in sentence(several)


def test_the_power_note_says_what_so_few_questions_show():
    assert power_note(contrast(Pairs(88, 49, 450, 732))) == (
        "With n = 20 an effect of this size is seen half of the time, with n = 1,319 it is nearly always seen; "
        "32 questions show it four times in five."
    )
    assert "2,500 questions show it" in power_note(contrast(Pairs(438, 150, 183, 229)))
    assert "no number shows it" in power_note(contrast(Pairs(1, 3, 3, 1)))
    assert power_note(contrast(Pairs(1, 0, 0, 1))) == "Right on the same questions as direct, every time."


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.08, ".08"), (0.5, ".50"), (0.0049, ".005"), (3.17e-82, "3e-82"), (0.0004, "4e-4"), (1.0, "1"),
     (0.0496, ".0496"), (0.0499999, ".05000"), (0.05, ".05"), (0.994, ".99")],
)  # fmt: skip
def test_a_p_value_is_short_and_never_rounded_across_the_threshold(p, text):
    assert p_value(p) == text


def test_small_words():
    assert (signed(-0.04), signed(3.25), signed(-9.6)) == ("±0.0", "+3.2", "−9.6")
    assert (times(11.2), times(2.44), times(9.96)) == ("11 ×", "2.4 ×", "10 ×")
    assert [seen(x) for x in (0.0, 0.2, 0.49, 0.999)] == [
        "is hardly ever seen",
        "is seen 20 % of the time",
        "is seen half of the time",
        "is nearly always seen",
    ]
    assert (rounded(2455), rounded(32), rounded(7)) == ("2,500", "32", "7")
    assert [dollars(x) for x in (None, 0.0, 0.00123, 12.5)] == ["?", "free", "$0.0012", "$12.50"]
