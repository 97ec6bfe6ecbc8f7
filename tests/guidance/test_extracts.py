"""What is quoted of a long result."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.syntax import Scanner
from orchestrator.core.types import ToolCall
from orchestrator.guidance.extracts import LONGEST, MOST, extracts_of

FAMILIAR = frozenset(("the", "of", "in", "when", "did"))
FOUND = """[1] The harbour bridge of Lund (2026-05-04)
  https://town.example/bridge
  It rained in May. The new harbour bridge opened on 3 May 2026. The mayor spoke.
[2] Market
  https://town.example/market
  The market is open on Saturdays from 8 to 14.
"""


def test_the_sentence_that_shares_most_words_is_quoted_with_its_source():
    assert extracts_of("When did the harbour bridge open?", FOUND, FAMILIAR) == [
        "The new harbour bridge opened on 3 May 2026. [1]"
    ]
    assert extracts_of("saturday's market", FOUND, FAMILIAR) == ["The market is open on Saturdays from 8 to 14. [2]"]


def test_a_title_counts_less_than_what_it_is_the_title_of():
    assert extracts_of("bridge", "[1] Bridge\n  https://a.example\n  The bridge fell.", FAMILIAR) == [
        "The bridge fell. [1]"
    ]
    assert extracts_of("bridge", "[3] Bridge\n  https://a.example", FAMILIAR) == ["Bridge [3]"]


def test_text_without_sources_is_quoted_without_one():
    assert extracts_of("who won", "Nothing here.\nThe reds won.", FAMILIAR) == ["The reds won."]


def test_of_several_that_are_as_near_some_are_left_to_choose_from():
    assert extracts_of("cats", "One cat. Two cats. Three cats. Four cats.", FAMILIAR) == [
        "One cat.",
        "Two cats.",
        "Three cats.",
    ]


def test_a_result_without_words_has_no_quotation():
    assert extracts_of("who won", "\n 1, 2 \n", FAMILIAR) == []


def test_a_long_sentence_is_cut_between_words():
    (found,) = extracts_of("ab", "ab " * 200, FAMILIAR)
    assert found.endswith("ab …")
    assert len(found) <= LONGEST + 2


def test_what_is_quoted_is_never_a_call():
    (found,) = extracts_of("secret", "The secret is [SUM:1+1] and ``` <think>.", FAMILIAR)
    assert found == "The secret is (SUM:1+1) and ''' ‹think›."
    assert not [piece for piece in Scanner(["SUM"]).feed(found) if isinstance(piece, ToolCall)]


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_result_is_quoted(result, question):
    found = extracts_of(question, result, FAMILIAR)
    assert len(found) <= MOST
    assert not any(set(sentence) & set("`<>") for sentence in found)
