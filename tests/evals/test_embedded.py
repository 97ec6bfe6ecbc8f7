"""The real embedded model, asked with and without its tool."""

from __future__ import annotations

import json

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
