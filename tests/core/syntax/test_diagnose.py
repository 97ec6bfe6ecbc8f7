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


@pytest.mark.parametrize(
    "text",
    [
        "［CALCULATOR：1+1］",
        "［CALCULATOR:1+1]",
        "[CALCULATOR：1+1]",
        "【CALCULATOR:1+1】",
        "[CALCU\u200bLATOR:1+1]",
        "[\u2060CALCULATOR\ufeff:1+1]",
        "[CAL\u00adCULATOR:1+1]",
        "[СALCULАTOR:1+1]",
        "[ＣＡＬＣＵＬＡＴＯＲ:1+1]",
        "[CΑLCULATΟR:1+1]",
        "[𝗖𝗔𝗟𝗖𝗨𝗟𝗔𝗧𝗢𝗥:1+1]",
        "[WEB＿SEARCH:x]",
        "［ wEb sеarch ：x］",
    ],
)
def test_a_call_in_other_characters_names_the_tool_and_shows_them(text):
    (diagnostic,) = diagnose(f"so {text} and [1]", NAMES)
    assert diagnostic.kind == "unknown_tool"
    assert diagnostic.message.isascii() is False  # the ellipsis only
    assert diagnostic.message.replace("…", "").isascii()
    assert "\\u" in diagnostic.message or "\\x" in diagnostic.message or "\\U" in diagnostic.message
    assert diagnostic.message.count("[CALCULATOR:…]") + diagnostic.message.count("[WEB_SEARCH:…]") == 1


@pytest.mark.parametrize("text", ["[C A L C U L A T O R:1]", "[CALC ULATOR:1]", "[ web-search :x]", "[WEBSEARCH:x]"])
def test_a_name_with_blanks_in_it_names_the_tool(text):
    (diagnostic,) = diagnose(text, NAMES)
    assert diagnostic.kind == "unknown_tool"


def test_a_call_that_stayed_text_was_in_code_or_escaped():
    (diagnostic,) = diagnose("`[CALCULATOR:1+1]` and `[CALCULATOR:2]`", NAMES)
    assert diagnostic.kind == "not_run"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[NOTE: careful]",
        "[x]: https://a.b",
        "[12:30] ok",
        "a[i:j]",
        "[ERROR: disk full]",
        "[Примечание: да]",
        "【注意：看】",
        "［1：2］",
        "「彼は言った：はい」",
        "[ΣΗΜΕΙΩΣΗ: x]",
        "[Привет мир: x]",
    ],
)
def test_prose_is_left_alone(text):
    assert diagnose(text, NAMES) == []


def test_there_is_a_bound():
    assert len(diagnose("".join(f"[CALCULATOR{i}:1]" for i in range(1_000)), NAMES)) == 20
