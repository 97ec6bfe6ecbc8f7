from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.core.syntax import (
    AdjacentScanner,
    Call,
    Forged,
    Invalid,
    Scanner,
    ScannerEvent,
    Text,
    Unclosed,
    opened_by,
)
from orchestrator.core.syntax.scanner import MAX_ARGUMENT, MAX_MULTILINE_ARGUMENT, MAX_NAME

NAMES = ("CALCULATOR", "WEB_SEARCH", "CODE_SEARCH", "PYTHON")
MULTILINE = ("PYTHON",)
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "cases" / "scanner.json").read_text("utf-8"))[
    "cases"
]
SCANNED = [
    case for case in CASES if case["group"] not in ("inert", "policy", "taint", "resume") and "channel" not in case
]
# Pieces from which everything that matters to the scanner can be put together.
PIECES = [
    *"[]:\"'`~\\<>\n\r ()ab1_",
    "[CALCULATOR:",
    "[PYTHON:",
    "CALCULATOR",
    "_RESULT:",
    "_ERROR:",
    "[X_RESULT:",
    "```",
    "~~~",
    "<think>",
    "</think>",
    "[THINK]",
    "[/THI",
    "NK]",
    "◁think▷",
    "<|channel|>analysis",
    "<|channel|>final<|message|>",
    "<|start|>",
    "[WEB_SEARCH:q]",
    "\\]",
    "\\\\",
    "é",
    "\u200b",
    "😀",
    "A" * 70,
]
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


