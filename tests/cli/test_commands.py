"""What holds for every command and every option, found by asking the program for them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from orchestrator.cli import app


def commands(command: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command and group with the words that call it."""
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, *words, name)


ALL = dict(commands(typer.main.get_command(app)))
VALUE_OPTIONS = [
    (words, max(option.opts, key=len))
    for words, command in ALL.items()
    for option in command.params
    if option.param_type_name == "option" and not option.is_flag and option.default != ""
]


def parsed(words: list[str]) -> None:
    """Read a command line as the program does, and run nothing. An error is raised."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("orchestrator", words)
    while hasattr(command, "commands") and context._protected_args:
        _, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(command.name, words, parent=context)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_the_help_of_every_command_has_an_example_that_it_understands(words):
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    examples = [line.partition("Example: ")[2] for line in shown.stdout.splitlines() if "Example: " in line]
    assert examples
    for example in examples:
        program, *given = shlex.split(example)
        assert program == "orchestrator"
        spoken = [word for word in words if words != ("eval", "run") or word != "run"]  # "eval letters" is short for it
        assert given[: len(spoken)] == spoken
        parsed(given)


@pytest.mark.parametrize(
    "line", ["ask", "ask q --nope", "eval letters --n x", "models fetch", "tool CALCULATOR", "nope"]
)
def test_an_example_that_the_program_does_not_understand_would_be_seen(line):
    with pytest.raises(Exception, match=r"Missing|No such|valid"):
        parsed(shlex.split(line))


def test_every_option_with_a_value_is_found():
    found = {option for _, option in VALUE_OPTIONS}
    assert found >= {"--out", "--save", "--temperature", "--max-cost", "--resume", "--host", "--port", "--mcp-env"}
    assert found >= {
        "--model",
        "--tools",
        "--api-key-env",
        "--base-url",
        "--mcp",
        "--price",
        "--arm",
        "--scorer",
        "--db",
    }


@pytest.mark.parametrize(("words", "option"), VALUE_OPTIONS, ids="".join)
@pytest.mark.parametrize("value", ["", "  ", " , "])
def test_an_option_without_a_value_is_refused(words, option, value):
    needed = [each.name for each in ALL[words].params if each.param_type_name == "argument" and each.required]
    done = CliRunner().invoke(app, [*words, *needed, option, value])
    assert done.exit_code == 2
    assert "it is empty: give a value, or leave the option out" in " ".join(done.stderr.replace("│", " ").split())
    assert option in done.stderr


def test_an_option_whose_default_is_empty_may_be_empty():
    done = CliRunner().invoke(app, ["ask", "q", "--model", "scripted:Hi.", "--system", ""])
    assert (done.exit_code, done.stdout) == (0, "Hi.\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "ask q --model openai:x --base-url http://localhost/v1 --template chatml",
            "openai does not use template (--template)",
        ),
        (
            "ask q --model completions:x --base-url http://localhost/v1 --resume turn",
            "completions does not use resume (--resume)",
        ),
        ("ask q --model embedded --price 1,2", "embedded does not use price (--price)"),
        ("ask q --model embedded --grammars grammar", "embedded does not use grammars (--grammars)"),
        ("chat --model embedded --base-url http://localhost/v1", "embedded does not use base_url (--base-url)"),
        ("prompt q --model scripted:x --resume prefill", "scripted does not use resume (--resume)"),
        ("compare q --model scripted:x --base-url http://localhost/v1", "scripted does not use base_url (--base-url)"),
        ("compare q --model scripted:x --arm e=model:embedded --price e=1,2", "embedded does not use price (--price)"),
        (
            "ask q --model openai:x --base-url http://localhost/v1 --protocol native --resume turn",
            "resume (--resume) is for the text",
        ),
        (
            "ask q --model openai:x --base-url http://localhost/v1 --protocol native --grammars grammar",
            "grammars (--grammars) is for the text",
        ),
        (
            "ask q --model openai:x --base-url http://localhost/v1 --protocol native --no-thinks",
            "thinks (--thinks) is for the text",
        ),
        ("ask q --model scripted:x --mcp-env TOKEN=1", "add --mcp"),
        ("experiment embeddings --repository .", "--repository is for the experiment chunking"),
        ("mcp --port 80", "add --http"),
        ("tokens x --system s", "add --chat"),
    ],
)
def test_an_option_without_effect_is_refused(line, says):
    done = CliRunner().invoke(app, shlex.split(line))
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())


def test_the_key_of_a_backend_without_keys_is_refused_and_not_shown(monkeypatch):
    monkeypatch.setenv("MY_KEY", "s3cret-key")
    done = CliRunner().invoke(app, ["ask", "q", "--model", "scripted:x", "--api-key-env", "MY_KEY"])
    assert done.exit_code == 2
    assert "scripted does not use api_key (--api-key-env)" in done.stderr
    assert "s3cret" not in done.output


def test_lines_of_a_pipe_are_one_question_for_ask(tmp_path):
    saved = tmp_path / "runs.jsonl"
    asked = ["ask", "-", "--model", "scripted:Hi.", "--save", str(saved)]
    assert CliRunner().invoke(app, asked, input="r\nr\n\nin strawberry?").exit_code == 0
    assert '"question": "r\\nr\\n\\nin strawberry?"' in saved.read_text("utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ["tool", "CALCULATOR", "-5+3"],
        ["tool", "CALCULATOR", "-(2)*3"],
        ["tool", "CALCULATOR", "--5"],
        ["ask", "-5 + 3?"],
        ["search", "-x"],
        ["tool", "PYTHON", "-x"],
    ],
)
def test_a_text_that_begins_with_a_hyphen_is_told_how_to_be_written(words):
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "write -- before a text that begins with -" in " ".join(done.stderr.replace("│", " ").split())


def test_a_text_after_two_hyphens_is_the_argument_and_a_misspelt_option_gets_no_hint():
    assert CliRunner().invoke(app, ["tool", "CALCULATOR", "--", "-5+3"]).stdout == "-2\n"
    done = CliRunner().invoke(app, ["tool", "CALCULATOR", "1", "--jsno"])
    assert done.exit_code == 2
    assert "write --" not in done.stderr


@pytest.mark.parametrize("model", ["scripted:x", "embedded"])
@pytest.mark.parametrize("option", ["--thinks", "--no-thinks"])
def test_an_option_that_is_not_used_is_named_as_it_was_given(model, option):
    done = CliRunner().invoke(app, ["ask", "q", "--model", model, option])
    assert done.exit_code == 2
    assert f"does not use thinks ({option})" in done.stderr
