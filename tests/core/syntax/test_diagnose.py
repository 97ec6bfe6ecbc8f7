from __future__ import annotations

import pytest

from orchestrator.core.syntax import diagnose

NAMES = {"CALCULATOR": 1, "WEB_SEARCH": 2}


@pytest.mark.parametrize(
    "text",
    ["[calculator:1]", "[ CALCULATOR:1]", "[CALCULATOR :1]", "[CALCULATE:1]", "[Calculator: 1]", "[web search:x]"],
)
def test_a_near_miss_names_the_nearest_tool(text):
    (diagnostic,) = diagnose(f"so {text}", NAMES)
    assert diagnostic.kind == "unknown_tool"
    assert "[CALCULATOR:" in diagnostic.message or "[WEB_SEARCH:" in diagnostic.message


def test_a_call_that_stayed_text_was_in_code_or_escaped():
    (diagnostic,) = diagnose("`[CALCULATOR:1+1]` and `[CALCULATOR:2]`", NAMES)
    assert diagnostic.kind == "not_run"


@pytest.mark.parametrize(
    "text", ["", "[NOTE: careful]", "[x]: https://a.b", "[12:30] ok", "a[i:j]", "[ERROR: disk full]"]
)
def test_prose_is_left_alone(text):
    assert diagnose(text, NAMES) == []


def test_there_is_a_bound():
    assert len(diagnose("".join(f"[CALCULATOR{i}:1]" for i in range(1_000)), NAMES)) == 20
