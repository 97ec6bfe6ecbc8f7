"""The 4,000 calculations that GSM8K's own solutions contain, each exactly right."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from orchestrator.tools._calculator import calculate

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "gsm8k_calculations.jsonl"


@pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not on this machine")
def test_every_calculation_of_gsm8k_is_exactly_right():
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    wrong = [row for row in rows if Fraction(calculate(row["expr"])) != Fraction(row["gold"])]
    assert len(rows) == 4_000
    assert wrong == []
