"""``orchestrator adapt`` on real parts: it trains, is stopped, goes on, and its adapter is used."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestrator import Orchestrator, Tool
from orchestrator.cli import app
from orchestrator.core.protocols import ModelOptions
from orchestrator.posttraining.adapting import split
from orchestrator.posttraining.rows import Row
from orchestrator.runtime.registry import load_model

TOOLS = '''
"""Tools of a lending library."""


def renew(card: str, weeks: int = 2) -> str:
    """Renew the loans of a reader.

    Args:
        card: The reader's card.
        weeks: For how long.
    """
    return f"renewed {card} for {weeks} weeks"


def _hidden() -> str:
    """Not a tool."""
    return ""
'''


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "mytools.py").write_text(TOOLS)
    lines = [
        {"question": f"please renew card {card}", "calls": [{"name": "renew", "arguments": {"card": card}}]}
        for card in ("A17", "B23", "C4", "D99", "E5", "F61", "G72", "H8", "I11", "J30", "K44", "L57")
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return ("--tools", str(tmp_path / "mytools.py"), "--questions", str(tmp_path / "mine.jsonl"))


def adapt(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["adapt", *options])
    return result.exit_code, result.output


def test_it_trains_measures_and_the_adapter_is_used(files: tuple[str, ...], tmp_path: Path):
    out = tmp_path / "own.gguf"
    code, printed = adapt(*files, "--out", str(out), "--epochs", "1", "--json")
    assert code == 0, printed
    report = json.loads(printed[printed.index("{") :])
    assert (report["trained"], report["held_out"], len(report["questions"])) == (8, 4, 4)
    assert report["curve"][-1]["step"] >= 1
    assert report["after"]["right"] >= 3
    model = load_model("embedded", ModelOptions(adapter=str(out)))
    assert model.info.trained
    assert model.info.name.endswith("+own")
    assert Orchestrator(model).run("What is 12 * 12?").answer


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_it_goes_on_after_kill_9(files: tuple[str, ...], tmp_path: Path):
    out, checkpoint = tmp_path / "own.gguf", tmp_path / "own.training" / "checkpoint.pt"
    command = [sys.executable, "-m", "orchestrator", "adapt", *files, "--out", str(out), "--epochs", "30"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not checkpoint.exists():
            assert process.poll() is None, "it ended without a checkpoint"
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not out.exists()
    steps = [json.loads(line)["step"] for line in (tmp_path / "own.training" / "curve.jsonl").read_text().splitlines()]
    code, printed = adapt(*files, "--out", str(out), "--epochs", "30", "--json")
    assert code == 0, printed
    curve = json.loads(printed[printed.index("{") :])["curve"]
    assert curve[0]["step"] > steps[-1]  # not from the beginning
    assert out.exists()


@pytest.mark.parametrize(
    ("tools", "questions", "said"),
    [
        ("x = 1", '{"question": "a"}', "has no tools"),
        ("raise RuntimeError('no')", '{"question": "a"}', "cannot be run: RuntimeError: no"),
        (TOOLS, '{"question": "a"}', "there are 1 questions: write at least 12"),
        (TOOLS, "", "there are 0 questions"),
        (TOOLS, '{"question": "a", "calls": [{"name": "other", "arguments": {}}]}', "line 1: there is no tool 'other'"),
        (TOOLS, '{"question": "a", "calls": [{"name": "renew", "arguments": {}}]}', "card is missing"),
        (TOOLS, "not json", "line 1"),
    ],
)
def test_what_cannot_be_learnt_is_named(tmp_path: Path, tools: str, questions: str, said: str):
    (tmp_path / "mytools.py").write_text(tools)
    (tmp_path / "mine.jsonl").write_text(questions)
    code, printed = adapt("--tools", str(tmp_path / "mytools.py"), "--questions", str(tmp_path / "mine.jsonl"))
    assert code == 2
    assert said in " ".join(printed.split())


def test_a_missing_file_is_named(tmp_path: Path):
    code, printed = adapt("--tools", str(tmp_path / "none.py"), "--questions", str(tmp_path / "none.jsonl"))
    assert code == 2
    assert "no Python file" in printed.replace("\n", " ")


def test_the_held_out_third_follows_from_the_seed():
    rows = [Row(str(number)) for number in range(12)]
    learnt, held_out = split(rows, 1)
    assert (len(learnt), len(held_out)) == (8, 4)
    assert {*learnt} | {*held_out} == {*rows}
    assert split(rows, 1) == (learnt, held_out)
    assert split(rows, 2) != (learnt, held_out)


def test_a_base_model_takes_no_adapter():
    with pytest.raises(Exception, match="without an adapter"):
        load_model("embedded:base", ModelOptions(adapter="own.gguf"))


def test_an_adapter_that_is_none_is_named(tmp_path: Path):
    (tmp_path / "no.gguf").write_text("no adapter")
    with pytest.raises(Exception, match="is not a GGUF file"):
        Orchestrator(load_model("embedded", ModelOptions(adapter=str(tmp_path / "no.gguf"))), tools=[]).run("hi")


def test_base_and_adapted_share_a_server_and_differ():
    base, adapted = load_model("embedded:base"), load_model("embedded:adapted")
    assert base.address == adapted.address  # type: ignore[attr-defined]
    assert (base.info.trained, adapted.info.trained) == (False, True)
    lookup = Tool.from_schema(
        "tide.times",
        "Times of high tide in a harbour.",
        {"type": "object", "properties": {"harbour": {"type": "string"}}, "required": ["harbour"]},
        lambda harbour: f"14:22 in {harbour}",
    )
    question = "When is high tide in Brest?"
    prompts = [Orchestrator(model, tools=[lookup], guidance=False).prompt(question) for model in (base, adapted)]
    assert len(prompts[1]) < len(prompts[0])
    run = Orchestrator(adapted, tools=[lookup], guidance=False).run(question)
    assert [call.argument for call in run.calls] == ['{"harbour": "Brest"}']
