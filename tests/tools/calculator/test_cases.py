"""The shared cases: what must come out, what must be explained, what must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestrator.core.errors import ToolError
from orchestrator.tools._calculator import calculate

CASES = json.loads((Path(__file__).parents[2] / "cases" / "calculator.json").read_text(encoding="utf-8"))
VALUES = [case for case in CASES if case["kind"] == "value"]
REFUSED = [case for case in CASES if case["kind"] != "value"]


def name(case):
    return ascii(case["input"])[1:40]


@pytest.mark.parametrize("case", VALUES, ids=name)
def test_a_case_has_its_value(case):
    answer = calculate(case["input"])
    if case["exact"]:
        assert answer == case["expected"]
    else:
        assert float(answer) == pytest.approx(float(case["expected"]), rel=1e-13)


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_a_case_is_refused_in_the_expected_words(case):
    with pytest.raises(ToolError) as caught:
        calculate(case["input"])
    assert case["expected"] in str(caught.value)
