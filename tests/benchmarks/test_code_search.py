from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from benchmarks.code_search import growth, queries, report
from benchmarks.code_search.docstrings import Kind, docstrings, without_docstrings
from benchmarks.code_search.metrics import Scores, mean, scores
from benchmarks.code_search.quality import OTHERS
from benchmarks.code_search.queries import Query, QuerySet, Target
from benchmarks.code_search.systems import DENSE_ONLY, NO_EMBEDDING, USUAL, WITHOUT, Stretch, ours
from hypothesis import given
from hypothesis import strategies as st
from training.code_embedder.measured import is_measured

from orchestrator.code import Ranking

SOURCE = Path(__file__).parents[2] / "src" / "orchestrator"
TWO = Query("?", (Target("a.py"), Target("b.py", 10, 20)), "semantic")


def found(*places: tuple[str, int, int]) -> list[Stretch]:
    return [Stretch(*place) for place in places]


def test_a_perfect_list_scores_one_and_an_empty_one_zero() -> None:
    best = scores(TWO, found(("a.py", 1, 2), ("b.py", 15, 16)), by_file=False)
    assert (best.ndcg10, best.recall5, best.hit1, best.mrr, best.precision5) == (1, 1, 1, 1, 0.4)
    assert scores(TWO, [], by_file=False) == Scores(*[0.0] * 8)


def test_ndcg_discounts_by_rank_and_counts_a_file_once_at_its_first_hit() -> None:
    given_ = found(("c.py", 1, 2), ("a.py", 1, 2), ("a.py", 3, 4), ("a.py", 5, 6))
    ideal = 1 + 1 / math.log2(3)
    assert scores(TWO, given_, by_file=True).ndcg10 == pytest.approx(1 / math.log2(3) / ideal)
    assert scores(TWO, given_, by_file=True).recall10 == 0.5


def test_a_target_with_lines_is_found_by_a_line_in_common_or_by_its_file_where_files_are_asked() -> None:
    beside = found(("b.py", 21, 30))
    assert scores(TWO, beside, by_file=False).hit10 == 0
    assert scores(TWO, beside, by_file=True).hit10 == 1
    assert scores(TWO, found(("b.py", 20, 30)), by_file=False).hit10 == 1


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 30), st.integers(0, 9)), max_size=15), st.booleans())
def test_every_measure_is_between_none_and_all(places: list[tuple[str, int, int]], by_file: bool) -> None:
    one = scores(TWO, found(*((f"{name}.py", start, start + more) for name, start, more in places)), by_file=by_file)
    values = [getattr(one, name) for name in Scores.__slots__]
    assert all(0 <= value <= 1 for value in values)
    assert mean([one, one]) == one
    assert one.hit1 <= one.hit5 <= one.hit10
    assert one.recall5 <= one.recall10


def test_docstrings_are_taken_out_and_nothing_else() -> None:
    source = (
        'def f():\n    """Says.\n\n    More."""\n    return 1\n\n\nclass A:\n    "This."\n\n\ndef g(): "its line"\n'
    )
    assert without_docstrings(source) == 'def f():\n    return 1\n\n\nclass A:\n    pass\n\n\ndef g(): "its line"\n'


def test_the_docstring_set_points_at_the_functions_that_say_so(tmp_path: Path) -> None:
    asked = docstrings(tmp_path, 40, part="email", kind="trained on")
    assert len(asked.queries) == 40
    for query in asked.queries:
        (target,) = query.targets
        lines = (tmp_path / target.path).read_text(encoding="utf-8").split("\n")
        assert target.start_line is not None
        assert lines[target.start_line - 1].lstrip().startswith(("def ", "async def "))
        assert not any(query.text in line for line in lines)
    for file in tmp_path.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.body[0].lineno > node.lineno:
                assert ast.get_docstring(node) is None


def test_questions_are_about_what_was_held_out_or_about_what_was_not(tmp_path: Path) -> None:
    kinds: tuple[Kind, ...] = ("held out", "trained on")
    held, known = (
        {query.targets for query in docstrings(tmp_path, 999, part="email", kind=kind).queries} for kind in kinds
    )
    assert held
    assert len(known) > 5 * len(held)
    assert not held & known


