from __future__ import annotations

import json
import sys

import pytest
from typer.testing import CliRunner

from orchestrator.cli import app


def evaluate(*arguments):
    return CliRunner().invoke(app, ["eval", *arguments])


def test_a_dataset_is_asked_in_every_arm_and_the_first_line_says_what_it_is_worth():
    done = evaluate("letters", "-n", "6", "--model", "scripted:There is 1.", "--db", "none", "--arms", "direct,cot")
    assert done.exit_code == 0
    first, *rest = done.stdout.splitlines()
    assert first == "CoT ±0.0 points [0.0, 0.0], p = 1, n = 6: not shown to differ; 1.0 × the output words."
    assert any(line.startswith("95 % interval") for line in rest)
    assert any("✓ 1" in line for line in rest)
    assert any("✗ 1" in line for line in rest)


def test_the_command_run_is_the_same_and_json_is_one_object():
    arguments = ("letters", "-n", "3", "--model", "scripted:1", "--db", "none", "--arms", "direct", "--json")
    named, short = evaluate("run", *arguments), evaluate(*arguments)
    assert [arm["n"] for arm in json.loads(short.stdout)["arms"]] == [3]
    assert [each["extracted"] for each in json.loads(named.stdout)["samples"]] == ["1", "1", "1"]


def test_a_file_of_your_own_is_a_dataset_and_its_report_is_scored_again(tmp_path):
    own = tmp_path / "own.jsonl"
    own.write_text('{"question": "1 + 1?", "gold": "2"}\n{"question": "2 + 2?", "gold": "4", "kind": "x"}\n', "utf-8")
    out = tmp_path / "report"
    done = evaluate(str(own), "--model", "scripted:It is 4.", "--db", "none", "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert "| 2 + 2? | 4 | ✓ 4 | ✓ 4 | ✓ 4 |" in (out / "report.md").read_text("utf-8")
    assert json.loads((out / "report.json").read_text("utf-8"))["arms"][0]["correct"] == 1
    again = evaluate("score", str(out / "answers.jsonl"))
    assert again.exit_code == 0, again.stderr
    assert "agrees with 6 of the file's own 6 verdicts" in again.stderr
    other = evaluate(
        "score", str(out / "answers.jsonl"), "--arms", "tools,direct", "--scorer", r"regex:is (\d)", "--json"
    )
    assert [arm["arm"] for arm in json.loads(other.stdout)["arms"]] == ["tools", "direct"]


def test_half_a_character_that_a_model_said_breaks_no_report(tmp_path):
    replies, out = tmp_path / "replies.json", tmp_path / "report"
    replies.write_text(r'["It is \ud83d."]', "utf-8")
    asked = ("letters", "-n", "1", "--arms", "direct", "--model", f"scripted:{replies}", "--db", "none")
    done = evaluate(*asked, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "It is ?." in (out / "answers.jsonl").read_text("utf-8")
    again = evaluate("score", str(out / "answers.jsonl"), "--out", str(tmp_path / "again"))
    assert again.exit_code == 0, again.output


def test_where_standard_error_is_no_terminal_a_line_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr("orchestrator.cli.eval_output._PAUSE", 0.0)
    done = evaluate("letters", "-n", "3", "--arms", "direct", "--model", "scripted:1", "--db", "none")
    assert [f"{n} of 3 samples" in done.stderr for n in (1, 2, 3)] == [True] * 3
    monkeypatch.setattr("orchestrator.cli.eval_output._PAUSE", 10.0)
    done = evaluate("letters", "-n", "3", "--arms", "direct", "--model", "scripted:1", "--db", "none")
    assert "samples" not in done.stderr


def test_the_datasets_are_listed():
    assert {"letters", "gsm8k"} <= set(json.loads(evaluate("datasets", "--json").stdout))
    assert "How often a letter occurs in a word" in evaluate("datasets").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lettres",), "did you mean letters"),
        (("letters", "--arms", "tool"), "unknown setting"),
        (("letters", "--scorer", "nmber"), "did you mean number"),
        (("gsm8k",), "--data PATH"),
        (("letters", "--tools", "NOPE"), "unknown tool"),
        (("letters", "--price", "x"), "--price takes"),
        (("letters", "--max-cost", "1"), "--max-cost needs the price of scripted: --price INPUT,OUTPUT"),
        (("letters", "--max-cost", "1", "--price", "1,1", "--arm", "a=model:scripted:y"), "scripted: --price a=INPUT"),
        (("letters", "--price", "cot=1,1"), "--price cot=… is for an arm with a model of its own"),
        (("score", "absent.jsonl"), "no file"),
        (("work", "--db", "none"), "needs a database"),
        (("work", "--db", "x.sqlite", "--api-key-env", "X"), "name it with --base-url"),
        (("letters", "--api-key-env", "NO_SUCH_VARIABLE"), "NO_SUCH_VARIABLE is not set"),
        (("absent.jsonl",), "nothing at"),
    ],
)
def test_wrong_use_is_a_line_and_a_status(arguments, said):
    done = evaluate(
        *arguments, *(() if arguments[0] in ("score", "work") else ("--model", "scripted:x", "--db", "none"))
    )
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("missing", ["dbos", "filelock"])
def test_without_the_extra_the_error_names_what_to_install(missing, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, missing, None)
    done = evaluate("letters", "-n", "1", "--model", "scripted:1", "--db", str(tmp_path / "x.sqlite"))
    assert done.exit_code == 2
    assert f"(--db none has none) needs {missing}: pip install 'orchestrator-llm[evals]'" in done.stderr


