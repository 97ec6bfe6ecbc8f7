"""Fitting how a question speaks for a tool: the rows, and weights that tell two made-up tools apart."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from benchmarks.function_calling.questions import question_of
from training.schema_evidence.__main__ import Row, _rows_of, balanced, fitted, main, own_rows, stored

from orchestrator.guidance.schema_evidence import read_table

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": []}
DESCRIBED = {"name": "get_weather", "description": "Weather of a city.", "parameters": {**SCHEMA, "type": "dict"}}


def question(category: str, answers: list[dict[str, dict[str, list[str]]]]) -> list[Row]:
    row = {"question": [[{"role": "user", "content": "The weather in Oslo?"}]], "function": [DESCRIBED]}
    return [*_rows_of(question_of(category, 0, row, answers))]


def test_each_set_says_something_else():
    answer = [{"get_weather": {"city": ["", "Oslo"]}}]
    (simple,) = question("simple_python", answer)
    assert [*simple.calls] == [{"city": "Oslo"}]
    assert set(simple.either) == {"city"}
    (multiple,) = question("multiple", answer)
    assert not multiple.for_parameters
    (parallel,) = question("parallel", answer * 2)
    assert (len(parallel.calls), parallel.for_tool) == (2, False)
    assert question("irrelevance", [])[0].calls == []
    assert question("multiple", [{"another": {}}]) == []


def test_a_regression_finds_what_tells_the_labels_apart():
    samples = [({"one": 1.0, "said": float(at % 2)}, at % 2 == 1, 1.0) for at in range(20)]
    weights = fitted(balanced(samples), 0.1)
    assert weights["said"] > 1
    assert weights["one"] < 0


def test_the_shipped_table_has_the_features_that_are_fitted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    rows = own_rows()
    assert len(rows) == 330
    some = [*rows[:12], *question("parallel", [{"get_weather": {"city": ["Oslo"]}}] * 2)]
    table = stored(some)
    shipped = read_table()
    assert table["asked"].keys() == shipped.asked.keys()
    assert table["more"].keys() == shipped.more.keys()
    assert table["given"].keys() <= shipped.given.keys()
    monkeypatch.setattr("training.schema_evidence.__main__.own_rows", lambda: some)
    monkeypatch.setattr("training.schema_evidence.__main__.rows_of_benchmark", lambda folder: iter(()))
    monkeypatch.setattr("training.schema_evidence.__main__.fetched", lambda cache: cache)
    monkeypatch.setattr(sys, "argv", ["fit", str(tmp_path / "table.json")])
    main()
    assert json.loads((tmp_path / "table.json").read_text("utf-8")) == table
