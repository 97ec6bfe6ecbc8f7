"""Token trees: each path is one of the sequences, and batches hold every tree once."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.posttraining.trees import ROOT, Tree, batch_of, batches

TOKENS = st.lists(st.integers(0, 3), min_size=1, max_size=6)
PAIRS = st.lists(st.tuples(TOKENS, TOKENS), min_size=1, max_size=6)


def grown(pairs: list[tuple[list[int], list[int]]]) -> Tree:
    tree = Tree()
    for prompt, written in pairs:
        tree.add(prompt, written)
    return tree


def path_to(tree: Tree, at: int) -> list[int]:
    path: list[int] = []
    while at != ROOT:
        path.append(tree.tokens[at])
        at = tree.parents[at]
    return path[::-1]


@given(PAIRS)
def test_each_target_comes_after_the_sequence_that_was_given(pairs: list[tuple[list[int], list[int]]]) -> None:
    tree = grown(pairs)
    wanted = [(tuple(p + w[:n]), w[n]) for p, w in pairs for n in range(len(w))]
    assert [(tuple(path_to(tree, place)), token) for place, token, _ in tree.targets] == wanted


@given(PAIRS)
def test_a_token_attends_to_its_path_and_nothing_else(pairs: list[tuple[list[int], list[int]]]) -> None:
    tree = grown(pairs)
    seen, depths = tree.ancestors(), tree.depths()
    for at in range(len(tree.tokens)):
        places = [place for place in range(len(tree.tokens)) if seen[at, place]]
        assert [tree.tokens[place] for place in sorted(places, key=depths.__getitem__)] == path_to(tree, at)
        assert [depths[place] for place in sorted(places, key=depths.__getitem__)] == [*range(len(places))]


@given(PAIRS)
def test_beginnings_are_shared(pairs: list[tuple[list[int], list[int]]]) -> None:
    prefixes = {tuple((p + w[:-1])[:n]) for p, w in pairs for n in range(1, len(p + w))}
    assert len(grown(pairs).tokens) == len(prefixes)


@given(st.lists(PAIRS, min_size=1, max_size=8), st.integers(1, 30), st.integers(1, 3))
def test_batches_hold_every_tree_once(groups: list[list[tuple[list[int], list[int]]]], length: int, rows: int) -> None:
    trees = [grown(pairs) for pairs in groups]
    made = batches(trees, length, rows, random.Random(1))
    assert sorted(id(tree) for batch in made for row in batch for tree in row) == sorted(map(id, trees))
    for batch in made:
        assert len(batch) <= rows
        for row in batch:
            assert len(row) == 1 or sum(len(tree.tokens) for tree in row) <= length


@given(st.lists(PAIRS, min_size=1, max_size=5))
def test_trees_side_by_side_do_not_see_each_other(groups: list[list[tuple[list[int], list[int]]]]) -> None:
    trees = [grown(pairs) for pairs in groups]
    batch = batch_of([trees])
    start = 0
    for tree in trees:
        end = start + len(tree.tokens)
        assert batch.tokens[0, start:end].tolist() == tree.tokens
        assert batch.positions[0, start:end].tolist() == tree.depths()
        assert not batch.attends[0, start:end, :start].any()
        assert not batch.attends[0, start:end, end:].any()
        assert (batch.attends[0, start:end, start:end] == tree.ancestors()).all()
        start = end
    asked = [(tree.tokens[place], token) for tree in trees for place, token, _ in tree.targets]
    found = [(int(batch.tokens[row, at]), int(t)) for (row, at), t in zip(batch.sources, batch.targets, strict=True)]
    assert found == asked
