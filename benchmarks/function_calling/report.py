"""The results as rows, with intervals and exact paired statistics, and as tables. Knows results; not models.

Of a ``live_`` category a row says totals over all questions, or that they are not complete.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.function_calling.questions import is_live, wants_calls
from benchmarks.function_calling.results import Result

from orchestrator.evals.statistics import (
    Interval,
    Pairs,
    accuracy_interval,
    difference_interval,
    holm,
    mcnemar_p,
)
from orchestrator.evals.wording import bounds, p_value, percent, signed


@dataclass(frozen=True, slots=True)
class Against:
    """A comparison with the first arm on the questions that both were asked.

    Attributes:
        arm: The first arm's name.
        n: How many questions both were asked.
        points: The first arm's accuracy is the zero; 1 is 100 %.
        interval: The 95 % interval of the difference.
        p: McNemar's exact test, corrected (Holm) for the number of arms.
    """

    arm: str
    n: int
    points: float
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class Row:
    """The totals of one category and arm.

    Attributes:
        category: The category.
        arm: The arm.
        n: How many questions have a result.
        of: How many were chosen.
        right: How many have all calls right. For irrelevance: how many have no call.
        interval: The 95 % interval of the share that is right.
        name: How many have the right functions called; None for irrelevance.
        no_call: How many have no call.
        invalid: How many ran an invalid call.
        failed: How many runs raised an exception.
        median: Seconds of the median question.
        mean: Mean seconds of a question.
        against: The comparison with the first arm; None for the first arm itself.
    """

    category: str
    arm: str
    n: int
    of: int
    right: int
    interval: Interval
    name: int | None
    no_call: int
    invalid: int
    failed: int
    median: float
    mean: float
    against: Against | None


def rows_of(category: str, of: int, arms: Mapping[str, Mapping[int, Result]]) -> list[Row]:
    """Return a row for each arm that has results. A ``live_`` category has rows of complete results only.

    Args:
        category: The category.
        of: How many questions were chosen.
        arms: The results of each arm by the question's place. The first arm is what the others are compared with.
    """
    known = {arm: found for arm, found in arms.items() if found and (len(found) == of or not is_live(category))}
    compared = _comparisons(known)
    return [_row(category, arm, of, list(found.values()), compared.get(arm)) for arm, found in known.items()]


def _row(category: str, arm: str, of: int, results: Sequence[Result], against: Against | None) -> Row:
    n, right = len(results), sum(each.right for each in results)
    seconds = [each.seconds for each in results]
    return Row(
        category,
        arm,
        n,
        of,
        right,
        accuracy_interval(right, n),
        sum(each.name for each in results) if wants_calls(category) else None,
        sum(not each.called for each in results),
        sum(each.invalid for each in results),
        sum(each.failed for each in results),
        statistics.median(seconds),
        statistics.fmean(seconds),
        against,
    )


def _comparisons(arms: Mapping[str, Mapping[int, Result]]) -> dict[str, Against]:
    if not arms:
        return {}
    (first, base), *rest = arms.items()
    pairs = {
        arm: Pairs.of((base[at].right, found[at].right) for at in base.keys() & found.keys())
        for arm, found in rest
        if base.keys() & found.keys()
    }
    corrected = holm([mcnemar_p(each) for each in pairs.values()])
    return {
        arm: Against(first, each.n, each.difference, difference_interval(each), p)
        for (arm, each), p in zip(pairs.items(), corrected, strict=True)
    }


HEAD = (
    "arm", "n", "right functions", "right calls", "95 % interval", "no call", "invalid", "errors", "median s", "mean s",
)  # fmt: skip
SHORT = ("", "n", "functions", "right calls, 95 %", "no call", "invalid", "errors", "median s", "mean s")
"""The same for a terminal, with the interval beside the share."""


def cells(row: Row, label: str) -> tuple[str, ...]:
    """Return a row's cells in the order of ``HEAD``.

    Args:
        row: The row.
        label: What the arm is called.
    """
    return (
        label,
        f"{row.n}" if row.n == row.of else f"{row.n} of {row.of}",
        "" if row.name is None else f"{percent(row.name / row.n)} %",
        f"{percent(row.right / row.n)} %",
        bounds(row.interval),
        f"{percent(row.no_call / row.n)} %",
        str(row.invalid),
        str(row.failed),
        f"{row.median:.2f}",
        f"{row.mean:.2f}",
    )


def short(row: Row) -> tuple[str, ...]:
    """Return a row's cells in the order of ``SHORT``."""
    label, n, name, right, interval, *rest = cells(row, row.arm)
    return (label, n, name, f"{right} {interval}", *rest)


def sentence(row: Row, label: str) -> str:
    """Return the comparison with the first arm in words; "" for the first arm.

    Args:
        row: The row.
        label: What the arm is called.
    """
    if row.against is None:
        return ""
    points, interval = signed(100 * row.against.points), bounds(row.against.interval)
    p = p_value(row.against.p)
    return f"{label}: {points} points against {row.against.arm} {interval}, p = {p}, n = {row.against.n:,}"


def markdown(rows: Sequence[Row], labels: Mapping[str, str]) -> str:
    """Return the tables of the documentation: right calls by arm and category, then everything by category.

    Args:
        rows: The rows.
        labels: What arms are called, if not by their names.
    """
    categories, arms = list(dict.fromkeys(row.category for row in rows)), list(dict.fromkeys(row.arm for row in rows))
    by = {(row.category, row.arm): row for row in rows}
    sizes = {row.category: row.n for row in rows}
    head = ("right calls", *(f"{category} {sizes[category]:,}" for category in categories))
    shares = [(labels.get(arm, arm), *(_share(by.get((category, arm))) for category in categories)) for arm in arms]
    parts = [_table(head, shares)]
    for category in categories:
        found = [(row, labels.get(row.arm, row.arm)) for row in rows if row.category == category]
        parts.append(_table((category, *HEAD[1:]), [cells(row, label) for row, label in found]))
        parts += [f"{said}." for row, label in found if (said := sentence(row, label))]
    return "\n\n".join(parts)


def _share(row: Row | None) -> str:
    return f"{percent(row.right / row.n)} %" if row else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
