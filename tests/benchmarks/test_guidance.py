"""The ablation table is made of a file's questions, and each lever takes something away."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks import guidance

ASKED = [
    {"id": "a", "kind": "operation", "question": "What is 17 * 24?", "tool": "CALCULATOR", "answer": "408"},
    {"id": "b", "kind": "talk", "question": "Good morning!", "tool": ""},
]


def test_a_table_with_a_row_for_each_lever_and_the_places_of_each_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text("\n".join(map(json.dumps, ASKED)), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["guidance.py", str(file)])
    guidance.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "| all of it | 100.0 | 100.0 |"
    assert [line.split(" | ")[0] for line in lines[2:7]] == [
        "| all of it",
        "| without the calculator's proposals",
        "| without `ToolHints.find`",
        "| 50 % of the examples to vote",
        "| 25 % of the examples to vote",
    ]
    assert lines[-1].endswith("operation 1 of 1 (1 among five)")
