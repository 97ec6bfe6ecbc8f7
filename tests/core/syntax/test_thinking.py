"""What a model thought is taken out of what it said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.syntax import without_thinking

MARKS = ["<think>", "</think>", "`", "```\n", "\n", "[", "]", "\\", "<", "a ", "think>"]
PIECES = st.lists(st.sampled_from(MARKS), max_size=20)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>7?</think>6", "6"),
        ("\n <think>a [b]</think>\nSix, <think>or 7</think> no: 6.", "\n \nSix,  no: 6."),
        ("It is 6. <think>or [7", "It is 6. "),
        ("Wrap it in `<think>` so that it is seen.", "Wrap it in `<think>` so that it is seen."),
        ("```\n<think>x</think>\n```\nDone.", "```\n<think>x</think>\n```\nDone."),
        ("Write \\<think> or <thinker>, [1].", "Write \\<think> or <thinker>, [1]."),
        ("<<think>no</think>yes", "<yes"),
        ("", ""),
    ],
)
def test_think_blocks_are_taken_out_and_code_is_left(text, left):
    assert without_thinking(text) == left


@given(PIECES)
def test_nothing_is_added_or_moved(pieces):
    text = "".join(pieces)
    left, rest = without_thinking(text), iter(text)
    assert all(character in rest for character in left)
    if "think>" not in text:
        assert left == text


@given(st.text("abc <[`\n"), PIECES)
def test_a_closed_block_leaves_what_stands_behind_it(said, pieces):
    thought = "".join(pieces).replace("</think>", "")
    assert without_thinking(f"<think>{thought}</think>{said}") == said
