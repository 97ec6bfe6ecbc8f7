"""The questions on tools: their parts, and how a sample is scored."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from orchestrator.core.errors import ConfigError
from orchestrator.evals.datasets.tool_use import agree
from orchestrator.evals.types import Call, Dataset, DatasetOptions, Item, Sample
from orchestrator.guidance.example_files import no_tool_examples
from orchestrator.runtime import registry


def dataset(path: str | None = None, n: int | None = None) -> Dataset:
    made: Dataset = registry.plugin("evals.datasets", "tool-use")(DatasetOptions(n, 0, path))
    return made


TUNE, MEASURE = dataset("tune"), dataset("measure")


def test_there_are_at_least_600_questions_in_two_parts_of_all_kinds():
    assert len(TUNE.items) + len(MEASURE.items) >= 600
    assert dataset().items == MEASURE.items
    for part in (TUNE, MEASURE):
        kinds = Counter(item.kind for item in part.items)
        assert {"expression", "problem", "percent", "letters", "web", "code", "fact", "talk", "writing"} <= set(kinds)
    assert len(dataset(n=7).items) == 7


def test_no_question_is_in_both_parts_or_in_a_bank_of_examples():
    asked = [item.question.lower() for item in (*TUNE.items, *MEASURE.items)]
    assert len(set(asked)) == len(asked)
    tools = [registry.plugin("tools", name)() for name in registry.names("tools")]
    shown = {example.question.lower() for tool in tools for example in tool.examples}
    shown |= {example.question.lower() for example in no_tool_examples()}
    in_banks = [question for question in asked if question in shown]
    assert in_banks == []


SUM = Item("1", "What is 3 + 4?", "7", extra={"tool": "CALCULATOR", "words": []})
NEWS = Item("2", "News from Rome?", "", extra={"tool": "WEB_SEARCH", "words": ["rome"]})
HELLO = Item("3", "Hello!", "", extra={"tool": "", "words": []})


def sample(answer: str, *calls: Call) -> Sample:
    return Sample("1", "tools", answer, answer, calls=calls)


ADDED = Call("CALCULATOR", "3+4", "7", ok=True)


@pytest.mark.parametrize(
    ("item", "made", "parts"),
    [
        (SUM, sample("It is 7.", ADDED), (True, True, True)),
        (SUM, sample("It is 8.", ADDED), (True, True, False)),
        (SUM, sample("It is 12.", Call("CALCULATOR", "3*4", "12", ok=True)), (True, False, False)),
        (SUM, sample("It is 7."), (False, False, False)),
        (SUM, sample("7", Call("PYTHON", "3+4", "7", ok=True)), (False, False, False)),
        (NEWS, sample("None.", Call("WEB_SEARCH", "news Rome", "[1] …", ok=True)), (True, True, None)),
        (NEWS, sample("None.", Call("WEB_SEARCH", "news", "[1] …", ok=True)), (True, False, None)),
        (NEWS, sample("None."), (False, False, None)),
        (HELLO, sample("Hello!"), (True, None, None)),
        (HELLO, sample("Hello!", ADDED), (False, None, None)),
    ],
)
def test_a_sample_is_right_where_its_tool_argument_and_answer_are(item, made, parts):
    scored = TUNE.scorer(item, made)
    assert tuple(scored.parts[name] for name in ("tool", "argument", "answer")) == parts
    assert scored.correct == (False not in parts)


def test_a_fraction_before_its_decimals_is_the_same_number():
    assert agree("50/3 ≈ 16.6666666666667", "16.6666666666667")
    assert agree("3 (note: halves are rounded away from zero)", "3")
    assert not agree("50/3 ≈ 16.6666666666667", "50")


def test_a_text_is_compared_as_text():
    item = Item("4", "Reverse lamp.", "pmal", extra={"tool": "PYTHON", "words": []})
    made = sample("It is pmal.", Call("PYTHON", "'lamp'[::-1]", "pmal", ok=True))
    assert TUNE.scorer(item, made).correct


def test_a_file_of_the_same_form_is_read(tmp_path):
    row = {"id": "1", "question": "What is 3 + 4?", "tool": "CALCULATOR", "answer": "7"}
    (tmp_path / "own.jsonl").write_text(json.dumps(row) + "\n\n", "utf-8")
    (item,) = dataset(str(tmp_path / "own.jsonl")).items
    assert (item.gold, item.extra["tool"]) == ("7", "CALCULATOR")
    (tmp_path / "own.jsonl").write_text("{}", "utf-8")
    with pytest.raises(ConfigError, match="question with id"):
        dataset(str(tmp_path / "own.jsonl"))
    with pytest.raises(ConfigError, match="parts tune and measure"):
        dataset("nowhere")
