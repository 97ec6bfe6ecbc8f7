"""600 recorded solutions of word problems, played through the loop: each recorded call is made again."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from orchestrator import Limits, Orchestrator
from orchestrator.core.chat_template import CHATML
from orchestrator.core.told_value import told_value
from orchestrator.core.types import ModelInfo
from orchestrator.models.scripted import ScriptedModel

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "replay_calculator.jsonl"
pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason=f"{RECORDED.name} is not beside the checkout")
TURN, RAW = ModelInfo("scripted:turn"), ModelInfo("scripted:raw", "raw", CHATML)


def replies(segments: list[dict[str, str]]) -> list[str]:
    """What the model writes in each step: its words up to a call, with the call."""
    steps, words = [], ""
    for segment in segments:
        if "call" in segment:
            steps.append(f"{words}[{segment['call']}:{segment['arg']}]")
            words = ""
        else:
            words += segment["text"]
    return [*steps, words or "."]


@pytest.mark.parametrize("info", [TURN, RAW], ids=["turn", "raw"])
def test_every_recorded_call_is_made_and_every_right_result_comes_out_again(info):
    rows = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    wrong: list[tuple[str, str, str]] = []
    calls = 0
    for row in rows:
        recorded = [segment for segment in row["segments"] if "call" in segment]
        model = ScriptedModel(replies(row["segments"]), info=info, chunk=7)
        run = Orchestrator(model, limits=Limits(max_tokens=10_000)).run(row["question"])
        assert run.finish == "answered", row
        assert [call.argument for call in run.calls] == [segment["arg"].strip() for segment in recorded]
        calls += len(run.calls)
        for call, segment in zip(run.calls, recorded, strict=True):
            if not call.ok or not close(call.result, segment["recorded"]):
                wrong.append((call.argument, call.result, segment["recorded"]))
    assert calls > 1_500
    # What is left was recorded wrongly: the model had overwritten the calculator's result with its own.
    assert all(not_what_python_says(argument, recorded) for argument, _, recorded in wrong), wrong


def close(result: str, recorded: str) -> bool:
    try:
        ours, theirs = Fraction(told_value(result)), Fraction(recorded.replace(",", ""))
    except ValueError:  # recorded as "2.0=2.0"
        return False
    return abs(ours - theirs) <= abs(theirs) / 10**9


def not_what_python_says(argument: str, recorded: str) -> bool:
    try:
        value = Fraction(eval(argument, {"__builtins__": {}}))  # our own data file, arithmetic only
    except (SyntaxError, TypeError, NameError):  # 150%, 10,440,000, an unknown x
        return True
    return not close(str(value.limit_denominator(10**12)), recorded)
