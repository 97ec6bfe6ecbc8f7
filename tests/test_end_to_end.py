"""The real embedded model, and the examples and documents that show it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.runtime import test_registry

from orchestrator import Example, Orchestrator, Run, Tool, ToolError, tools
from orchestrator.runtime import registry
from orchestrator.runtime.registry import load_tools

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.usefixtures("weights")


def python(*arguments: str, folder: Path = ROOT) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, timeout=300, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def run() -> Run:
    return Orchestrator("embedded").run("What is 323 * 458?")


def test_the_embedded_model_multiplies_with_one_call(run):
    assert run.finish == "answered"
    assert "147934" in run.answer
    assert [(call.name, call.argument, call.result) for call in run.calls] == [("CALCULATOR", "323*458", "147934")]


def test_the_embedded_model_respects_precedence():
    run = asyncio.run(Orchestrator("embedded").arun("100 + 200 * 3 = ?"))
    assert "700" in run.answer
    assert len(run.calls) == 1


def test_a_greeting_needs_no_call():
    assert Orchestrator("embedded").run("Hello!").calls == ()


@pytest.mark.parametrize(
    ("question", "argument", "result"),
    [
        ("What is the average of 4, 8 and 15?", "(4+8+15)/3", "9"),
        ("What's the mean of 12, 7 and 20?", "(12+7+20)/3", "13"),
        ("Find the average of -4, 8 and 14.", "(-4+8+14)/3", "6"),
        ("What is 20% of 50 plus 7?", "20/100*50+7", "17"),
        ("What is 15% of 80 minus 3?", "15/100*80-3", "9"),
        ("Combien font 20 % de 50 plus 7 ?", "20/100*50+7", "17"),
        ("What is 50 minus 7%?", "50-50*7/100", "46.5"),
        ("What is the square root of -4?", "√-4", "2i"),
        ("What is -5 times 3?", "-5*3", "-15"),
        ("What is 7 minus -3?", "7--3", "10"),
        ("Was ist -12 plus 4?", "-12+4", "-8"),
        ("How many a's are in banana?", "'banana'.count('a')", "3"),
        ("How many s's are in is?", "'is'.count('s')", "1"),
        ("How often does the letter e occur in these?", "'these'.count('e')", "2"),
        ("How many letters are in the word are?", "len('are')", "3"),
    ],
)
def test_what_is_asked_is_worked_out_and_nothing_else_is_said(question, argument, result):
    run = Orchestrator("embedded").run(question)
    assert [(call.argument, call.result) for call in run.calls] == [(argument, result)]
    assert run.answer_faithful
    known = re.findall(r"\d+(?:\.\d+)?", f"{question} {result}")
    assert set(re.findall(r"\d+(?:\.\d+)?", run.answer)) <= {*known, "2"}  # 2i


@pytest.mark.parametrize(
    "question",
    [
        "2**100000",
        "What is 9**9**9?",
        "What is 7 to the power of 1000000?",
        "Wie viel ist 3**200000?",
        "What is 5 divided by 0?",
        "What is log(0)?",
    ],
)
def test_after_an_error_no_other_question_is_answered(question):
    run = Orchestrator("embedded").run(question)
    assert [call.ok for call in run.calls] == [False]
    assert run.answer.startswith("I could not find that out: ")
    assert run.finish == "answered"


def fails(text: str) -> str:
    raise ToolError("no connection")


@pytest.mark.parametrize(
    "question", ["Who won the chess world cup in 2025?", "price of gold today", "weather in Oslo?"]
)
def test_a_search_that_fails_is_told(question):
    search = replace(load_tools(["WEB_SEARCH"])["WEB_SEARCH"], run=fails, check=None)
    run = Orchestrator("embedded", tools=[search]).run(question)
    assert [call.ok for call in run.calls] == [False]
    assert (run.answer, run.finish) == ("I could not find that out: no connection.", "answered")


SEND = Tool("SEND", "sends a message", lambda text: "sent")


@pytest.mark.parametrize(
    ("question", "argument"),
    [
        ("Send hello to Anna.", "hello to Anna"),
        ("Please send 'I am late' to Bob", "'I am late' to Bob"),
        ("Send: 30 euros for Tom", "30 euros for Tom"),
        ("What is 3 plus 4?", "3+4"),
        ("What is 5 divided by 0?", "5/0"),
        ("How many hours are in 3 days?", "3*24"),
        ("Thanks!", None),
    ],
)
def test_a_tool_without_examples_is_not_called_with_the_prompts_placeholder(question, argument):
    run = Orchestrator("embedded", tools=["CALCULATOR", SEND]).run(question)
    assert [call.argument for call in run.calls] == ([argument] if argument else [])


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("Nothing in the code fits", "Nothing in the code fits."),
        ("No such town is known.", "No such town is known."),
        ("12:00 in Oslo", "It is 12:00 in Oslo."),
        ("rain", "It is rain."),
    ],
)
def test_nothing_is_said_in_front_of_a_result(value, answer):
    example = Example("Which page has the login?", "login", "page 3", "Page 3 has it.")
    look = Tool("LOOK", "looks into the book", lambda text: value, (example,))
    run = Orchestrator("embedded", tools=[look]).run("Which page has the time difference?")
    assert (run.answer, run.answer_faithful) == (answer, True)


def test_resuming_evaluates_only_what_is_new(run):
    sent = run.usage.input_tokens.value - run.usage.cached_tokens.value
    first_prompt = run.usage.input_tokens.value // 2
    assert run.usage.input_tokens.source == "reported"
    assert sent < first_prompt + 40
    assert run.resume_mode == "raw"


def test_every_byte_of_the_real_context_has_an_origin(run):
    context = "".join(span.text for span in run.spans)
    assert context.startswith("<|im_start|>system\n")
    assert context.endswith(run.text)
    assert [span.text for span in run.spans if span.origin == "tool"] == ["[CALCULATOR_RESULT:147934]"]
    assert [span.text for span in run.spans if span.origin == "user"] == ["What is 323 * 458?"]


def test_a_chat_remembers(run):
    chat = Orchestrator("embedded").chat()
    assert "147934" in chat.run("What is 323 * 458?").answer
    assert chat.run("Hello!").calls == ()
    assert chat.run("What is 12 * 12?").calls[-1].result == "144"


def test_a_chat_remembers_a_sign():
    chat = Orchestrator("embedded").chat()
    asked = ("What is 3 minus 10?", "and half of that?", "times 3", "now add 20", "minus 30")
    assert [chat.run(question).calls[-1].result for question in asked] == ["-7", "-3.5", "-10.5", "9.5", "-20.5"]


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        ("multiplication.py", ["answer: 323 * 458 is 147934.", "CALCULATOR(323*458) = 147934"]),
        ("strawberry.py", ["directly", "chain of thought", "[PYTHON:'strawberry'.count('r')][PYTHON_RESULT:3]"]),
        ("custom_tool.py", ["[STOCK:pears][STOCK_RESULT:48]", "[CALCULATOR:48*15][CALCULATOR_RESULT:720]"]),
        ("sources.py", ["opened in May 2026. [1]", "[1] Town news, https://example.com/bridge"]),
        ("async_app.py", ["What is 323 * 458? → 323 * 458 is 147934.", "100 + 200 * 3 = ? → 100 + 200 * 3 is 700."]),
    ],
)
def test_an_example_runs_offline(example, shown):
    output = python(f"examples/{example}", "embedded")
    for text in shown:
        assert text in output


def test_the_recorded_test_passes():
    assert "1 passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/recorded_test.py")


def test_every_example_is_run_here():
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == {
        "async_app.py",
        "custom_tool.py",
        "multiplication.py",
        "recorded_test.py",
        "sources.py",
        "strawberry.py",
    }


def blocks(document: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)


@pytest.fixture
def in_tools(tmp_path, monkeypatch):
    """Puts a file into the folder of tools, and takes it out again."""

    def put(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
        registry._plugins.cache_clear()

    monkeypatch.setattr(tools, "__path__", [*tools.__path__, str(tmp_path)])
    yield put
    monkeypatch.undo()
    registry._plugins.cache_clear()


def test_the_tool_in_contributing_is_one_file_and_works(in_tools):
    in_tools("reverse", blocks("CONTRIBUTING.md", "python")[0])
    (tool,) = load_tools(["REVERSE"]).values()
    assert tool.run("stone") == "enots"
    for example in tool.examples:
        assert tool.run(example.argument) == example.result
    assert "reverse" in registry.names("tools")
    test_registry.test_every_registered_tool_keeps_the_contract("reverse")
    asked = Orchestrator("embedded", tools=["REVERSE"]).run("What is 'table' backwards?")
    assert asked.calls[0].result == "elbat"


def test_the_commands_in_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test", "check", "install"):
        assert f"\n{target}:" in makefile
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
