from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator import Arm, ConfigError, ModelOptions, Price
from orchestrator.core.limits import Limits
from orchestrator.evals import evaluate
from orchestrator.evals.scorers import exact
from orchestrator.evals.types import Dataset, Item

SUMS = Dataset("sums", tuple(Item(f"{n}", f"What is {n} + 1?", f"{n + 1}") for n in range(4)), exact.score)


def test_one_call_asks_every_question_in_every_arm_and_says_what_it_is_worth():
    evaluation = evaluate("letters", "direct,cot", model="scripted:There is 1.", n=6)
    assert evaluation.sentences == [
        "CoT ±0.0 points [0.0, 0.0], p = 1, n = 6: not shown to differ; 1.0 × the output words."
    ]
    assert len(evaluation.outcomes) == 12
    assert not evaluation.kept


def test_questions_scorer_arms_tools_and_limits_may_be_values():
    evaluation = evaluate(
        SUMS,
        [Arm("on", tools="on"), "plain=direct"],
        "scripted:[PYTHON:1+1]",
        scorer=exact.score,
        tools=["PYTHON"],
        limits=Limits(max_calls=1),
    )
    assert evaluation.arms == ("on", "plain")
    first = evaluation.outcomes[0].sample
    assert (first.finish, [call.name for call in first.calls]) == ("max_calls", ["PYTHON"])


def test_a_file_and_a_scorer_by_name(tmp_path):
    own = tmp_path / "own.jsonl"
    own.write_text('{"question": "1 + 1?", "gold": "2"}\n', "utf-8")
    evaluation = evaluate(str(own), "direct", "scripted:total 2", scorer=r"regex:total (\d)")
    assert [outcome.score.extracted for outcome in evaluation.outcomes] == ["2"]


def test_a_budget_needs_a_price_and_holds():
    with pytest.raises(ConfigError, match="needs the price"):
        evaluate(SUMS, "direct", "scripted:1", max_cost=1)
    priced = ModelOptions(price=Price(1e6, 1e6))
    evaluation = evaluate(SUMS, "direct", "scripted:1", options=priced, max_cost=1, concurrency=1)
    assert "is spent" in evaluation.stopped
    assert evaluation.cost is not None
    assert evaluation.cost >= 1


def test_samples_that_are_kept_are_found_by_the_next_call(tmp_path):
    replies = tmp_path / "replies.json"
    replies.write_text('["1", "2", "3", "4"]', "utf-8")
    database = str(tmp_path / "kept.sqlite")
    first = evaluate(SUMS, "direct", f"scripted:{replies}", db=database, concurrency=1)
    again = evaluate(SUMS, "direct", f"scripted:{replies}", db=database)
    assert first.kept
    assert [each.score.correct for each in first.outcomes] == [True] * 4
    assert again == first


def test_the_wrong_dataset_or_arm_is_a_clear_error():
    with pytest.raises(ConfigError, match="did you mean letters"):
        evaluate("lettres", model="scripted:1")
    with pytest.raises(ConfigError, match="unknown setting"):
        evaluate(SUMS, "tool", model="scripted:1")


def test_two_questions_with_one_id_are_a_clear_error():
    with pytest.raises(ConfigError, match="two questions of sums have the id '0'"):
        evaluate(replace(SUMS, items=(*SUMS.items, SUMS.items[0])), "direct", "scripted:1")


@pytest.mark.parametrize("n", [0, -1])
def test_fewer_than_one_question_are_a_clear_error(n):
    with pytest.raises(ConfigError, match="n must be at least 1"):
        evaluate("arithmetic", "direct", "scripted:1", n=n)


@pytest.mark.parametrize("concurrency", [-1, 0, 257])
def test_a_concurrency_that_cannot_be_is_a_clear_error(concurrency, tmp_path):
    for db in (None, tmp_path / "kept.sqlite"):
        with pytest.raises(ConfigError, match="concurrency must be from 1 to 256"):
            evaluate(SUMS, "direct", "scripted:1", concurrency=concurrency, db=db)


def test_the_database_may_be_a_path_or_none_as_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not evaluate(SUMS, "direct", "scripted:1", db="none").kept
    assert not list(tmp_path.iterdir())
    assert evaluate(SUMS, "direct", "scripted:1", db=tmp_path / "kept.sqlite").kept


def test_a_scorer_that_gives_no_score_is_a_clear_error_at_the_first_sample():
    verdict: Any = lambda item, sample: sample.answer == item.gold  # noqa: E731 - a type checker would refuse it
    with pytest.raises(ConfigError, match=r"the scorer of sums gave (True|False)"):
        evaluate(SUMS, "direct", "scripted:1", scorer=verdict)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"n": "3"}, "n must be int or None, not '3'"),
        ({"arms": [3]}, "arms must be str or Iterable of str or Arm"),
        ({"limits": 3}, "limits must be Limits, not 3"),
        ({"scorer": 3}, "scorer must be str, Callable or None"),
        ({"db": 3}, "db must be str, Path or None"),
        ({"dataset": None}, "dataset must be str or Dataset"),
    ],
)
def test_an_option_of_a_wrong_type_is_a_config_error(options, says):
    with pytest.raises(ConfigError) as caught:
        evaluate(**({"dataset": "letters", "model": "scripted:1"} | options))
    assert says in str(caught.value)
