from __future__ import annotations

import json
import re

import pytest

from orchestrator.core.errors import ConfigError
from orchestrator.evals.types import Dataset, DatasetOptions, Sample
from orchestrator.runtime import registry
from orchestrator.tools._calculator import calculate

MADE_UP = ["apples", "arithmetic", "dates", "letters", "sorting"]
READ = {
    "gsm8k": ("test.jsonl", '{"question": "2 + 2?", "answer": "It is 4.\\n#### 4"}\n'),
    "svamp": ("SVAMP.json", '[{"Body": "I have 2", "Question": "How many?", "Answer": 2.0, "Type": "Sum"}]'),
    "bbh": ("navigate.json", '{"examples": [{"input": "Right?\\nOptions:\\n- Yes\\n- No", "target": "No"}]}'),
    "jsonl": ("own.jsonl", '\ufeff{"question": "Which?", "answer": "B", "choices": ["x", "y"], "task": "t"}\n\n'),
}


def dataset(name, n=None, seed=0, path=None) -> Dataset:
    made: Dataset = registry.plugin("evals.datasets", name)(DatasetOptions(n, seed, path))
    return made


def answered(made, item, answer):
    return made.scorer(item, Sample(item.id, "direct", answer, answer)).correct


@pytest.mark.parametrize("name", MADE_UP)
def test_the_same_seed_makes_the_same_questions_and_the_gold_answer_is_scored_right(name):
    made = dataset(name, 200)
    assert len(made.items) == len({item.id for item in made.items}) == 200
    assert made.items == dataset(name, 200).items != dataset(name, 200, seed=1).items
    assert made.items[:50] == dataset(name, 50).items, "more questions keep the first ones"
    assert len(dataset(name).items) == 100
    for item in made.items:
        assert answered(made, item, item.gold)
        assert answered(made, item, f"So the answer is {item.gold}.")
        assert not answered(made, item, "I do not know.")


def test_arithmetic_gold_answers_are_the_calculators():
    for item in dataset("arithmetic", 500).items:
        expression = re.search(r"[\d(][\d +*/()-]+", item.question)
        assert expression
        assert calculate(expression.group().strip(" .=")) == item.gold


def test_letters_are_counted():
    golds = []
    for item in dataset("letters", 500).items:
        found = re.findall(r"'(\w+)'\?|in \"(\w+)\"|word (\w+)\.$", item.question)
        word = next(filter(None, found[0]))
        letter = re.search(r"many (\w)'s|letter (\w)|\"(\w)\"", item.question)
        assert letter
        assert str(word.count(next(filter(None, letter.groups())))) == item.gold
        golds.append(item.gold)
    assert {"0", "1", "2", "3"} <= set(golds)


@pytest.mark.parametrize("name", READ)
def test_a_file_of_the_users_is_read(name, tmp_path):
    file, text = READ[name]
    (tmp_path / file).write_text(text, "utf-8")
    made = dataset(name, path=str(tmp_path / file))
    (item,) = made.items
    assert answered(made, item, item.gold)


def test_a_folder_of_big_bench_files_is_one_dataset_with_a_kind_for_each(tmp_path):
    for task in ("a", "b"):
        rows = [{"input": f"{n}?\nOptions:\n(A) one\n(B) two", "target": "(B)"} for n in range(5)]
        (tmp_path / f"{task}.json").write_text(json.dumps({"examples": rows}), "utf-8")
    made = dataset("bbh", path=str(tmp_path))
    assert (len(made.items), {item.kind for item in made.items}) == (10, {"a", "b"})
    assert made.items[0].choices == ("one", "two")
    some = dataset("bbh", 4, 1, str(tmp_path))
    assert [item for item in made.items if item in some.items] == list(some.items)
    assert len(some.items) == 4


def test_choices_that_the_question_does_not_show_are_shown(tmp_path):
    (tmp_path / "q.jsonl").write_text(READ["jsonl"][1], "utf-8")
    (item,) = dataset("jsonl", path=str(tmp_path / "q.jsonl")).items
    assert item.question == "Which?\nOptions:\n(A) x\n(B) y"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("jsonl", "", "holds no questions"),
        ("jsonl", '{"question": "x"}', "line 1 has no gold"),
        ("jsonl", '{"question": " ", "gold": "1"}', "line 1 has no question"),
        ("jsonl", "{", "line 1 is not JSON"),
        ("jsonl", "[" * 100_000, "is not JSON"),
        ("jsonl", "[]", "no JSON object"),
        ("jsonl", '{"question": "x", "gold": "1", "choices": [1]}', "choices is a list of texts"),
        ("jsonl", '{"question": "x", "gold": "1", "id": 1}\n{"question": "y", "gold": "1", "id": 1}', "the id '1'"),
        ("gsm8k", '{"question": "x", "answer": "4"}', "#### number"),
        ("svamp", "{}", "holds no list"),
        ("bbh", '{"examples": [{"input": "x"}]}', "entry 1 has no target"),
    ],
)
def test_a_broken_file_is_a_clear_error(name, text, why, tmp_path):
    (tmp_path / "file").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=why):
        dataset(name, path=str(tmp_path / "file"))


@pytest.mark.parametrize("name", READ)
def test_a_missing_or_undecodable_file_is_a_clear_error(name, tmp_path):
    with pytest.raises(ConfigError, match="--data"):
        dataset(name)
    with pytest.raises(ConfigError, match="nothing at"):
        dataset(name, path=str(tmp_path / "absent"))
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match="cannot read"):
        dataset(name, path=str(tmp_path / "latin"))


def test_an_empty_folder_is_no_dataset(tmp_path):
    with pytest.raises(ConfigError, match=r"no \.json"):
        dataset("bbh", path=str(tmp_path))


@pytest.mark.parametrize("name", registry.names("evals.datasets"))
def test_every_registered_dataset_keeps_the_contract(name):
    """A new file in evals/datasets/ is tested by being there."""
    assert registry.about("evals.datasets", name)
    if name in READ:
        return  # it needs a file, above
    made = dataset(name, 3)
    assert made.items
    assert len({item.id for item in made.items}) == len(made.items)
    for item in made.items:
        assert item.question.strip()
        assert made.scorer(item, Sample(item.id, "direct", "", "")).correct in (True, False)