def test_alone_the_documented_functions_are_all_there_is_to_find(tmp_path: Path) -> None:
    asked = docstrings(tmp_path, 40, part="email", alone=True, kind="trained on")
    ranges = {}
    for query in asked.queries:
        (target,) = query.targets
        tree = ast.parse((tmp_path / target.path).read_text(encoding="utf-8"))
        assert {type(node) for node in tree.body} <= {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef}
        ranges[target.path] = [
            (node.lineno, node.end_lineno) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        ]
        assert (target.start_line, target.end_line) in ranges[target.path]
    assert len(asked.queries) == 40


def test_our_own_annotations_of_other_repositories_are_whole() -> None:
    repositories = json.loads((OTHERS / "repos.json").read_text(encoding="utf-8"))
    for repository in repositories:
        assert is_measured(repository["name"])
        assert {"language", "url", "revision"} <= repository.keys()
        asked = queries.read(OTHERS / "annotations" / f"{repository['name']}.json", repository["benchmark_root"])
        assert len(asked) >= 12
        assert all(query.text and query.targets for query in asked)
        assert not [t.path for query in asked for t in query.targets if t.path.startswith(("/", "src/main"))]


def test_our_own_questions_still_have_their_answers() -> None:
    asked = json.loads((Path(queries.__file__).parent / "sets" / "spans.json").read_text(encoding="utf-8"))
    still = queries.spans(SOURCE).queries
    gone = sorted({one["query"] for one in asked} - {query.text for query in still})
    assert len(gone) <= 5, f"give these the new path and name of their answer, in spans.json: {gone}"
    for query in queries.sql().queries:
        (target,) = query.targets
        text = (queries.sql().root / target.path).read_text(encoding="utf-8").splitlines()
        assert target.start_line is not None
        assert text[target.start_line - 1].split()[0] in {"CREATE", "ALTER", "GRANT"}


@pytest.mark.parametrize(
    ("make", "hybrid", "dense", "without"),
    [
        (lambda _: queries.spans(SOURCE), 0.51, 0.39, 0.38),
        (lambda _: queries.sql(), 0.58, 0.45, 0.52),
        (lambda folder: docstrings(folder, 80, part="email", kind="trained on"), 0.55, 0.55, 0.29),
    ],
    ids=["this project's source", "SQL", "docstrings that were trained on"],
)
def test_the_right_lines_are_found_as_often_as_they_were(
    make: Callable[[Path], QuerySet], hybrid: float, dense: float, without: float, tmp_path: Path
) -> None:
    asked = make(tmp_path)
    answers = ours("function", "static", USUAL, DENSE_ONLY, NO_EMBEDDING)(asked)
    reciprocal = [
        mean(scores(query, hits, by_file=False) for query, hits in zip(asked.queries, each.found, strict=True)).mrr
        for each in answers
    ]
    assert [got >= floor for got, floor in zip(reciprocal, (hybrid, dense, without), strict=True)] == [True] * 3, (
        reciprocal
    )


def test_every_part_of_the_ranking_is_left_out_once() -> None:
    parts = {field.name for field in fields(Ranking)} - {"k"}
    assert parts == WITHOUT.keys() - {"close, description"}
    assert all(getattr(WITHOUT[part], part) != getattr(USUAL, part) for part in parts)


def test_the_worth_of_each_part_is_a_table(tmp_path: Path) -> None:
    report.write(
        {"ablation": {"all parts": {"eight": 0.9, "sql": 0.5}, "without path": {"eight": 0.85, "sql": 0.5}}}, tmp_path
    )
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| ranking | eight | sql |" in text
    assert "| without path | 0.850 | 0.500 |" in text


def test_the_report_is_written_from_what_there_is(tmp_path: Path) -> None:
    row = {
        "size": 1,
        "chunks": 1_000,
        "chunks a second": 2_000.0,
        "CPU ms a chunk": 0.5,
        "of it in Chroma": 0.25,
        "a file anew s": 0.125,
        "p50 ms": 1.25,
        "p99 ms": 3.0,
        "disk MB": 4.0,
        "memory MB": 200.0,
        "vector recall@10": 1.0,
    }
    report.write({"growth": [row]}, tmp_path)
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| 1,000 | 2,000 | 0.500 | 0.250 | 0.125 | 1.250 | 3.0 | 4.0 | 200 | 1.000 |" in text
    assert (tmp_path / "growth.png").stat().st_size > 1_000


def test_growth_is_measured_on_an_index_whose_vectors_are_found_as_exact_search_finds_them() -> None:
    row = growth.measure(400)
    assert row["chunks"] == 400
    assert row["vector recall@10"] >= 0.98
    assert 0 < row["of it in Chroma"] < row["CPU ms a chunk"]