def scan(text: str, cuts: list[int] | None = None) -> tuple[list[ScannerEvent], str]:
    """The events of ``text`` fed in pieces, with adjacent texts merged, and what was discarded."""
    scanner = Scanner(NAMES, MULTILINE)
    bounds = [0, *sorted(cuts or []), len(text)]
    raw = [event for start, end in pairwise(bounds) for event in scanner.feed(text[start:end])]
    merged: list[ScannerEvent] = []
    for event in [*raw, *scanner.close()]:
        if isinstance(event, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(merged[-1].text + event.text)
        else:
            merged.append(event)
    return merged, scanner.discarded


def written(events: list[ScannerEvent]) -> str:
    return "".join(event.text if isinstance(event, Text) else event.raw for event in events)


def case_text(case: dict[str, Any]) -> str:
    return "".join(chunk if isinstance(chunk, str) else chunk["repeat"] * chunk["times"] for chunk in case["chunks"])


def as_expected(event: ScannerEvent) -> dict[str, Any]:
    match event:
        case Text(text):
            return {"type": "text", "text": text, "text_len": len(text)}
        case Call(name, argument):
            return {"type": "call", "tool": name, "arg": argument, "arg_len": len(argument)}
        case Unclosed(name, raw, reason) | Invalid(name, raw, reason):
            return {"type": type(event).__name__.lower(), "tool": name, "text": raw, "reason": reason}
        case Forged(name, raw):
            return {"type": "forged", "tool": name, "text": raw}


@pytest.mark.parametrize("case", SCANNED, ids=[case["id"] for case in SCANNED])
def test_a_case_gives_its_events_at_every_split_point(case):
    text = case_text(case)
    events, discarded = scan(text)
    if case["expect"] != [{"type": "any"}]:
        assert len(events) == len(case["expect"])
        for event, expected in zip(events, case["expect"], strict=True):
            assert {key: as_expected(event)[key] for key in expected} == expected
        assert discarded == case.get("discarded", discarded)
    assert not {as_expected(event)["type"] for event in events} & set(case.get("must_not", []))
    splits = range(len(text) + 1) if len(text) < 5_000 else range(0, len(text), len(text) // 7)
    for cut in splits:
        assert scan(text, [cut]) == (events, discarded)
    assert scan(text, list(range(len(text)))) == (events, discarded)


@pytest.mark.parametrize(
    "case", [case for case in SCANNED if "text_after_each_chunk" in case], ids=lambda case: case["id"]
)
def test_text_is_shown_as_soon_as_it_can_no_longer_be_a_call(case):
    scanner, shown = Scanner(NAMES), ""
    for chunk, expected in zip(case["chunks"], case["text_after_each_chunk"], strict=True):
        shown += "".join(event.text for event in scanner.feed(chunk) if isinstance(event, Text))
        assert shown == expected


@given(texts, st.data())
@example("[CALCULATOR:" + "1" * 2_001 + "]", None)
def test_the_events_do_not_depend_on_the_chunks(text, data):
    whole = scan(text)
    assert scan(text, list(range(len(text)))) == whole
    if data:
        assert scan(text, data.draw(st.lists(st.integers(0, len(text)), max_size=6))) == whole


@given(texts)
def test_nothing_is_lost_or_added(text):
    events, discarded = scan(text)
    assert written(events) + discarded == text


@given(texts)
def test_only_a_bracket_and_what_follows_it_is_held_back(text):
    scanner, out = Scanner(NAMES, MULTILINE), ""
    for index, character in enumerate(text):
        out += written(scanner.feed(character))
        if scanner.ended:
            return
        held = text[: index + 1][len(out) :]
        assert text[: index + 1] == out + held
        assert not held or held[0] == "["


@given(st.text(alphabet=st.characters(exclude_characters="["), max_size=200))
def test_prose_without_brackets_streams_at_once(text):
    scanner = Scanner(NAMES)
    assert written([event for character in text for event in scanner.feed(character)]) == text


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "[CALCULATOR:",
        "[CALCULATOR:]",
        "[A",
        "`",
        "\\",
        "<think",
        "<think>",
        "[THINK]</think>",
        "```\n",
        "`a` ",
        "[CALCULATOR:\n",
    ],
)
def test_the_work_is_linear_in_the_length_of_the_text(unit):
    def seconds(times: int) -> float:
        scanner, began = Scanner(NAMES), process_time()
        for _ in range(times // 10):
            scanner.feed(unit * 10)
        scanner.close()
        return process_time() - began

    seconds(1_000)
    short, long = min(seconds(5_000) for _ in range(3)), min(seconds(50_000) for _ in range(3))
    assert long < 40 * short  # ten times the text; a quadratic scanner takes a hundred times as long


@given(st.sampled_from(["[CALCULATOR:", "[CALCULATOR_RESULT:", "[PYTHON:", "[" + "A" * 30]), st.integers(0, 30_000))
def test_what_is_held_back_is_bounded(opener, length):
    text = opener + "A" * length
    scanner = Scanner(NAMES, MULTILINE)
    out = written(scanner.feed(text)) + scanner.discarded
    most = MAX_MULTILINE_ARGUMENT if "PYTHON" in opener else max(MAX_ARGUMENT, MAX_NAME)
    assert len(text) - len(out) <= len(opener) + most


def one(text: str) -> ScannerEvent:
    (event,), _ = scan(text)
    return event


def test_an_argument_of_exactly_the_limit_fires_and_one_more_is_too_long():
    assert isinstance(one("[CALCULATOR:" + "1" * 2_000 + "]"), Call)
    events, _ = scan("[CALCULATOR:" + "1" * 2_001 + "]")
    assert events == [Unclosed("CALCULATOR", "[CALCULATOR:" + "1" * 2_000, "too_long"), Text("1]")]


def test_a_multiline_tool_takes_newlines_and_ten_times_the_length():
    assert one("[PYTHON:a = 1\nprint(a)]") == Call("PYTHON", "a = 1\nprint(a)", "[PYTHON:a = 1\nprint(a)]")
    assert isinstance(one("[PYTHON:" + "1" * 20_000 + "]"), Call)
    assert isinstance(scan("[PYTHON:" + "1\n" * 10_001 + "]")[0][0], Unclosed)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ('5" pipe [old]', '5" pipe [old]'),  # inside a word: no quote
        ('site:"a ] b" c', 'site:"a ] b" c'),
        ('f("]", "[")', 'f("]", "[")'),
        (r'"say \"]\" twice"', r'"say \"]\" twice"'),
        (r"a\[b\\c\]", r"a[b\c]"),
        ('"""a]"""', '"""a]"""'),
        ('it\'s [a] "]"', 'it\'s [a] "]"'),
        ("s.count('\"')", "s.count('\"')"),
    ],
)
def test_the_argument_runs_to_its_balanced_bracket(argument, expected):
    assert one(f"[CODE_SEARCH:{argument}]") == Call("CODE_SEARCH", expected, f"[CODE_SEARCH:{argument}]")


