"""Puts a comparison into words: one sentence, and a note about its power. Knows numbers and words; not layout."""

from __future__ import annotations

from orchestrator.evals.statistics import SIGNIFICANCE, Interval
from orchestrator.evals.summary import DEMO, ArmSummary, Comparison

_NAMES = {"cot": "CoT", "tools": "Tools", "direct": "Direct", "described": "Described"}


def sentence(comparison: Comparison) -> str:
    """Return e.g. `CoT +3.3 points [−0.1, 6.9], p = .08, n = 1,000: not shown to differ; 11 × the output words.`"""
    pairs = comparison.pairs
    against = "" if comparison.baseline == "direct" else f" against {comparison.baseline}"
    adjusted = ""
    if comparison.adjusted_p >= SIGNIFICANCE > comparison.p:
        adjusted = f" (p = {p_value(comparison.adjusted_p)} for this many arms)"
    words = f"; {times(comparison.words_ratio)} the output words" if comparison.words_ratio is not None else ""
    return (
        f"{name(comparison.arm)} {signed(100 * pairs.difference)} points{against} {bounds(comparison.interval)}, "
        f"p = {p_value(comparison.p)}, n = {pairs.n:,}: {comparison.verdict}{adjusted}{words}."
    )


def power_note(comparison: Comparison) -> str:
    """Return the power of the comparison in words, and how many questions it needs."""
    if not comparison.pairs.gained + comparison.pairs.lost:
        return f"Right on the same questions as {comparison.baseline}, every time."
    power = comparison.power
    needed = f"{rounded(power.needed)} questions show it four times in five" if power.needed else "no number shows it"
    here = f", with n = {power.n:,} it {seen(power.chance)}" if power.n != DEMO else ""
    return f"With n = {DEMO} an effect of this size {seen(comparison.demo_chance)}{here}; {needed}."


def name(arm: str) -> str:
    """Return the name of an arm for the beginning of a sentence."""
    return _NAMES.get(arm, arm)


def percent(fraction: float) -> str:
    """Return a fraction as a percentage without the sign, such as 58.8."""
    return f"{100 * fraction:.1f}"


def bounds(interval: Interval) -> str:
    """Return an interval in percentage points, such as [−0.1, 6.9]."""
    return f"[{_minus(f'{100 * interval.low:.1f}')}, {_minus(f'{100 * interval.high:.1f}')}]"


def signed(points: float) -> str:
    """Return a difference in points with its sign, such as +3.3."""
    return _minus(f"{points:+.1f}") if f"{points:.1f}".strip("-") != "0.0" else "±0.0"


def p_value(p: float) -> str:
    """Return a p value, such as .08, .005 or 3e-82. It is never rounded to the other side of 0.05."""
    if p < 0.001:
        return f"{p:.0e}".replace("e-0", "e-")
    digits = 2 if p >= 0.01 else 3
    while digits < 5 and (round(p, digits) >= SIGNIFICANCE) != (p >= SIGNIFICANCE):
        digits += 1
    return f"{p:.{digits}f}".removeprefix("0") if p < 0.995 else "1"


def times(ratio: float) -> str:
    """Return a ratio, such as 11 × or 2.4 ×."""
    return f"{ratio:,.0f} ×" if ratio >= 9.95 else f"{ratio:.1f} ×"


def seen(chance: float) -> str:
    """Return a probability in words."""
    if chance >= 0.995:
        return "is nearly always seen"
    if chance < 0.005:
        return "is hardly ever seen"
    if 0.475 <= chance <= 0.525:
        return "is seen half of the time"
    return f"is seen {100 * chance:.0f} % of the time"


def rounded(count: int) -> str:
    """Return a number rounded up to two significant digits: a forecast is not more exact."""
    unit = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // unit) * unit:,}"


def dollars(cost: float | None) -> str:
    """Return an amount with two significant digits, such as $0.0012; `free` for 0, and `?` if it is unknown."""
    if cost is None:
        return "?"
    if not cost:
        return "free"
    return f"${cost:,.2f}" if cost >= 1 else f"${cost:.2g}"


def per_correct(arm: ArmSummary) -> str:
    """Return the cost of one right answer."""
    return "none right" if not arm.correct else dollars(arm.cost_per_correct)


def _minus(text: str) -> str:
    text = "0.0" if text in ("-0.0", "+0.0") else text
    return text.replace("-", "−")
