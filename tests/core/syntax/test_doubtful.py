"""A text that may begin inside thinking that the prompt opened."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.core.syntax import AdjacentScanner, Call, Doubtful, Invalid, Scanner, ScannerEvent, Text
from orchestrator.core.syntax.doubtful import ROOM
from orchestrator.core.syntax.thinking_marks import ENDING

NAMES = ("CALCULATOR", "PYTHON")
ONE, TWO = Call("CALCULATOR", "1+1", "[CALCULATOR:1+1]"), Call("CALCULATOR", "2+2", "[CALCULATOR:2+2]")
PIECES = [
    *"[]:`\\<\n ab.,",
    "[CALCULATOR:1+1]",
    "[CALCULATOR:",
    "[PYTHON:x\n]",
    "[CALCULATOR:]",
    "[CALCULATOR_RESULT:2]",
    "<think>",
    "</think>",
    "[/THINK]",
    " </think> ",
    "```",
    "It is 6.",
]
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def scan(text, cuts=(), *, thinks=False, kind=Scanner, stopped=True):
    """The events of a text that is fed in pieces, with adjacent texts merged, up to the one that ends a step."""
    scanner = Doubtful(partial(kind, NAMES, ("PYTHON",)), thinks=thinks)
    events = []
    for start, end in pairwise([0, *sorted(cuts), len(text)]):
        events += scanner.feed(text[start:end])
    events += scanner.settle() if stopped else []
    events += scanner.close()
    found = merged(events)
    invalid = next((at for at, event in enumerate(found) if isinstance(event, Invalid)), len(found))
    return found[: invalid + 1]


def merged(events):
    """The events with adjacent texts merged."""
    found: list[ScannerEvent] = []
    for event in events:
        if isinstance(event, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + event.text)
        else:
            found.append(event)
    return found


@pytest.mark.parametrize("ending", sorted(ENDING))
@pytest.mark.parametrize(
    "behind", ["\n", ".", " first?\n", " is one. [CALCULATOR:3+3]\n", "\n`[CALCULATOR:4]` or\n", ""]
)
def test_a_call_before_a_closing_mark_alone_is_text_and_one_behind_it_is_a_call(ending, behind):
    thought = f"Perhaps [CALCULATOR:1+1]{behind}{ending}"
    for text, events in (
        (f"{thought}\nSo [CALCULATOR:2+2]", [Text(f"{thought}\nSo "), TWO]),
        (thought, [Text(thought)]),
    ):
        for cut in range(len(text)):
            assert scan(text, [cut]) == events
        assert scan(text, [*range(len(text))]) == events


def test_invalid_and_unclosed_calls_and_forged_results_in_thinking_are_text():
    for thought in ("[CALCULATOR:]", "[CALCULATOR:1\n2]", "[PYTHON_RESULT:2] or", "[CALCULATOR:[CALCULATOR:1]]"):
        assert scan(f"{thought}\n</think>\n[CALCULATOR:1+1]") == [Text(f"{thought}\n</think>\n"), ONE]


@pytest.mark.parametrize(
    "text",
    [
        "So [CALCULATOR:1+1]",
        "[CALCULATOR:1+1] is 3.",
        "[CALCULATOR:1+1] and the tag </think> ends it.",
        "[CALCULATOR:1+1] `</think>`",
        "[CALCULATOR:1+1] [CALCULATOR:2+2]",
        "<think>[CALCULATOR:3]</think>[CALCULATOR:1+1] is 3.\n</think>\n",
    ],
)
def test_without_one_the_call_is_made_when_the_model_has_stopped(text):
    for cuts in ((), range(len(text)), range(0, len(text), 3)):
        assert scan(text, cuts)[-1] == ONE
        assert scan(text, cuts, stopped=False)[-1] == ONE
        assert scan(text, cuts, stopped=False, thinks=True) == [Text(text)] or "<think>" in text


def test_a_mark_inside_a_sentence_ends_the_thinking_if_nothing_follows():
    text = "Perhaps [CALCULATOR:1+1] or so </think>  "
    for cuts in ((), range(len(text)), [30, 39, 40]):
        assert scan(text, cuts) == [Text(text)]
        assert scan(f"{text}is a tag", cuts) == [Text("Perhaps "), ONE]


def test_text_before_the_first_call_streams_at_once_and_nothing_after_it():
    scanner = Doubtful(partial(Scanner, NAMES), thinks=False)
    assert scanner.feed("So it ") == [Text("So it ")]
    assert scanner.feed("is [CALC") == [Text("is ")]
    assert scanner.feed("ULATOR:1+1] or") == []
    assert scanner.feed(" not") == []
    assert scanner.ended is False
    assert scanner.settle() == [ONE]
    assert scanner.feed("more") == scanner.settle() == scanner.close() == []


def test_a_text_that_opens_its_thinking_itself_is_scanned_as_usual_behind_it():
    scanner = Doubtful(partial(Scanner, NAMES), thinks=False)
    scanner.feed("<think>[CALCULATOR:3]</think>")
    assert scanner.feed("[CALCULATOR:1+1]") == [ONE]
    assert scanner.ended


@pytest.mark.parametrize("dots", [ROOM, ROOM + 1, 3 * ROOM])
def test_after_enough_text_without_a_mark_it_was_no_thinking(dots):
    text = f"So [CALCULATOR:1+1]{'.' * dots}\n</think>\n"
    for cuts in ((), range(len(text)), [5], [19], [30, 31]):
        assert scan(text, cuts, stopped=False) == [Text("So "), ONE]
        assert scan(text, cuts, stopped=False, thinks=True) == [Text(text)]


def test_calls_side_by_side_are_found_together_after_the_doubt():
    events = [ONE, Text(" "), TWO]
    assert scan("[CALCULATOR:1+1] [CALCULATOR:2+2] so", kind=AdjacentScanner) == events
    assert scan("[CALCULATOR:3]\n</think>[CALCULATOR:1+1] [CALCULATOR:2+2]", kind=AdjacentScanner)[1:] == events
    assert scan("[CALCULATOR:3]\n</think>", kind=AdjacentScanner) == [Text("[CALCULATOR:3]\n</think>")]


@given(texts, st.data(), st.booleans(), st.booleans(), st.sampled_from([Scanner, AdjacentScanner]))
@example("a </think> [CALCULATOR:1+1]", None, False, True, Scanner)
@example(f"[CALCULATOR:1+1]{'word ' * 200}</think>[CALCULATOR:2+2]", None, False, True, Scanner)
@example(f"[CALCULATOR:1+1]{'word ' * 197}</think>[CALCULATOR:2+2]", None, False, True, Scanner)
def test_the_events_do_not_depend_on_the_chunks(text, data, thinks, stopped, kind):
    whole = scan(text, thinks=thinks, stopped=stopped, kind=kind)
    for size in (1, 3, 7):
        assert scan(text, range(0, len(text), size), thinks=thinks, stopped=stopped, kind=kind) == whole
    if data:
        cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
        assert scan(text, cuts, thinks=thinks, stopped=stopped, kind=kind) == whole


@given(texts, st.booleans())
def test_nothing_is_added_or_moved(text, stopped):
    written = "".join(event.text if isinstance(event, Text) else event.raw for event in scan(text, stopped=stopped))
    assert text.startswith(written)


@given(texts.filter(lambda text: "hink>" not in text and "HINK]" not in text))
def test_without_a_mark_the_events_are_those_of_a_scanner(text):
    scanner = Scanner(NAMES, ("PYTHON",))
    plain = merged([*scanner.feed(text), *scanner.close()])
    invalid = next((at for at, event in enumerate(plain) if isinstance(event, Invalid)), len(plain))
    assert scan(text) == plain[: invalid + 1]


@pytest.mark.parametrize(
    "unit", ["[", "[CALCULATOR:1] ", "</think> is ", "`</think>` ", "<think>", "word ", "\n</think"]
)
def test_the_work_is_linear_in_the_length_of_the_text(unit):
    def seconds(times):
        scanner, began = Doubtful(partial(Scanner, NAMES), thinks=True), process_time()
        for _ in range(times // 10):
            scanner.feed(unit * 10)
        scanner.settle()
        return process_time() - began

    seconds(500)
    short, long = min(seconds(2_000) for _ in range(3)), min(seconds(20_000) for _ in range(3))
    assert long < 40 * short
