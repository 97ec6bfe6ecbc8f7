"""The real embedded model, asked with and without its tool."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrator.cli import app

pytestmark = pytest.mark.usefixtures("weights")


def test_the_embedded_model_counts_letters_with_python_and_not_without():
    arguments = "letters --n 3 --arms direct,tools --model embedded --max-tokens 48 --db none --json"
    done = CliRunner().invoke(app, ["eval", *arguments.split()])
    assert done.exit_code == 0, done.stderr
    direct, tools = json.loads(done.stdout)["arms"]
    assert (direct["n"], tools["n"], tools["called"]) == (3, 3, 3)
    assert tools["correct"] >= 2 > direct["correct"]
    assert tools["cost"] == 0.0


def test_the_documented_comparison_runs_as_it_is_shown():
    """With a question for each arm instead of a hundred: the same lines, with other numbers."""
    page = (Path(__file__).parents[2] / "docs" / "evaluations.md").read_text(encoding="utf-8")
    found = re.search(r"^\$ orchestrator (eval letters .*)\n((?:[^$…].*\n)+)", page, re.MULTILINE)
    assert found
    command, shown = found.groups()
    done = CliRunner().invoke(app, [*command.replace("--n 100", "--n 1 --max-tokens 48 --db none").split()])
    assert done.exit_code == 0, done.stderr
    said = {line.split()[0] for line in done.stdout.splitlines()}
    assert {line.split()[0] for line in shown.splitlines()} <= said
