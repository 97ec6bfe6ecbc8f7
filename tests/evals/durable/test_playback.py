from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import Orchestrator
from orchestrator.core.protocols import ModelOptions, OffersFunctions
from orchestrator.core.types import Delta, ToolCall
from orchestrator.core.usage import Count, Usage
from orchestrator.evals.durable.playback import JOURNAL, decoded, encoded, recorded
from orchestrator.models.openai import create
from orchestrator.models.scripted import Reply, ScriptedModel

SCRIPT = ["Well: [CALCULATOR:6*7] and more", "It is 42."]
counts = st.builds(Count, st.integers(0, 10**6), st.sampled_from(["reported", "counted", "estimated"]))
deltas = st.builds(
    Delta,
    st.text(),
    st.text(),
    st.none() | st.just("stop"),
    st.none() | st.builds(Usage, counts, counts, counts, st.none() | st.floats(0, 1)),
    st.just(()) | st.just((ToolCall("CALCULATOR", "6*7", '{"a":1}'),)),
)


class Journal:
    def __init__(self, earlier=()):
        self.earlier = list(earlier)
        self.written = []

    def replayed(self):
        return self.earlier.pop(0) if self.earlier else None

    def write(self, text):
        self.written.append(text)


def run(model, journal):
    token = JOURNAL.set(journal)
    try:
        return Orchestrator(recorded(model), tools=["CALCULATOR"]).run("What is 6 * 7?")
    finally:
        JOURNAL.reset(token)


def comparable(run):
    return run.text, run.answer, run.finish, [(call.argument, call.result) for call in run.calls], run.usage


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_run_that_is_taken_up_again_is_the_same_and_asks_only_what_is_missing(kept):
    first = Journal()
    whole = run(ScriptedModel(SCRIPT), first)
    assert len(first.written) == 2
    model, second = ScriptedModel(SCRIPT[kept:]), Journal(first.written[:kept])
    again = run(model, second)
    assert len(model.requests) == len(second.written) == 2 - kept
    assert comparable(again) == comparable(whole)


def test_a_request_that_broke_off_is_not_kept():
    journal = Journal()
    assert run(ScriptedModel([Reply("Half an ans", finish=None)]), journal).finish == "interrupted"
    assert journal.written == []


def test_without_a_journal_nothing_is_written():
    assert run(ScriptedModel(SCRIPT), None).answer == "It is 42."


async def test_async_runs_pass_through():
    assert (await Orchestrator(recorded(ScriptedModel(SCRIPT))).arun("What is 6 * 7?")).answer == "It is 42."


def test_a_model_with_functions_keeps_them():
    model = recorded(create("x", ModelOptions(base_url="http://127.0.0.1:9/v1", api_key="k")))
    assert isinstance(model, OffersFunctions)
    assert model.with_functions().info.resume_mode == "native"
    assert not isinstance(recorded(ScriptedModel([])), OffersFunctions)


@given(st.lists(deltas, max_size=5))
def test_what_is_written_down_is_read_back_as_it_was(said):
    assert decoded(encoded(said)) == said