def test_nothing_to_score_is_not_a_success(tmp_path):
    (tmp_path / "replies.json").write_text("[]", "utf-8")
    model = f"scripted:{tmp_path / 'replies.json'}"
    done = evaluate("letters", "-n", "2", "--model", model, "--db", "none", "--arms", "direct")
    assert done.exit_code == 1
    assert "no samples" in done.stderr


def test_what_a_failing_server_had_answered_is_shown_and_without_a_database_nothing_is_promised(tmp_path):
    (tmp_path / "replies.json").write_text('["1", "1", "1"]', "utf-8")
    model = f"scripted:{tmp_path / 'replies.json'}"
    done = evaluate("letters", "-n", "20", "--model", model, "--db", "none", "--arms", "direct", "-c", "1")
    assert done.exit_code == 1
    assert "Stopped early: 5 samples in a row failed" in done.stdout
    assert "3 samples are there" in done.stdout
    assert "With --db none nothing is kept" in done.stderr
    assert "Run the same command" not in done.output


def test_each_arms_model_has_its_own_price():
    done = evaluate(
        *("letters", "-n", "2", "--model", "scripted:one", "--db", "none", "--arms", "direct", "--max-cost", "9"),
        *("--arm", "dear=model:scripted:one", "--price", "1,1", "--price", "dear = 5,5", "--json"),
    )
    plain, dear = json.loads(done.stdout)["arms"]
    assert dear["cost"] == pytest.approx(5 * plain["cost"])
    assert plain["cost"] > 0


def test_the_letters_arms_with_tools_have_python():
    prompted = evaluate(
        "letters", "-n", "1", "--arms", "tools", "--model", "scripted:[PYTHON:'x']", "--db", "none", "--json"
    )
    assert json.loads(prompted.stdout)["samples"][0]["calls"][0]["name"] == "PYTHON"


def own_questions(tmp_path):
    own = tmp_path / "own.jsonl"
    own.write_text('{"question": "1 + 1?", "gold": "2"}\n', "utf-8")
    return str(own)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ([], {"direct": [], "cot": [], "tools": ["CALCULATOR", "PYTHON"]}),
        (["--arms", "tools:python"], {"tools:python": ["PYTHON"]}),
        (["--tools", "PYTHON", "--arms", "tools,direct"], {"tools": ["PYTHON"], "direct": []}),
        (
            ["--arms", "described,cot+tools:CALCULATOR"],
            {"described": ["CALCULATOR", "PYTHON"], "cot+tools:CALCULATOR": ["CALCULATOR"]},
        ),
        (
            ["--arms", "direct", "--arm", "mine=tools:PYTHON/CALCULATOR"],
            {"direct": [], "mine": ["PYTHON", "CALCULATOR"]},
        ),
    ],
)
def test_your_own_questions_are_asked_with_the_tools_that_ask_has_and_each_arms_tools_are_named(
    tmp_path, options, named
):
    asked = (own_questions(tmp_path), "--model", "scripted:2", "--db", "none", *options)
    done = evaluate(*asked, "--json")
    assert done.exit_code == 0, done.stderr
    assert {arm["arm"]: arm["tools"] for arm in json.loads(done.stdout)["arms"]} == named
    table = evaluate(*asked, "--out", str(tmp_path / "report"))
    for tools in filter(None, named.values()):
        assert ", ".join(tools) in table.stdout
        assert ", ".join(tools) in (tmp_path / "report" / "report.md").read_text("utf-8")


def test_the_tools_of_a_recording_are_not_known_and_not_shown(tmp_path):
    out = tmp_path / "report"
    evaluate(own_questions(tmp_path), "--model", "scripted:2", "--db", "none", "--out", str(out))
    again = evaluate("score", str(out / "answers.jsonl"))
    assert "CALCULATOR" not in again.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["letters", "--data", "x.txt"], "letters makes its questions"),
        (["arithmetic", "--data", "."], "arithmetic makes its questions"),
        (["letters", "--trial", "2", "--db", "none", "--arms", "direct"], "--trial"),
        (
            ["letters", "--template", "chatml", "--arms", "direct", "--base-url", "http://localhost/v1"],
            "scripted does not use base_url",
        ),
    ],
)
def test_an_option_without_effect_is_refused(arguments, says):
    done = evaluate(*arguments, "-n", "1", "--model", "scripted:1")
    assert done.exit_code == 2
    assert says in done.stderr
