"""Learning from worked examples: shapes, what they are learnt from, and a table that knows an order it never saw."""

from __future__ import annotations

import gzip
import json
import sys
from itertools import product

import pytest
from tools.train_chooser.__main__ import main
from tools.train_chooser.design import design
from tools.train_chooser.library import library, shape_of

from orchestrator.bank import read_table
from orchestrator.guide.learnt import propose
from orchestrator.types import Example

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


def test_a_shape_of_three_numbers_must_be_seen_twice():
    once = example("2 3 4", "2*3+4")
    assert (3, ["{0}*{1}+{2}"]) not in library([once])
    assert (3, ["{0}*{1}+{2}"]) in library([once, once])


def test_examples_that_nothing_can_be_learnt_from_are_left_out():
    bank = [
        example("take 4 from 9", "9-4", "5"),
        example("take 9 from 20", "20-9", "11"),
        example("4 and 9", "x", "77"),
    ]
    with pytest.raises(ValueError, match="nothing to learn"):  # one shape alone is always right
        design(bank, library(bank))
    bank.append(example("add 4 to 9", "4+9", "13"))
    made = design(bank, library(bank))
    assert len(made.first) - 1 == 3
    assert made.right.sum() == 3


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
    assert set(json.loads(gzip.decompress(first))) == {"shapes", "whole", "number", "pair"}


@pytest.mark.parametrize("argument", ["9**9**9", "x+y"])
def test_what_cannot_be_worked_out_is_a_shape_of_its_own(argument):
    library([example("9 9 9", argument)])
