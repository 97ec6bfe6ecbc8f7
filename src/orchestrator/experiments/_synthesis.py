"""The report on all experiments: expectations, observations, decisions, edge cases. Knows reports; no experiment."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.experiments._report import Answer, Report, Table, section, table


def synthesis(reports: Sequence[Report]) -> Report:
    """Return one report on all reports."""
    judged = [(report, answer) for report in reports for answer in report.answers if answer.held is not None]
    held = sum(bool(answer.held) for _, answer in judged)
    failed = [(report.name, answer.question, answer.answer) for report, answer in judged if not answer.held]
    parted = table(("experiment", "expected", "observed"), failed) if failed else "Nowhere."
    choices = [choice for report in reports for choice in report.choices]
    return Report(
        "synthesis",
        "Synthesis: theory against observation",
        f"{held} of {len(judged)} expectations held. How long each experiment took is in times.json, beside the reports, "
        "which are the same whenever they are made from the same inputs.",
        (
            section("Decisions", table(("what", "how"), choices)),
            section("Theory against observation", _table(reports)),
            section("Where theory and observation part", parted),
        ),
        tuple(_outcome(report) for report in reports),
        " ".join(report.decision for report in reports),
        "; ".join(f"{report.name}: {report.confidence}" for report in reports),
        tuple(edge for report in reports for edge in report.edges),
    )


def _outcome(report: Report) -> Answer:
    judged = [answer for answer in report.answers if answer.held is not None]
    if not judged:
        return Answer(f"{report.name}: what does it support?", report.decision, "the report's own decision")
    held = sum(bool(answer.held) for answer in judged)
    return Answer(
        f"{report.name}: did the expectations hold?", f"{held} of {len(judged)}", "the rule beside each answer", held == len(judged)
    )  # fmt: skip


def _table(reports: Sequence[Report]) -> Table:
    rows = [
        (report.name, answer.question, answer.held, answer.answer) for report in reports for answer in report.answers
    ]
    return table(("experiment", "question", "expectation held", "observed"), rows)
