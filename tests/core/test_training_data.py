"""Runs as training data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from orchestrator import Orchestrator, Run
from orchestrator.cli import app
from orchestrator.core.chat_template import CHATML
from orchestrator.core.training_data import as_row, segments, token_mask, worth_learning
from orchestrator.core.types import ModelInfo
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.registry import plugin

CALL, SENTENCE = "[CALCULATOR:323*458]", " 323 * 458 is 147934."


@pytest.fixture(scope="module")
def run() -> Run:
    model = ScriptedModel([CALL, SENTENCE], info=ModelInfo("scripted", "raw", CHATML))
    return Orchestrator(model, tools=["CALCULATOR"]).run("What is 323 * 458?")


def test_only_what_the_model_sampled_is_to_be_learnt(run):
    parts = segments(run)
    assert [part.text for part in parts if part.sampled] == [CALL, SENTENCE]
    assert "".join(part.text for part in parts) == "".join(span.text for span in run.spans)
    assert "[CALCULATOR_RESULT:147934]" in [part.text for part in parts if not part.sampled][-1]


def test_tokens_are_masked_as_their_text_is(run):
    tokenizer = plugin("models.tokenizers", "qwen3")()
    tokens = token_mask(run, tokenizer)
    learnt = [number for number, masked in zip(tokens.ids, tokens.mask, strict=True) if masked]
    expected = [token.id for text in (CALL, SENTENCE) for token in tokenizer.split(text, control=False)]
    assert learnt == expected
    assert 0 < sum(tokens.mask) < len(tokens.mask)


def test_a_row_says_where_it_is_from(run):
    row = as_row(run, plugin("models.tokenizers", "qwen3")())
    assert row["question"] == "What is 323 * 458?"
    assert len(row["ids"]) == len(row["mask"])  # type: ignore[arg-type]


def test_runs_without_a_call_or_a_faithful_answer_teach_nothing(run):
    bad = [replace(run, calls=()), replace(run, answer_faithful=False), replace(run, finish="length")]
    assert list(worth_learning([run, *bad])) == [run]


def test_the_command_writes_one_object_a_line(run, tmp_path):
    stored = tmp_path / "runs.jsonl"
    stored.write_text(f"{run.to_json()}\n\n{replace(run, calls=()).to_json()}\n", "utf-8-sig")  # as some editors save
    out = tmp_path / "training.jsonl"
    done = CliRunner().invoke(app, ["export", str(stored), "--training", "--out", str(out)])
    assert done.exit_code == 0
    (line,) = out.read_text("utf-8").splitlines()
    assert json.loads(line)["segments"][-1] == {"text": SENTENCE, "sampled": True}
    done = CliRunner().invoke(app, ["export", str(stored), "--training", "--all"])
    assert done.stdout.count('"segments"') == 2


def test_half_a_character_that_a_model_said_breaks_no_export(run, tmp_path):
    stored, out = tmp_path / "runs.jsonl", tmp_path / "training.jsonl"
    half = replace(run, spans=(replace(run.spans[0], text="\ud83d"), *run.spans[1:]))
    stored.write_text(json.dumps(json.loads(half.to_json())), "utf-8")
    for written in ([], ["--out", str(out)]):
        done = CliRunner().invoke(app, ["export", str(stored), "--training", "--all", *written])
        assert done.exit_code == 0, done.output
    assert '"text": "?' in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nowhere.jsonl", "--training"], "cannot read"), (["{}", "--training"], "line 1"), (["{}"], "--training")],
)
def test_what_is_no_file_of_runs_is_named(arguments, message, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{}\n", "utf-8")
    done = CliRunner().invoke(app, ["export", *(str(broken) if each == "{}" else each for each in arguments)])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
