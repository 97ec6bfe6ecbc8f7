"""``orchestrator ask --output-type schema.json``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrator import Run
from orchestrator.cli import app

SCHEMA = {"type": "object", "properties": {"total": {"type": "integer"}}, "required": ["total"]}
runner = CliRunner()


@pytest.fixture
def schema(tmp_path: Path) -> str:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA), "utf-8")
    return str(path)


def replies(tmp_path: Path, *texts: str) -> str:
    path = tmp_path / "replies.json"
    path.write_text(json.dumps(texts), "utf-8")
    return f"scripted:{path}"


def test_the_answer_alone_is_printed_as_json(tmp_path: Path, schema: str) -> None:
    model = replies(tmp_path, "[CALCULATOR:6*7]", 'So: {"total": 42}')
    done = runner.invoke(app, ["ask", "How many?", "-m", model, "-t", "CALCULATOR", "--output-type", schema])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"total": 42}
    assert "answered · 1 call" in done.stderr


def test_json_holds_the_output_too(tmp_path: Path, schema: str) -> None:
    kept = tmp_path / "runs.jsonl"
    model = replies(tmp_path, '{"total": 9007199254740993}')
    done = runner.invoke(app, ["ask", "q", "-m", model, "--output-type", schema, "--json", "--save", str(kept)])
    assert json.loads(done.stdout)["output"] == {"total": 9007199254740993}
    assert Run.from_json(kept.read_text("utf-8")).answer == '{"total": 9007199254740993}'


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_answer_that_does_not_fit_is_an_error(tmp_path: Path, schema: str, options: list[str]) -> None:
    model = replies(tmp_path, "none", '{"total": "42"}')
    done = runner.invoke(app, ["ask", "q", "-m", model, "--output-type", schema, *options])
    assert done.exit_code == 1
    if options:
        assert json.loads(done.stdout)["output"] is None
    else:
        assert done.stdout == ""
        assert 'invalid_output: total: write number, not "42"' in done.stderr


def test_without_the_option_nothing_changes(tmp_path: Path) -> None:
    done = runner.invoke(app, ["ask", "q", "-m", replies(tmp_path, "Hello."), "--json"])
    assert "output" not in json.loads(done.stdout)


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "is not JSON"), ("[1]", "holds no JSON schema"), ('{"type": "nonsense"}', "is no JSON schema")],
)
def test_a_file_without_a_schema_is_wrong_use(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text, "utf-8")
    done = runner.invoke(app, ["ask", "q", "-m", "scripted:hello", "--output-type", str(path)])
    assert (done.exit_code, words in done.stderr) == (2, True)
    missing = runner.invoke(app, ["ask", "q", "-m", "scripted:hello", "--output-type", str(tmp_path / "none.json")])
    assert (missing.exit_code, "check the path" in missing.stderr) == (2, True)


def test_prompt_shows_the_schema(schema: str) -> None:
    done = runner.invoke(app, ["prompt", "q", "-m", "scripted:hello", "-t", "none", "--output-type", schema])
    assert "── schema ──" in done.stdout
