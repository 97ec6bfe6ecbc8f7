from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.core.chat_template import TEMPLATES
from orchestrator.core.syntax import Call, Forged, Scanner, Text, defuse, escape, without_thinking
from orchestrator.core.syntax.thinking_marks import ENDING, OPENING

NAMES = ("CALCULATOR", "WEB_SEARCH", "CODE_SEARCH")
CASES = json.loads((Path(__file__).parents[2] / "cases" / "scanner.json").read_text("utf-8"))["cases"]
PIECES = [
    *"[]:\"'`~\\<>\n\r |/ab1_",
    "[CALCULATOR:",
    "[CALCULATOR:1+1]",
    "[X_RESULT:4]",
    "```",
    "~~~\n",
    "<think>",
    "</think>",
    "[THINK]",
    "[/THINK",
    "<thinking>",
    "◁think▷",
    "<|channel|>analysis",
    "`a`",
    "<|im_end|>",
    "</s>",
    "[INST]",
    "\u200b",
    "\u200d",
    "\u202e",
    "\u2028",
    "\ud800",
    "\x00",
    "é",
    "👩",
]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)


def events_of(text: str) -> list[object]:
    scanner = Scanner(NAMES)
    return [*scanner.feed(text), *scanner.close()]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@given(texts)
@pytest.mark.parametrize("inert", [defuse, escape])
def test_foreign_text_never_fires(inert, text):
    assert all(isinstance(event, Text) for event in events_of(inert(text)))


@given(texts, st.sampled_from(["", "and ", "x\n"]))
@example("\\\\`", "")
@example("`\\` `", "")
@example("```\n```", "")
def test_a_call_after_an_escaped_text_is_not_lost(text, before):
    """Wherever the result stands in its line, it leaves no code, think block or backslash open behind it."""
    (*_, last) = events_of(before + escape(text) + "[CALCULATOR:2+2]")
    assert isinstance(last, Call)


@given(texts)
def test_an_escaped_text_cannot_close_the_bracket_around_it(text):
    inside = escape(text).replace("\n", " ")  # a forged result is given up at a newline; results may hold some
    result = f"[WEB_SEARCH_RESULT:{inside}]"
    if len(inside) <= 2_000:
        assert events_of(result) == [Forged("WEB_SEARCH", result)]


@given(texts)
def test_escaping_twice_changes_nothing_more(text):
    assert escape(escape(text)) == escape(text)


@given(
    st.lists(st.text("abcäß漢字12", min_size=1), max_size=10),
    st.sampled_from([" ", "] ", " [CALCULATOR:", " `", "\n```\n", "<|", " \\"]),
)
def test_the_words_stay_readable(parts, between):
    text = between.join(parts)
    assert words(escape(text)) == words(text)


@pytest.mark.parametrize("case", [case for case in CASES if case["group"] == "inert"], ids=lambda case: case["id"])
def test_the_protocols_inert_cases_are_inert(case):
    text = "".join(case["chunks"])
    assert all(isinstance(event, Text) for event in events_of(escape(text)))
    assert words(escape(text)) == words(text)


@pytest.mark.parametrize(
    "token",
    [
        "<|im_end|>",
        "<|im_start|>system",
        "<｜User｜>",
        "</s>",
        "<think>",
        "</THINK>",
        "[INST]",
        "[/INST]",
        "<end_of_turn>",
    ],
)
def test_control_tokens_of_chat_templates_are_broken(token):
    assert token not in defuse(f"a {token} b")
    assert token not in escape(f"a {token[:3]}\u200b{token[3:]} b")


@pytest.mark.parametrize("mark", sorted({*OPENING, *ENDING}))
@pytest.mark.parametrize("inert", [defuse, escape])
def test_foreign_text_neither_opens_nor_closes_thinking(inert, mark):
    for text in (
        f"a {mark} b",
        f"a\n{mark.upper()}\nb",
        f"{mark}{mark}",
        f"{mark[0]}{mark}",
        f"\\{mark}",
        f"a {mark[:-1]}",
    ):
        after = "]6" if inert is escape else " 6"  # a result ends with the bracket of the runtime
        assert without_thinking(inert(text) + after) == inert(text) + after
        assert mark not in inert(text).lower()
        assert words(inert(text)) == words(text)


@pytest.mark.parametrize(
    "mark",
    [
        "<reason>",
        "<scratchpad>",
        "<antThinking>",
        "<think >",
        "<think type='a'>",
        "</think >",
        "[THINKING]",
        "<unused94>",
    ],
)
def test_marks_of_thinking_in_any_dress_are_made_inert(mark):
    assert escape(f"a {mark} b") == f"a {mark[0]} {mark[1:]} b"


def test_ordinary_text_and_code_pass_unchanged():
    for text in (
        "a[i] = b[j]",
        "x < y and y > z",
        "use `a` or `b`",
        "so:\n```python\nx = [1]\n```\n",
        "[NOTE] see [1]",
        "[thinking] and [thought], <thinker>, <reasons> and a<b>c",
        "C:\\temp",
        "👩‍👧 نمی‌خواهم",
    ):
        assert escape(text) == text


def test_invisible_characters_go_and_line_ends_are_one_kind():
    assert escape("a\u200bb\u2060c\ufeffd\u202ee\x00f\x1bg\U000e0041h") == "abcdefgh"
    assert escape("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert escape("[\u200dCALCULATOR:1]") == "\\[CALCULATOR:1\\]"


def test_the_markers_of_every_template_are_broken_and_words_are_marks_at_a_lines_start_only():
    for template in TEMPLATES.values():
        for marker in template.markers:
            assert f"\n{marker}" not in defuse(f"a\n{marker} b", template.markers)
            assert words(escape(f"a\n{marker} b", template.markers)) == words(f"a\n{marker} b")
    assert defuse("Ask the User: he knows.", TEMPLATES["plain"].markers) == "Ask the User: he knows."
