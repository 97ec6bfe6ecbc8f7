"""Learning from worked examples: shapes, what they are learnt from, and a table that knows an order it never saw."""

from __future__ import annotations

import gzip
import json
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from training.expression_ranker.__main__ import main
from training.expression_ranker.design import design
from training.expression_ranker.library import SEEN_OFTEN, flat_templates, left_out, library, shape_of
from training.expression_ranker.worked_out import worked_out

import training.expression_ranker
from orchestrator.core.tool import Example
from orchestrator.guidance.example_files import read_examples, read_table
from orchestrator.guidance.expression_ranker import propose
from orchestrator.guidance.interpretations import MOST_NUMBERS
from orchestrator.tools._calculator import calculate

BANKS = sorted(Path(training.expression_ranker.__file__).parent.glob("*.tsv"))
HEADER = "question\targument\tresult\tanswer\tthought\n"
NAMES = ("Ann", "Ben", "Cleo", "Dan")
STEPS = (("finds", "+"), ("loses", "-"), ("wins", "+"), ("spends", "-"))


def example(question: str, argument: str, result: str = "") -> Example:
    return Example(question, argument, result, "")


def problems() -> list[tuple[str, str]]:
    """Two steps each; a gain never comes after a loss."""
    found = []
    for name, (first, one), (second, other) in product(NAMES, STEPS, STEPS):
        if (one, other) != ("-", "+"):
            found.append((f"{name} has 50 coins, {first} 8 coins and {second} 3 coins.", f"50{one}8{other}3"))
    return found


def test_a_shape_counts_the_numbers_of_the_reading_that_it_uses():
    assert shape_of(example("Two boys have 30 and 12 nuts. How many more?", "30-12")) == (2, "{0}-{1}")
    assert shape_of(example("Two boys share 30 nuts.", "30/2")) == (2, "{1}/{0}")
    assert shape_of(example("How many e's are in tree?", "'tree'.count('e')")) is None
    assert shape_of(example("the weather in Oslo", "weather Oslo")) is None


def test_shapes_that_come_to_the_same_are_spellings_of_one():
    bank = [example("15% of 240", "240*15/100"), example("20% of 50", "50*20/100"), example("5% of 60", "5/100*60")]
    assert (2, ["{1}*{0}/100", "{0}/100*{1}"]) in library(bank)
    assert not any("abs" in text for _, texts in library([example("9 and 4", "abs(9-4)")]) for text in texts)


def test_a_shape_of_three_numbers_must_be_seen_more_often_than_one_of_two():
    two, three = example("2 3", "2*3"), example("2 3 4", "2*3+4")
    assert (2, ["{0}*{1}"]) not in library([two])
    assert (2, ["{0}*{1}"]) in library([two] * 2)
    assert (3, ["{0}*{1}+{2}"]) not in library([three] * 2)
    assert (3, ["{0}*{1}+{2}"]) in library([three] * 3)


def test_examples_that_nothing_can_be_learnt_from_are_left_out():
    bank = [
        example("take 4 from 9", "9-4", "5"),
        example("take 9 from 20", "20-9", "11"),
        example("4 and 9", "x", "77"),
    ]
    with pytest.raises(ValueError, match="nothing to learn"):  # one shape alone is always right
        design(bank, [(2, ["{1}-{0}"])])
    made = design(bank, [(2, ["{1}-{0}"]), (2, ["{0}+{1}"])])
    assert len(made.first) - 1 == 2
    assert made.right.sum() == 2


def test_a_remainder_is_not_learnt_from_a_difference_that_happens_to_be_one():
    bank = [example("How much more is 19 than 12?", "19-12", "7"), example("the rest of 19 by 5", "19 mod 5", "4")]
    made = design(bank, [(2, ["{0}-{1}"]), (2, ["{0} mod {1}"])])
    assert made.right.tolist() == [True, False, False, True]


def test_a_shape_that_is_seen_often_is_known_with_a_number_left_out():
    bank = [example(f"{large} less 4", f"{large}-4") for large in range(10, 10 + SEEN_OFTEN)]
    assert (3, ["{0}-{2}"]) in library(bank)
    assert (3, ["{0}-{2}"]) not in library(bank[1:])


def test_the_number_of_a_fact_has_a_place():
    assert shape_of(example("How many minutes are 7 hours?", "7*60")) == (2, "{0}*{1}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{0} mod {1}", [2, 0]),
        ("ceil({0}/{1})", [3, 3]),
        ("floor({0}/{1})", [2, 3]),
        ("{1}!", [24, 6]),
        ("factorial({0}/{1})", [None, 6]),
        ("gcd({0},{1})", [2, 3]),
        ("lcm({0},{1})", [20, 9]),
        ("max({0},{1})-min({0},{1})", [6, 6]),
        ("round({0}/{1}, 1)", [2.5, 3]),
        ("{0}^2", [100, 81]),
        ("solve({0})", [None, None]),
        ("{0}{1}", [None, None]),
    ],
)
def test_a_shape_is_worked_out_for_many_questions_at_once(text, expected):
    found = worked_out(text, np.array([[10.0, 9.0], [4.0, 3.0]]))
    assert [None if np.isnan(each) else each for each in found] == expected


def test_every_example_that_is_learnt_from_has_its_result_from_the_calculator():
    examples = [each for bank in BANKS for each in read_examples(bank)]
    assert [each.question for each in examples if calculate(each.argument) != each.result] == []


def test_a_table_made_of_examples_finds_an_order_of_signs_that_none_has(tmp_path, monkeypatch, capsys):
    rows = [f"{question}\t{argument}\t{eval(argument)}\tso\t\n" for question, argument in problems()]
    bank, other, made = tmp_path / "bank.tsv", tmp_path / "other.tsv", tmp_path / "made"
    bank.write_text(HEADER + "".join(rows[::2]), "utf-8")
    other.write_text(HEADER + "".join(rows[1::2]), "utf-8")
    monkeypatch.setattr(sys, "argv", ["train_chooser", str(made), str(bank), str(other)])
    main()
    assert "48 of 48 examples" in capsys.readouterr().out
    assert propose(read_table(made), "Eve has 70 coins, spends 20 coins and wins 6 coins.")[0].argument == "70-20+6"
    first = made.read_bytes()
    main()
    assert made.read_bytes() == first
    assert set(json.loads(gzip.decompress(first))) == {"shapes", "prior", "whole", "number", "pair"}


@pytest.mark.parametrize("argument", ["9**9**9", "x+y"])
def test_what_cannot_be_worked_out_is_a_shape_of_its_own(argument):
    library([example("9 9 9", argument)])


def test_every_order_of_plus_and_minus_is_a_flat_shape():
    flat = flat_templates()
    assert ("{0}-{1}+{2}-{3}", 4) in flat
    assert ("{0}*{1}*{2}", 3) in flat
    assert len(flat) == len(set(flat)) == sum(2 ** (numbers - 1) + 1 for numbers in range(3, MOST_NUMBERS + 1))


def test_a_number_is_left_out_at_every_place():
    assert left_out("{0}-{1}", 2) == ["{1}-{2}", "{0}-{2}", "{0}-{1}"]
