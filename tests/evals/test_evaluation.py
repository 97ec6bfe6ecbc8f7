from __future__ import annotations

import threading

import pytest

from orchestrator.core.arms import arms_of
from orchestrator.core.errors import ConfigError
from orchestrator.core.types import Delta
from orchestrator.core.usage import Count, Usage
from orchestrator.evals.evaluation import Failure, Source, collect
from orchestrator.evals.memory import in_memory
from orchestrator.evals.sampling import Setting
from orchestrator.evals.scorers import number
from orchestrator.evals.types import Dataset, Item, Sample
from orchestrator.models.scripted import ScriptedModel

ITEMS = tuple(Item(f"{n}", f"What is {n} + {n}?", str(2 * n), kind="odd" if n % 2 else "even") for n in range(1, 9))
DOUBLES = Dataset("doubles", ITEMS, number.score)


def sample(item, arm, answer, **more):
    return Sample(item.id, arm, answer, answer, words=len(answer.split()), **more)


def recorded(samples):
    """A source that has everything already."""

    def source(stop):
        for each in samples:
            if stop.is_set():
                return
            yield each

    return Source(source, keeps=True)


def test_samples_are_scored_paired_and_put_into_order():
    samples = [sample(item, "direct", "0") for item in ITEMS] + [
        sample(item, "cot", f"So it is {item.gold}.") for item in ITEMS
    ]
    evaluation = collect(DOUBLES, ("direct", "cot"), recorded(reversed(samples)))
    assert [outcome.item for outcome in evaluation.outcomes[::2]] == list(ITEMS)
    (contrast,) = evaluation.summary.contrasts
    assert (contrast.pairs.gained, contrast.pairs.n, contrast.verdict, contrast.words_ratio) == (8, 8, "helps", 4.0)
    assert [kind for kind, _, _ in evaluation.summary.kinds] == ["even", "odd"]
    assert evaluation.cost is None


def test_a_run_that_ended_at_a_limit_is_no_answer_whatever_it_wrote():
    evaluation = collect(DOUBLES, ("direct",), recorded([sample(ITEMS[0], "direct", "2", finish="max_tokens")]))
    (outcome,) = evaluation.outcomes
    assert (outcome.score.correct, outcome.score.extracted) == (False, "2")
    assert evaluation.summary.arms[0].unfinished == 1


def test_a_question_that_only_one_arm_answered_is_not_compared():
    samples = [sample(ITEMS[0], "direct", "2"), sample(ITEMS[1], "direct", "4"), sample(ITEMS[1], "cot", "4")]
    evaluation = collect(DOUBLES, ("direct", "cot"), recorded([*samples, Failure("1", "cot", "time-out")]))
    assert evaluation.summary.contrasts[0].pairs.n == 1
    assert len(evaluation.failures) == 1
    alone = collect(DOUBLES, ("direct", "cot"), recorded([samples[0], samples[2]]))
    assert alone.summary.contrasts == ()


def test_spending_stops_at_the_budget():
    paid = [sample(item, "direct", item.gold, cost=0.25) for item in ITEMS]
    evaluation = collect(DOUBLES, ("direct",), recorded(paid), max_cost=0.6)
    assert (len(evaluation.outcomes), evaluation.cost) == (3, 0.75)
    assert "0.6 is spent" in evaluation.stopped
    assert not evaluation.broke_off
    assert collect(DOUBLES, ("direct",), recorded(paid), max_cost=2).stopped == ""
    with pytest.raises(ConfigError, match="negative or NaN"):
        collect(DOUBLES, ("direct",), recorded([]), max_cost=float("nan"))


def test_an_interruption_keeps_what_is_there():
    def source(stop):
        yield sample(ITEMS[0], "direct", "2")
        raise KeyboardInterrupt

    evaluation = collect(DOUBLES, ("direct",), Source(source, keeps=False))
    assert (len(evaluation.outcomes), evaluation.stopped) == (1, "interrupted")
    assert (evaluation.broke_off, evaluation.kept) == (True, False)


def test_whoever_sets_the_flag_gets_what_was_under_way_as_well():
    def source(stop):
        yield sample(ITEMS[0], "direct", "2")
        assert stop.is_set()
        yield sample(ITEMS[1], "direct", "4")

    stop = threading.Event()
    asked = Source(source, keeps=False)
    evaluation = collect(DOUBLES, ("direct",), asked, watch=lambda _: stop.set(), stop=stop)
    assert (len(evaluation.outcomes), evaluation.stopped) == (2, "interrupted")


def test_a_server_that_only_fails_ends_the_evaluation_with_what_is_there():
    failures = [Failure(item.id, "direct", "connection refused") for item in ITEMS[1:]]
    evaluation = collect(DOUBLES, ("direct",), recorded([sample(ITEMS[0], "direct", "2"), *failures]))
    assert (len(evaluation.outcomes), len(evaluation.failures), evaluation.broke_off) == (1, 5, True)
    assert evaluation.stopped == "5 samples in a row failed, the last with: connection refused"
    between = [each for failure in failures for each in (failure, sample(ITEMS[0], "direct", "2"))]
    assert len(collect(DOUBLES, ("direct",), recorded(between)).failures) == 7


class Paid(ScriptedModel):
    """Each request costs a dime; notes how many are under way at once."""

    def __init__(self, script):
        super().__init__(script)
        self.at_once, self.most, self.gate = 0, 0, threading.Lock()

    def stream(self, request):
        with self.gate:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        yield from super().stream(request)
        yield Delta(finish="stop", usage=Usage(Count(9, "reported"), Count(1, "reported"), cost=0.1))
        with self.gate:
            self.at_once -= 1


def test_in_memory_all_arms_are_asked_a_few_at_a_time(monkeypatch):
    model = Paid(lambda request: "4")
    monkeypatch.setattr("orchestrator.evals.sampling.load_model", lambda choice, options: model)
    arms = arms_of("direct,cot")
    evaluation = collect(DOUBLES, ("direct", "cot"), in_memory(DOUBLES, arms, Setting("paid"), concurrency=3))
    assert len(evaluation.outcomes) == len(model.requests) == 16
    assert 1 <= model.most <= 3
    assert evaluation.summary.arms[0].cost_per_correct == pytest.approx(0.8)
    assert model.requests[0].temperature == 0.0


def test_in_memory_what_is_under_way_at_the_end_of_the_budget_is_counted(monkeypatch):
    model = Paid(lambda request: "4")
    monkeypatch.setattr("orchestrator.evals.sampling.load_model", lambda choice, options: model)
    source = in_memory(DOUBLES, arms_of("direct,cot"), Setting("paid"), concurrency=2)
    evaluation = collect(DOUBLES, ("direct", "cot"), source, max_cost=0.5)
    assert len(evaluation.outcomes) == len(model.requests)
    assert 5 <= len(evaluation.outcomes) <= 6


def test_in_memory_a_failing_request_is_a_failure_and_not_a_wrong_answer(monkeypatch):
    model = ScriptedModel(["4"])
    monkeypatch.setattr("orchestrator.evals.sampling.load_model", lambda choice, options: model)
    few = Dataset("few", ITEMS[:2], number.score)
    evaluation = collect(few, ("direct",), in_memory(few, arms_of("direct"), Setting("x"), concurrency=1))
    assert (len(evaluation.outcomes), len(evaluation.failures)) == (1, 1)
    assert "the script has 1 replies" in evaluation.failures[0].error
