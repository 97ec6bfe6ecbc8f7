"""Writes an evaluation as Markdown, as JSON, or as a recording to score again. Knows wording; not the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.evals.evaluation import Evaluation, headline
from orchestrator.evals.summary import ArmSummary, Comparison, Outcome
from orchestrator.evals.wording import bounds, dollars, name, per_correct, percent, power_note, sentence


def arms_table(arms: Sequence[ArmSummary], tools: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the rows of a table with a column for each arm. The first row has their names.

    Args:
        arms: The arms.
        tools: The names of the tools of each arm that has some. Without any, there is no row for them.
    """
    rows = [(what, *map(said, arms)) for what, said in _ROWS.items()]
    named = [("tools", *(", ".join(tools.get(arm.arm, ())) or "–" for arm in arms))] if tools else []
    return [("", *(arm.arm for arm in arms)), *named, *rows]


def answer_rows(outcomes: Iterable[Outcome], arms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each question: question, gold, and for each arm a mark and the extracted answer."""
    by_item: dict[str, dict[str, Outcome]] = {}
    for outcome in outcomes:
        by_item.setdefault(outcome.item.id, {})[outcome.sample.arm] = outcome
    for found in by_item.values():
        item = next(iter(found.values())).item
        yield (item.question, item.gold, *(_extracted(found.get(arm)) for arm in arms))


def markdown(evaluation: Evaluation, title: str) -> str:
    """Return the whole report: the sentences, the arms, each kind of question, and every extracted answer.

    Args:
        evaluation: The evaluation.
        title: The heading.
    """
    summary = evaluation.summary
    parts = [f"# {title}", "\n".join(f"- **{line}**" for line in headline(evaluation, summary))]
    parts += ["\n".join(f"- {name(each.arm)}: {power_note(each)}" for each in summary.contrasts)]
    parts += [_table(*arms_table(summary.arms, evaluation.tools))]
    for kind, arms, contrasts in summary.kinds:
        parts += [f"## {kind or 'others'}", "\n".join(f"- {sentence(each)}" for each in contrasts)]
        parts.append(_table(*arms_table(arms, {})))
    if summary.kinds:
        parts.append(f"{len(summary.kinds)} kinds are as many chances: one small p among them is no discovery.")
    if summary.parts:
        rows = ((arm, part, f"{right:,} of {asked:,}") for arm, part, right, asked in summary.parts)
        parts += ["## Parts", _table(("arm", "part", "fulfilled"), *rows)]
    parts += [
        "## Every answer",
        _table(("question", "gold", *evaluation.arms), *answer_rows(evaluation.outcomes, evaluation.arms)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return everything as JSON values, for programs. Numbers are not rounded."""
    summary = evaluation.summary
    return {
        "dataset": evaluation.dataset,
        "questions": evaluation.asked,
        "stopped": evaluation.stopped,
        "sentences": headline(evaluation, summary),
        "arms": [_arm_json(arm) | {"tools": list(evaluation.tools.get(arm.arm, ()))} for arm in summary.arms],
        "contrasts": [*map(_comparison_json, summary.contrasts)],
        "kinds": [
            {"kind": kind, "arms": [*map(_arm_json, arms)], "contrasts": [*map(_comparison_json, contrasts)]}
            for kind, arms, contrasts in summary.kinds
        ],
        "parts": [{"arm": arm, "part": part, "fulfilled": right, "n": n} for arm, part, right, n in summary.parts],
        "failures": [asdict(failure) for failure in evaluation.failures],
        "samples": [
            {
                **asdict(outcome.sample),
                "question": outcome.item.question,
                "gold": outcome.item.gold,
                "kind": outcome.item.kind,
                "extracted": outcome.score.extracted,
                "correct": outcome.score.correct,
                "parts": dict(outcome.score.parts),
            }
            for outcome in evaluation.outcomes
        ],
    }


def recording(evaluation: Evaluation) -> str:
    """Return JSONL with one line for each question: every arm's answer and verdict. ``recorded.rescore`` reads it."""
    rows: dict[str, dict[str, Any]] = {}
    for outcome in evaluation.outcomes:
        item, arm = outcome.item, outcome.sample.arm
        about = {"id": item.id, "question": item.question, "gold": item.gold, "kind": item.kind}
        row = rows.setdefault(item.id, about | ({"choices": list(item.choices)} if item.choices else {}))
        row |= {arm: outcome.sample.answer, f"{arm}_finish": outcome.sample.finish}
        row |= {f"{arm}_ok": outcome.score.correct}
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.values())


def _extracted(outcome: Outcome | None) -> str:
    if outcome is None:
        return "–"
    cut_off = "" if outcome.sample.finish == "answered" else f" ({outcome.sample.finish})"
    return f"{'✓' if outcome.score.correct else '✗'} {outcome.score.extracted or '(none)'}{cut_off}"


def _table(columns: Sequence[str], *rows: Sequence[str]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _arm_json(arm: ArmSummary) -> dict[str, Any]:
    return {**asdict(arm), "accuracy": arm.accuracy, "cost_per_correct": arm.cost_per_correct}


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    derived = {"difference": comparison.pairs.difference, "verdict": comparison.verdict}
    words = {"sentence": sentence(comparison), "power_note": power_note(comparison)}
    return {**asdict(comparison), **derived, **words}


_ROWS: dict[str, Callable[[ArmSummary], str]] = {
    "right": lambda arm: f"{percent(arm.accuracy)} %",
    "95 % interval": lambda arm: bounds(arm.interval),
    "right, of": lambda arm: f"{arm.correct:,} of {arm.n:,}",
    "cut off or failed": lambda arm: f"{arm.unfinished:,}",
    "with a tool call": lambda arm: f"{arm.called:,}",
    "words written": lambda arm: f"{arm.words:,}",
    "tokens in": lambda arm: f"{arm.input_tokens:,}" if arm.input_tokens else "?",
    "tokens out": lambda arm: f"{arm.output_tokens:,}" if arm.output_tokens else "?",
    "cost": lambda arm: dollars(arm.cost),
    "cost per right answer": per_correct,
    "seconds each": lambda arm: f"{arm.seconds / arm.n:.2f}" if arm.seconds else "?",
}
