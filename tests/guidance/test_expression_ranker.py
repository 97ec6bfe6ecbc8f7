"""What was learnt of many examples, as the calculator's own table has it, and a small one made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import orchestrator.tools.calculator
from orchestrator.core.tool import Proposal
from orchestrator.guidance.example_files import read_table
from orchestrator.guidance.expression_ranker import MOST, Table, propose, table_of
from orchestrator.tools._calculator import calculate

LEARNT = read_table(Path(orchestrator.tools.calculator.__file__).with_suffix(".weights"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("A farm had 530 sheep, sold 148 and 63 lambs were born. How many sheep are there?", "530-148+63"),
        ("One carton holds 12 eggs. How many cartons do I need for 180 eggs?", "180/12"),
        ("if i divide 96 by 8 what comes out", "96/8"),
        ("She baked 40 buns, ate 3, gave away 12 and dropped 5. How many buns are left?", "40-3-12-5"),
        ("The van carries 9 crates with 24 bottles each, and 7 bottles break. How many are whole?", "9*24-7"),
    ],
)
def test_numbers_get_their_signs_from_the_words_around_them(question, expected):
    assert propose(LEARNT, question)[0].argument == expected


def test_a_word_that_is_often_no_number_is_tried_both_ways():
    best = max(
        propose(LEARNT, "Two friends share 12 sweets equally. How many does each get?"), key=lambda p: p.probability
    )
    assert calculate(best.argument) == "6"


def table(**parts: Any) -> Table:
    return table_of(**{"prior": {}, "whole": {}, "number": {}, "pair": {}, **parts})


def test_a_score_adds_what_the_whole_the_numbers_and_the_pairs_say():
    shapes = [[2, "{0}+{1}", "{1}+{0}"], [2, "{0}-{1}"]]
    undecided = propose(table(shapes=shapes), "5 or 3")
    assert [each.probability for each in undecided] == [0.5, 0.5]
    assert undecided[0] == Proposal("5+3", 0.5, ("3+5",))
    for kind in (
        {"prior": {"numbers 2": {"1": 900}}},
        {"whole": {"word or": {"{0}-{1}": 900}}},
        {"number": {"beside or #": {"-": 900}}},
        {"pair": {"larger": {"-": 900}}},
    ):
        best = propose(table(shapes=shapes, **kind), "5 or 3")[0]
        assert best.argument == "5-3"
        assert best.probability > 0.8


def test_a_calculation_that_two_readings_come_to_has_the_shares_of_both():
    shapes = [[1, "{0}*60"], [2, "{0}*{1}"]]
    found = propose(table(shapes=shapes), "How many minutes are 7 hours?")
    assert [(each.argument, each.probability) for each in found] == [("7*60", 1)]


@given(st.text(max_size=200) | st.text(alphabet="0123456789 .,?twohalf%$#", max_size=120))
def test_any_question_gets_likely_first_proposals_or_none(question):
    found = propose(LEARNT, question)
    shares = [each.probability for each in found]
    assert shares == sorted(shares, reverse=True)
    assert len(found) <= MOST
    assert sum(shares) <= 1 + 1e-9


def test_a_question_of_a_megabyte_is_read_by_its_beginning():
    assert propose(LEARNT, "What is 3 plus 4? " + "word 7 " * 150_000) == []
    assert propose(LEARNT, "no number " * 100_000) == []
