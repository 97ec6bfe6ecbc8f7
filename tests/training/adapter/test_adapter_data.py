"""The adapter's data and how it is composed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training.adapter.compose import DATA, TALK, groups
from training.adapter.overlap import Benchmark, words_of

FILES = sorted(DATA.glob("*.jsonl"))
WORDS = st.lists(
    st.sampled_from(["weather", "in", "Oslo", "tomorrow", "please", "and", "Rome", "12", "3.5"]),
    min_size=4,
    max_size=12,
)


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def composed():
    return groups()


def test_there_are_enough_questions_and_functions():
    lines = [line for path in FILES if path != TALK for line in lines_of(path)]
    functions = {(each["name"], each["description"]) for line in lines for each in line["functions"]}
    assert len(functions) >= 2_500
    assert sum(len(line["questions"]) for line in lines) >= 6_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_line_has_its_origin_and_licence(path):
    for line in lines_of(path):
        assert line["origin"]
        assert line["licence"] in {"MIT", "BSD-3-Clause", "BSD-2-Clause", "Apache-2.0", "PSF-2.0", "PSF-based"}


def test_every_row_fits_its_tools_and_has_what_should_be_written(composed):
    trained, held_out = composed
    assert len(held_out) > 100
    for group in (*trained, *held_out):
        names = {tool.name for tool in group.tools}
        assert len(names) == len(group.tools)
        for row in group.rows:
            assert row.calls or row.answer
            assert {call.name for call in row.calls} <= names


def test_held_out_questions_are_not_trained(composed):
    trained, held_out = ({row.question for group in part for row in group.rows if row.calls} for part in composed)
    assert len(held_out & trained) <= 3  # two writers asked the same


def test_the_composition_follows_from_the_seed(composed):
    again = groups()
    assert [group.rows for group in again[0]] == [group.rows for group in composed[0]]


def test_all_kinds_are_there(composed):
    kinds = Counter(
        "several" if len(row.calls) > 1 else "one" if row.calls else "none"
        for group in composed[0]
        for row in group.rows
    )
    assert min(kinds.values()) > 1_000
    assert any(len(group.tools) > 3 for group in composed[0])


@given(WORDS)
def test_a_question_is_a_near_copy_of_itself_with_other_numbers_signs_and_case(words):
    bench = Benchmark([" ".join(words)])
    changed = [str(len(word)) if word[0].isdigit() else word.upper() for word in words]
    assert bench.has_near_copy(", ".join(changed))


@given(WORDS)
def test_a_question_in_other_words_is_none(words):
    assert not Benchmark([" ".join(words)]).has_near_copy("how many people live on the island of Madeira")


def test_a_part_is_a_near_copy():
    bench = Benchmark(["Find the area of a triangle with a base of 10 units and a height of 5 units."])
    assert bench.has_near_copy("find the area of a triangle with a base of 7 units")
    assert not bench.has_near_copy("the triangle in my garden has a base of 7 steps: how large is it?")


def test_numbers_are_one_word():
    assert words_of("It's 1,200.50 EUR!") == ("it", "s", "0", "eur")
