"""Calls that stand side by side. The laws are the scanner's, and up to the first call the events are too."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.core.syntax.test_scanner import MULTILINE, NAMES, PIECES, written

from orchestrator.core.syntax import AdjacentScanner, Call, Forged, Scanner, ScannerEvent, Text
from orchestrator.core.syntax.adjacent import MAX_BLANKS

texts = st.lists(st.sampled_from([*PIECES, "[CALCULATOR:1]", "[WEB_SEARCH:q]", "[PYTHON:a\nb]", " "]), max_size=30)


def scan(text: str, cuts: list[int] | None = None) -> tuple[list[ScannerEvent], str]:
    scanner = AdjacentScanner(NAMES, MULTILINE)
    bounds = [0, *sorted(cuts or []), len(text)]
    raw = [event for start, end in pairwise(bounds) for event in scanner.feed(text[start:end])]
    merged: list[ScannerEvent] = []
    for event in [*raw, *scanner.close()]:
        if isinstance(event, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(merged[-1].text + event.text)
        else:
            merged.append(event)
    return merged, scanner.discarded


def calls(text: str) -> list[str]:
    return [event.raw for event in scan(text)[0] if isinstance(event, Call)]


@given(texts.map("".join), st.data())
@example("[CALCULATOR:1] [WEB_SEARCH:q][CALCULATOR", None)
@example("[CALCULATOR:1]" + " " * 201 + "[CALCULATOR:2]", None)
def test_every_way_of_splitting_gives_the_same_events(text, data):
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8)) if data else list(range(len(text)))
    assert scan(text, cuts) == scan(text)


@given(texts.map("".join))
def test_text_calls_and_discarded_are_the_input(text):
    events, discarded = scan(text)
    assert written(events) + discarded == text


@given(texts.map("".join))
def test_up_to_the_first_call_it_is_the_scanner(text):
    events, _ = scan(text)
    scanner = Scanner(NAMES, MULTILINE)
    plain = [*scanner.feed(text), *scanner.close()]
    assert written(events).startswith(written(plain))
    assert [event for event in plain if not isinstance(event, Text)] == [
        event for event in events if not isinstance(event, Text)
    ][: sum(not isinstance(event, Text) for event in plain)]


@pytest.mark.parametrize("between", ["", " ", "\n", "\n\n  \t", " " * MAX_BLANKS])
def test_calls_with_nothing_but_blanks_between_them_are_taken_together(between):
    events, discarded = scan(f"So: [CALCULATOR:1]{between}[WEB_SEARCH:q]{between}[PYTHON:a\nb] and 5")
    assert [event.raw for event in events if isinstance(event, Call)] == [
        "[CALCULATOR:1]",
        "[WEB_SEARCH:q]",
        "[PYTHON:a\nb]",
    ]
    assert discarded == " and 5"


@pytest.mark.parametrize(
    "behind",
    [
        " and [WEB_SEARCH:q]",
        ", [WEB_SEARCH:q]",
        "[CALCULATOR_RESULT:5][WEB_SEARCH:q]",
        "[X][WEB_SEARCH:q]",
        "[WEB_SEARCH:][WEB_SEARCH:q]",
        "`[WEB_SEARCH:q]`",
        "\n```\n[WEB_SEARCH:q]\n```",
        "\\[WEB_SEARCH:q]",
        "<think>[WEB_SEARCH:q]</think>",
        " " * (MAX_BLANKS + 1) + "[WEB_SEARCH:q]",
        "[WEB_SEARCH:q",
        "  ",
        "[WEB_SEARCH:q\n]",
    ],
)
def test_anything_else_behind_a_call_is_discarded(behind):
    events, discarded = scan(f"[CALCULATOR:1]{behind}")
    assert events == [Call("CALCULATOR", "1", "[CALCULATOR:1]")]
    assert discarded == behind


def test_a_forged_result_and_a_plain_text_are_as_the_scanner_has_them():
    events, discarded = scan("It is [CALCULATOR_RESULT:4] so")
    assert isinstance(events[-1], Forged)
    assert discarded == " so"
    assert scan("no call [CALC")[0] == [Text("no call [CALC")]
    scanner = AdjacentScanner(NAMES)
    scanner.feed("[CALCULATOR:1] x")
    assert scanner.ended
    assert scanner.feed("more") == []
    assert scanner.close() == []
    assert scanner.discarded == " xmore"
