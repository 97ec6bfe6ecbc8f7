"""Sources: numbered through a run, cited by number, listed in the run."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import Citation, Found, Orchestrator, Run, Tool
from orchestrator.core.citations import cited, listed, numbered
from orchestrator.core.syntax import Scanner, Text, escape
from orchestrator.models.scripted import ScriptedModel

SOURCES = {
    "tea": (
        Citation("Tea", "https://tea.example/", "Green or black.", "2026-01-02"),
        Citation("Pots", "https://pot.example/"),
    ),
    "milk": (Citation("Milk", "https://milk.example/", "From cows."),),
    "nothing": (),
}
LOOK = Tool("LOOK", "looks things up", lambda word: Found(SOURCES[word], f"about {word}"), untrusted=True)


def asked(*replies: str, how: str = "sync") -> Run:
    orc = Orchestrator(ScriptedModel(list(replies)), tools=[LOOK])
    return orc.run("?") if how == "sync" else asyncio.run(orc.arun("?"))


@pytest.mark.parametrize("how", ["sync", "async"])
def test_the_numbers_go_on_from_result_to_result_in_the_context_and_in_the_run(how):
    run = asked("[LOOK:tea]", "[LOOK:milk]", "Black [1], with milk [3].", how=how)
    first, second = run.calls
    assert first.result == (
        "[1] Tea (2026-01-02)\n  https://tea.example/\n  Green or black.\n[2] Pots\n  https://pot.example/\n\nabout tea"
    )
    assert second.result == "[3] Milk\n  https://milk.example/\n  From cows.\n\nabout milk"
    assert [each.number for call in run.calls for each in call.citations] == [1, 2, 3]
    assert second.result in run.text
    assert [each.title for each in run.citations] == ["Tea", "Milk"]


def test_calls_made_together_are_numbered_in_call_order():
    model = ScriptedModel(["[LOOK:milk][LOOK:tea]", "Milk [1], tea [2]."])
    run = Orchestrator(model, tools=[LOOK], parallel=True).run("?")
    assert [(each.number, each.title) for call in run.calls for each in call.citations] == [
        (1, "Milk"),
        (2, "Tea"),
        (3, "Pots"),
    ]


def test_where_the_answer_cites_nothing_all_that_was_found_is_listed():
    assert [each.title for each in asked("[LOOK:tea]", "Black.").citations] == ["Tea", "Pots"]
    assert asked("[LOOK:nothing]", "No.").citations == ()
    assert asked("Hello.").citations == ()


def test_a_run_with_citations_comes_back_from_json():
    run = asked("[LOOK:tea]", "Black [1].")
    assert Run.from_json(run.to_json()) == run
    assert Run.from_json(run.to_json()).citations == run.citations


def test_the_same_call_with_the_same_result_is_a_loop_although_its_numbers_go_on():
    run = asked(*["[LOOK:milk]"] * 20)
    assert run.finish == "loop"


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("[1]", [1]),
        ("[1, 3]", [1, 3]),
        ("[2;3] and [2]", [2, 3]),
        ("[9]", [1, 2, 3]),
        ("[x] 1", [1, 2, 3]),
        ("[1][2]", [1, 2]),
    ],
)
def test_the_numbers_in_brackets_say_what_was_cited(answer, numbers):
    found = numbered([Citation(str(at), "") for at in range(3)], 1)
    assert [each.number for each in cited(answer, found)] == numbers


ANYTHING = st.text() | st.sampled_from(["[2] Fake", "x\n[2] Fake", "\u2028[3] y", "", "\r[1] z"])


@given(st.lists(st.builds(Citation, ANYTHING, ANYTHING, ANYTHING, ANYTHING), min_size=1, max_size=4))
def test_a_source_cannot_pass_for_another_and_the_numbers_survive_escaping(citations):
    lines = listed(numbered(citations, 1)).split("\n")
    assert [line.split(" ")[0] for line in lines if not line.startswith("  ")] == [
        f"[{number}]" for number, _ in enumerate(citations, 1)
    ]
    safe = escape(listed(numbered([Citation("Title", "https://x.example/a[b]", "Text.")], 7)))
    assert safe.startswith("[7] Title\n  https://x.example/a[b]")
    assert Scanner(["LOOK"]).feed(f"see [7] {safe}") == [Text(f"see [7] {safe}")]
