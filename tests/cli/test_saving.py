from __future__ import annotations

import json

import pytest
import respx
from typer.testing import CliRunner

from orchestrator.cli import app
from orchestrator.core.run import Run

CALLS = "scripted:It is [CALCULATOR:6*7]"


def command(*arguments, **more):
    return CliRunner().invoke(app, list(arguments), **more)


def kept(path):
    return [Run.from_json(line) for line in path.read_text("utf-8").split("\n") if line]


def test_what_ask_chat_and_compare_save_is_exported_as_training_data(tmp_path):
    replies, runs = tmp_path / "replies.json", tmp_path / "runs.jsonl"
    replies.write_text('["[CALCULATOR:6*7]", "It is 42.\\u2028"]', "utf-8")
    calling = ("--model", f"scripted:{replies}", "--save", str(runs))
    assert command("ask", "What is 6 * 7?", *calling).exit_code == 0
    assert command("ask", "What is 6 * 7?", *calling, "--json").exit_code == 0
    assert command("chat", *calling, input="What is 6 * 7?\n").exit_code == 0
    assert (
        command("compare", "Hello?", "--arms", "direct,cot", "--model", "scripted:Hi.", "--save", str(runs)).exit_code
        == 0
    )
    assert [run.question for run in kept(runs)] == ["What is 6 * 7?"] * 3 + ["Hello?"] * 2
    done = command("export", str(runs), "--training")
    assert done.exit_code == 0, done.stderr
    assert "3 of 5 runs written" in done.stderr
    rows = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert next(each["text"] for each in rows[0]["segments"] if each["sampled"]) == "[CALCULATOR:6*7]"


def test_a_run_that_a_limit_ended_is_saved_as_well(tmp_path):
    runs = tmp_path / "runs.jsonl"
    done = command("ask", "q", "--model", CALLS, "--max-calls", "2", "--save", str(runs))
    assert done.exit_code == 1
    assert [run.finish for run in kept(runs)] == ["max_calls"]


@pytest.mark.parametrize("arguments", [("ask", "q"), ("chat",), ("compare", "q")])
def test_a_file_that_cannot_be_written_is_said_before_anything_is_asked(arguments, tmp_path):
    done = command(*arguments, "--model", "scripted:Hi.", "--save", str(tmp_path), input="q\n")
    assert done.exit_code == 2
    assert "--save" in done.stderr
    assert "Hi." not in done.stdout


@pytest.mark.parametrize(("model", "path"), [("completions:mine", "completions"), ("openai:mine", "chat/completions")])
@pytest.mark.parametrize("arguments", [("ask", "q", "--tools", "none"), ("compare", "q", "--arms", "direct")])
def test_a_server_of_ones_own_gets_the_key_in_the_variable_that_is_named(model, path, arguments, monkeypatch):
    monkeypatch.setenv("KEY_OF_MY_SERVER", "sk-mine")
    choice = {"index": 0, "text": "Hi.", "delta": {"content": "Hi."}, "finish_reason": "stop"}
    body = f"data: {json.dumps({'choices': [choice]})}\n\ndata: [DONE]\n\n"
    with respx.mock(using="httpcore2") as server:
        sent = server.post(f"http://models.test/v1/{path}").respond(
            200, content=body.encode(), headers={"content-type": "text/event-stream"}
        )
        done = command(
            *arguments, "--model", model, "--base-url", "http://models.test/v1", "--api-key-env", "KEY_OF_MY_SERVER"
        )
    assert done.exit_code == 0, done.stderr
    assert sent.calls.last.request.headers["authorization"] == "Bearer sk-mine"


def test_a_variable_that_is_not_set_is_said():
    done = command("ask", "q", "--model", "completions:m", "--base-url", "http://x.test/v1", "--api-key-env", "NO_SUCH")
    assert done.exit_code == 2
    assert "NO_SUCH is not set" in done.stderr
