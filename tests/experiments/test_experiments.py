"""The contract of every registered experiment, and what their parts promise."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import pytest

from orchestrator.code.protocols import Chunk
from orchestrator.core.errors import ConfigError
from orchestrator.experiments import _writing
from orchestrator.experiments._data import rated_words, samples
from orchestrator.experiments._embedders import Named, available
from orchestrator.experiments._report import Answer, Code, Figure, Report, Section, shown, table
from orchestrator.experiments._snippets import corpus, grade
from orchestrator.experiments._synthesis import synthesis
from orchestrator.experiments._targets import inside_functions, notes_targets, repository
from orchestrator.experiments.chunking import Chunking, chunkers
from orchestrator.experiments.retrieval import relevant_to, search
from orchestrator.runtime.registry import names, plugin

NAMES = names("experiments")


@cache
def made(name: str, *embedders: Named) -> Report:
    """The report of an experiment, made once."""
    report: Report = plugin("experiments", name)().run(embedders)
    return report


def files_of(report: Report, folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in _writing.write(report, folder)}


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_answers_by_stated_rules_and_decides(name: str, words: Named) -> None:
    report = made(name, words)
    assert report.name == name
    assert report.answers
    assert all(answer.question and answer.answer and answer.rule for answer in report.answers)
    assert report.decision
    assert report.choices
    assert report.edges
    assert any(isinstance(block, Figure) for section in report.sections for block in section.blocks)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_inputs_give_the_same_report_byte_for_byte(name: str, words: Named, tmp_path: Path) -> None:
    again = Named("words", words._embedder)
    assert files_of(made(name, words), tmp_path / "one") == files_of(made(name, again), tmp_path / "two")


@pytest.mark.parametrize("name", NAMES)
def test_a_report_s_html_needs_no_other_file_and_its_markdown_names_those_that_are_there(
    name: str, words: Named, tmp_path: Path
) -> None:
    files = files_of(made(name, words), tmp_path)
    html = files[f"{name}.html"]
    assert not re.search(r'(?:src|href)\s*=\s*"(?!#|data:)', html)
    assert not re.search(r"@import|<script", html)
    named = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", files[f"{name}.md"]))
    assert named == {file for file in files if file.endswith(".svg")}
    assert html.count("<svg") == len(named)


@pytest.mark.parametrize("name", NAMES)
def test_embedders_stand_side_by_side_even_one_that_knows_nothing(name: str, words: Named, nothing: Named) -> None:
    report = made(name, words, nothing)
    questions = " ".join(answer.question for answer in report.answers)
    assert "words:" in questions
    assert "nothing:" in questions
    for answer in report.answers:
        if answer.question.startswith("nothing:") and answer.held is not None:
            assert not answer.held


def test_the_synthesis_counts_what_held_and_lists_what_did_not(words: Named) -> None:
    report = made("similarity", words)
    page = synthesis(
        [replace(report, answers=(Answer("a?", "yes", "r", held=True), Answer("b?", "no", "r", held=False)))]
    )
    assert page.lead.startswith("1 of 2 expectations held")
    assert ("metric", "cosine") in page.sections[0].blocks[0].rows  # type: ignore[union-attr]


# --- The parts ---


def test_the_notes_have_their_queries_and_every_query_something_relevant() -> None:
    assert len(corpus().snippets) == 15
    assert len(corpus().queries) >= 33
    assert [query.text for query in corpus().notes] == [
        "How do I fetch data from a database?",
        "What does this function do to filter an array?",
        "Show me code that loops through items",
    ]
    for query in corpus().queries:
        assert relevant_to(query), query.text
        assert {grade(query, snippet) for snippet in corpus().snippets} <= {1, 2, 3, 4, 5}
    assert {snippet.language for snippet in corpus().snippets} == {"Python", "JavaScript", "SQL"}


def test_chroma_returns_something_even_where_nothing_fits(words: Named) -> None:
    searched = search(words)
    assert len(searched.unfitting) == len(corpus().nothing_fits)
    assert all(len(found) in (0, 5) for _, found, _ in searched.found)
    for _, _, cosines in searched.found:
        assert list(cosines) == sorted(cosines, reverse=True)


def test_the_notes_functions_have_the_lengths_that_the_notes_ask_for() -> None:
    validation, algorithm = samples().notes.values()
    assert 28 <= len(validation.splitlines()) <= 38
    assert 45 <= len(algorithm.splitlines()) <= 58
    for text in samples().notes.values():
        ast.parse(text)


@pytest.mark.parametrize("chunker", chunkers(), ids=lambda chunker: chunker.name)
@pytest.mark.parametrize("case", samples().edges)
def test_every_line_is_in_exactly_one_chunk_of_every_strategy(chunker: Any, case: str) -> None:
    text = samples().edges[case]
    chunks: list[Chunk] = chunker.chunks("case.py", text)
    lines = [line for chunk in chunks for line in range(chunk.start_line, chunk.end_line + 1)]
    assert lines == list(range(1, len(text.splitlines()) + 1))
    assert "\n".join(chunk.text for chunk in chunks) == text.removesuffix("\n")


def test_the_questions_of_a_repository_are_docstrings_that_are_taken_out(tmp_path: Path) -> None:
    source = 'def area(width, height):\n    """The area of a rectangle. It is exact."""\n    return width * height\n'
    (tmp_path / "shapes.py").write_text(f"X = 1\n\n\n{source}", "utf-8")
    (tmp_path / "broken.py").write_text("def (", "utf-8")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.py").mkdir()
    files, (target,) = repository(tmp_path)
    assert files == {"shapes.py": "X = 1\n\n\ndef area(width, height):\n    return width * height\n"}
    assert target.question == "The area of a rectangle"
    assert target.lines == {("shapes.py", 4), ("shapes.py", 5)}


def test_a_repository_without_anything_to_ask_is_a_clear_error(tmp_path: Path, words: Named) -> None:
    with pytest.raises(ConfigError, match="name another folder with --repository"):
        Chunking(tmp_path).run((words,))


def test_the_notes_question_on_errors_is_answered_by_the_lines_that_raise_or_handle() -> None:
    validate, errors = notes_targets()
    assert {path for path, _ in validate.lines} == {"registration.py"}
    text = "\n".join(samples().notes[path].splitlines()[line - 1] for path, line in sorted(errors.lines))
    assert "except ValueError" in text
    assert "raise KeyError" in text


def test_lines_inside_functions_are_those_behind_the_first() -> None:
    assert inside_functions("def f():\n    x = 1\n    return x\n\n\ny = 2\n") == {2, 3}
    assert inside_functions("def (") == frozenset()


def test_the_ratings_are_those_of_wordsim_353() -> None:
    ratings = rated_words()
    assert "WordSim-353" in ratings.source
    assert len(ratings.pairs) == len(ratings.ratings) == 353
    assert (ratings.pairs[0], ratings.ratings[0]) == (("love", "sex"), 6.77)
    assert min(ratings.ratings) >= 0
    assert max(ratings.ratings) == 10


def test_a_text_is_embedded_once(words: Named) -> None:
    asked: list[int] = []
    named = Named("w", words._embedder, asked.append)
    named.encode(["a b", "c"])
    named.encode(["c", "a b", "d"])
    assert asked == [2, 3]


def test_cells_are_written_for_people() -> None:
    assert [shown(value) for value in (None, float("nan"), True, -0.0001, 0.5, 1_234, "x")] == [
        "–", "–", "yes", "0.000", "0.500", "1,234", "x",
    ]  # fmt: skip


def test_hostile_text_in_a_report_stays_text(tmp_path: Path) -> None:
    section = Section("A <b>", (Code("```\n</pre><script>"), table(("a|b",), [("x|y\nz",)]), "<script>"))
    report = Report("r", "<t>", "&", (section,), (Answer("<q>", "<a>", "<r>"),), "<d>", "<c>")
    files = files_of(report, tmp_path)
    assert "<script>" not in files["r.html"]
    assert "````" in files["r.md"]
    assert "| x\\|y z |" in files["r.md"]


def test_markdown_in_a_report_s_text_stays_text(tmp_path: Path) -> None:
    hostile = (
        "![a](http://b/c.png)",
        "[a](http://b)",
        "<http://b>",
        "**a** _b_ `c` &lt;",
        "# a",
        "- a",
        "> a",
        "__init__.py",
    )
    section = Section("s", (*hostile, table(("h",), [(text,) for text in hostile])))
    html = files_of(Report("r", "t", "l", (section,), (), "d", "c"), tmp_path)["r.html"].partition("<body>")[2]
    assert set(re.findall(r"<(\w+)", html)) == {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td"}
    for text in hostile:
        assert html.count(f">{escape(text)}<") == 2


def test_a_report_s_html_keeps_the_look_of_numbers_and_verdicts(tmp_path: Path) -> None:
    section = Section("s", (table(("name", "number"), [("a", 0.5), ("b", None)]),))
    answers = (Answer("a?", "b", "c", held=True), Answer("d?", "e", "f", held=False))
    html = files_of(Report("r", "t", "l", (section,), answers, "d", "c"), tmp_path)["r.html"]
    assert '<td style="text-align:right">0.500</td>' in html
    assert "<td>a</td>" in html
    assert '<b class="yes">yes</b>' in html
    assert '<b class="no">no</b>' in html
    assert '<h2 class="decision">Decision</h2>' in html


def test_an_embedder_that_was_asked_for_must_be_usable() -> None:
    with pytest.raises(ConfigError, match="unknown embedder"):
        available(["no-such"])
