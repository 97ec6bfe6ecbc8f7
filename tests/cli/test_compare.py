from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestrator.cli import app, terminal
from orchestrator.cli.columns import Columns
from orchestrator.core.errors import ModelError
from orchestrator.core.types import Reasoning, Text, ToolCall, ToolResult

ARMS = ("direct", "cot", "tools")


def compare(*arguments):
    return CliRunner().invoke(app, ["compare", *arguments])


def screen(columns, width=90, height=20, terminal=True):
    shown = io.StringIO()
    console = Console(file=shown, width=width, height=height, force_terminal=terminal, color_system=None)
    console.print(columns)
    return shown.getvalue()


def test_in_a_pipe_the_arms_stand_one_under_the_other():
    done = compare("How many?", "--model", "scripted:There are 3.")
    assert done.exit_code == 0
    assert [line.strip("─ ") for line in done.stdout.splitlines() if line.startswith("─")] == list(ARMS)
    assert done.stdout.count("There are 3.") == 3
    assert "orchestrator eval measures" in done.stderr


def test_json_holds_every_run():
    report = json.loads(compare("How many?", "--model", "scripted:3", "--arm", "mine=cot+described", "--json").stdout)
    assert [arm["arm"] for arm in report["arms"]] == [*ARMS, "mine"]
    assert {arm["run"]["answer"] for arm in report["arms"]} == {"3"}


def test_a_question_from_standard_input_stands_in_the_json():
    done = CliRunner().invoke(
        app, ["compare", "-", "--arms", "direct", "--model", "scripted:3", "--json"], input="How many?"
    )
    assert json.loads(done.stdout)["question"] == "How many?"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--arms", "nonsense"), 2, "unknown setting"),
        (("--arms", "direct,native", "--model", "scripted:x"), 2, "function calling"),
        (("--arms", "direct", "--arm", "bad=model:scripted:absent.json"), 2, "cannot read the script"),
        (("--arms", "direct", "--model", "scripted:x", "--max-tokens", "0"), 2, ""),
        (("--model", "scripted:x", "--grammars", "grammar"), 2, "scripted does not use grammars"),
        (("--model", "scripted:x", "--price", "cot=1,2"), 2, "--price cot=… is for an arm with a model of its own"),
        (("--model", "scripted:x", "--price", "nope=1,2", "--arm", "a=model:scripted:y"), 2, "its own (a)"),
        (("--model", "scripted:x", "--price", "1,2", "--price", "3,4"), 2, "a second price"),
        (("--model", "scripted:x", "--price", "a=x", "--arm", "a=model:scripted:y"), 2, "INPUT,OUTPUT in dollars"),
    ],
)
def test_wrong_use_is_a_line_and_a_status(arguments, status, said):
    done = compare("How many?", *arguments)
    assert done.exit_code == status
    assert said in done.stderr


def test_an_arm_whose_server_fails_shows_why_beside_the_others(tmp_path):
    (tmp_path / "replies.json").write_text('["only one"]', "utf-8")
    done = compare("How many?", "--model", f"scripted:{tmp_path / 'replies.json'}", "--arms", "direct,cot")
    assert done.exit_code == 1
    assert "only one" in done.stdout
    assert "the script has 1 replies" in done.stdout


def test_in_a_terminal_each_arm_has_its_column():
    columns = Columns(ARMS)
    columns.live = False
    columns.add("direct", Text("There are 2."))
    columns.add("tools", ToolCall("PYTHON", "x", "[PYTHON:x]"))
    columns.add("tools", ToolResult("PYTHON", "x", "3", True, 0.1))
    columns.add("cot", Reasoning("hm"))
    columns.add("cot", ModelError("gone"))
    head, words, *_ = screen(columns).splitlines()
    assert head.split() == list(ARMS)
    assert words.split() == ["There", "are", "2.", "hm", "[PYTHON:x][PYTHON_RESULT:3]"]
    assert "gone" in screen(columns)
    assert screen(columns, width=40).count("─ ") >= 3, "one under the other where there is no room"


def test_while_it_runs_only_the_last_lines_that_fit_are_shown_under_the_names():
    columns = Columns(ARMS)
    for number in range(200):
        columns.add("cot", Text(f"line {number}\n"))
    lines = screen(columns, height=10).splitlines()
    assert len(lines) <= 9
    assert lines[0].split() == list(ARMS)
    assert any("line 199" in line for line in lines)
    columns.live = False
    assert len(screen(columns, height=10).splitlines()) > 200


def test_a_models_words_cannot_steer_the_terminal():
    columns = Columns(("direct",))
    columns.add("direct", Text("\x1b[2Jgone[bold]"))
    assert "\x1b" not in screen(columns, terminal=False)
    assert "[bold]" in screen(columns, terminal=False)


def test_the_moving_view_ends_with_everything(monkeypatch):
    shown = io.StringIO()
    console = Console(file=shown, width=90, height=20, force_terminal=True, color_system=None)
    monkeypatch.setattr(terminal, "out", console)
    assert compare("How many?", "--model", "scripted:There are 3.").exit_code == 0
    assert shown.getvalue().count("There are 3.") >= 3