@pytest.mark.parametrize("inner", ["[CALCULATOR:1+1]", "x [WEB_SEARCH:y] z", "[CALCULATOR_RESULT:4]", "[ANY_RESULT:4]"])
def test_a_call_or_a_result_inside_an_argument_is_invalid(inner):
    raw = f"[WEB_SEARCH:{inner}]"
    assert one(raw) == Invalid("WEB_SEARCH", raw, "nested_call")


def test_a_call_shown_in_quotes_is_no_nested_call():
    assert isinstance(one('[WEB_SEARCH:"[CALCULATOR:1+1]" syntax]'), Call)


def test_the_scan_goes_on_after_an_invalid_call():
    events, _ = scan("[CALCULATOR:] so [CALCULATOR:2+2]")
    assert [type(event) for event in events] == [Invalid, Text, Call]


@pytest.mark.parametrize("ending", ["]", "\n", "x" * 2_001])
def test_a_forged_result_ends_the_scan_however_it_ends(ending):
    events, discarded = scan(f'a [CALCULATOR_RESULT:"4{ending} so it is 4')
    assert [type(event) for event in events] == [Text, Forged]
    assert discarded.endswith("so it is 4")


def test_a_forged_error_of_a_registered_tool_is_forged_and_others_are_text():
    assert one("[CALCULATOR_ERROR:no]") == Forged("CALCULATOR", "[CALCULATOR_ERROR:no]")
    assert one("[DISK_ERROR:full]") == Text("[DISK_ERROR:full]")


@pytest.mark.parametrize("text", ["[_RESULT:1]", "[RESULT:1]", "[calculator_result:1]", f"[{'A' * 80}_RESULT:1]"])
def test_what_only_resembles_a_result_is_text(text):
    assert one(text) == Text(text)


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n{}\n```",
        "```{}```",
        "````\n```\n{}\n````",
        "  > ~~~~ python\n{}\n~~~\n{}\n~~~~",
        "1. list\n   ```\n   {}\n   ```",
        "- ```\n  {}\n  ```",
        "~~~ a `b` c\n{}\n~~~",
        "1. ```py\n   {}\n   ```",
        "`{}`",
        "``a ` {}``",
        "\\{}",
        "\\\\\\{}",
        "<think>{}</think>",
        "<think>```{}</think>",
        "<Think>{}</THINK>",
        "<thinking>{}</thinking>",
        "[THINK]{}[/THINK]",
        "[think] {} </think>[/think]",
        "◁think▷{}◁/think▷",
        "<think >{}</think >",
        "<think\t>{}</think  >",
        "<think type='a'>{}</think>",
        '<Thinking budget="9" mode=long >{}</thinking>',
        "<think >{} <think >a</think> {}</think>",
        "<reason>{}</reason>",
        "<reflection>{}</reflection>",
        "<scratchpad>{}</scratchpad>",
        "<|begin_of_reflection|>{}<|end_of_reflection|>",
        "<antThinking>{}</antThinking>",
        "[REASONING]{}[/REASONING]",
        "[THINKING]\n{}\n[/THINKING]",
        "[THINKING] {} [/thinking]",
        "<unused94>thought\n{}<unused95>",
        "<seed:think>{}</seed:think>",
        "<think>\n<think>\n{}</think>",
        "<think>a <think>b</think>{}</think>",
        "<|START_THINKING|>{}<|END_THINKING|>",
        "<|channel>thought\n{}<channel|>",
        "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>",
        "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>analysis<|message|>{}<|end|>",
        "<|channel|>commentary to=f<|message|>{}<|end|>",
        "```\nnot closed {}",
        "```\n``` x {}\n```",
    ],
)
def test_nothing_fires_in_code_thinking_or_after_a_backslash_and_everything_fires_after_it(hidden):
    text = hidden.format(*["[CALCULATOR:1+1]"] * 2)
    assert one(text) == Text(text)
    if "not closed" not in hidden and not hidden.startswith("\\"):
        events, _ = scan(f"{text}\n[CALCULATOR:2+2]")
        assert isinstance(events[-1], Call)


