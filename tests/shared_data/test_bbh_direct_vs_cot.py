"""Real outputs of six BIG-Bench-Hard tasks: our verdicts are the file's own, and so are the statistics."""

from __future__ import annotations

import json
from math import isclose
from pathlib import Path

import pytest

from orchestrator.evals.recorded import rescore
from orchestrator.evals.scorers import auto
from orchestrator.evals.statistics import Pairs, mcnemar_p
from orchestrator.evals.wording import sentence

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "bbh_direct_vs_cot.jsonl"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA.name} is not beside the checkout")


def test_every_verdict_is_the_files_own():
    rescored = rescore(DATA, auto.score)
    assert rescored.verdicts == 2 * 1_437
    assert rescored.differ == ()


def test_the_statistics_are_those_of_the_files_verdicts():
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    summary = rescore(DATA, auto.score).evaluation.summary
    (contrast,) = summary.contrasts
    assert contrast.pairs == Pairs.of((row["direct_ok"], row["cot_ok"]) for row in rows)
    assert sentence(contrast) == ("CoT +18.3 points [15.4, 21.2], p = 3e-34, n = 1,437: helps; 33 × the output words.")
    for kind, arms, (of_kind,) in summary.kinds:
        these = [row for row in rows if row["task"] == kind]
        assert [arm.correct for arm in arms] == [sum(row[f"{arm.arm}_ok"] for row in these) for arm in arms]
        assert isclose(of_kind.p, mcnemar_p(Pairs.of((row["direct_ok"], row["cot_ok"]) for row in these)))
    assert {kind: of_kind.verdict for kind, _, (of_kind,) in summary.kinds} == {
        "boolean_expressions": "not shown to differ",
        "causal_judgement": "hurts",
        "date_understanding": "helps",
        "multistep_arithmetic_two": "helps",
        "object_counting": "helps",
        "word_sorting": "hurts",
    }