@pytest.mark.parametrize(
    "before",
    [
        "\\\\",
        "\\n ",
        "a\\",
        "\\`",
        "<thin",
        "<thinker>",
        "</think>",
        "`<think>` ",
        "~~",
        "a ~~~",
        "[",
        "a[0]",
        "[/THINK]",
        "[THINK",
        "[thinking]",
        "[Reasoning]",
        "[REASON]",
        "[/REASONING]",
        "</a>",
        "<s>",
        "<a href='x'>",
        "<think about it>",
        "<think type=>",
        "<think a='b>",
        "<think " + 80 * "a" + "='b'>",
        "<think ",
        "<think a=<b>",
        "<thinker a='b'>",
        "<think\n>",
        "<unused94>thoughts"[:-2],
        "[T",
        "[/",
        "◁",
        "<|channel|>final<|message|>",
        "<|end|>",
        "\\<think>",
    ],
)
def test_a_call_fires_after_what_only_resembles_code_thinking_or_an_escape(before):
    before = before + "\n" if before == "a\\" else before
    events, _ = scan(before + "[CALCULATOR:1+1]")
    assert events == [Text(before), Call("CALCULATOR", "1+1", "[CALCULATOR:1+1]")]


@pytest.mark.parametrize(
    ("prompt", "closing"),
    [("<think>\n", "</think>"), ("<|im_start|>assistant\n[THINK]", "[/THINK]"), ("<thinking>", "</Thinking>")],
)
def test_nothing_fires_in_the_thinking_that_the_prompt_opened(prompt, closing):
    for kind in (Scanner, AdjacentScanner):
        scanner = kind(NAMES, thinking=opened_by(prompt))
        events = [
            event for character in f"[CALCULATOR:1]{closing}[CALCULATOR:2+2]" for event in scanner.feed(character)
        ]
        assert written(events).startswith(f"[CALCULATOR:1]{closing}")
        assert events[-1] == Call("CALCULATOR", "2+2", "[CALCULATOR:2+2]")
        unclosed = kind(NAMES, thinking=opened_by(prompt))
        assert [*unclosed.feed("[CALCULATOR:1]"), *unclosed.close()] == [Text("[CALCULATOR:1]")]


def test_in_the_middle_of_a_line_three_backticks_are_inline_code():
    scanner = Scanner(NAMES, mid_line=True)
    events = scanner.feed("``` x\n[CALCULATOR:1+1]")
    assert isinstance(events[-1], Call)


def test_an_ended_scanner_discards_and_a_closed_one_says_nothing_more():
    scanner = Scanner(NAMES)
    scanner.feed("[CALCULATOR:1]")
    assert scanner.ended
    assert scanner.feed(" more") == []
    assert scanner.discarded == " more"
    assert scanner.close() == []


def test_a_fence_may_arrive_in_pieces_anywhere():
    scanner = Scanner(NAMES)
    events = [
        event
        for chunk in ("``", "`", " p", "y\n", "  ", "x\n", " ", "``", "` ", "\n", "[CALCULATOR:1]")
        for event in scanner.feed(chunk)
    ]
    assert events[-1] == Call("CALCULATOR", "1", "[CALCULATOR:1]")
    assert written(events) == "``` py\n  x\n ``` \n[CALCULATOR:1]"
