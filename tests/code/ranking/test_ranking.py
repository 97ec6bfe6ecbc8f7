"""A test for each part of the ranking: with it the right chunk leads, without it another does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.code import CodeIndex, Ranking
from orchestrator.code.index.catalogue import Place
from orchestrator.code.index.lexical import Lexical, Words, build
from orchestrator.code.index.paths import standings
from orchestrator.code.protocols import Chunk, Hit
from orchestrator.code.ranking.fusion import Neighbours
from orchestrator.code.ranking.ranking import covered, rank

ALL = Ranking()


def indexed(*chunks: tuple[str, str, str]) -> tuple[Lexical, list[str]]:
    """An index over (path, name, text), and which chunk stands where."""
    paths = list(dict.fromkeys(path for path, _, _ in chunks))
    made = sorted(
        (paths.index(path), at, Chunk(path, at + 1, at + 1, name, text, (name.rpartition(".")[2],) if name else ()))
        for at, (path, name, text) in enumerate(chunks)
    )
    ids = [f"{at:032x}"[::-1] for _, at, _ in made]
    places = [Place(at, file, id_) for (file, at, _), id_ in zip(made, ids, strict=True)]
    words = Words.of([(id_, chunk) for (_, _, chunk), id_ in zip(made, ids, strict=True)])
    lexical = build(places, paths.__getitem__, lambda _rows: {}, None, [words])
    return lexical, [f"{chunk.path} {chunk.name}".strip() for _, _, chunk in made]


def order(lexical: Lexical, names: list[str], query: str, ranking: Ranking = ALL, dense: Neighbours = ()) -> list[str]:
    """Without the chunks' text, so by all but their closeness."""
    return [names[each.doc] for each in rank(lexical, query, dense, 10, ranking, lambda _rows: {})]


FILLER = [(f"other{at}.py", f"thing{at}", "alpha beta gamma") for at in range(6)]


CASES = {
    "path": ("login token", ("auth/login.py", "enter", "x y token"), ("misc.py", "run", "x y token token")),
    "names": ("load settings", ("a.py", "load_settings", "x y"), ("b.py", "run", "load settings load settings")),
    "symbol": ("Widget", ("a.py", "Widget", "a body of other words"), ("widget/use.py", "use_widget", "Widget Widget")),
    "tests": ("mail send now", ("mail.py", "go", "mail send"), ("tests/test_mail.py", "check", "mail send now")),
    "prose": ("mail send now fast", ("mail.py", "go", "mail send"), ("docs/mail.md", "", "mail send now fast")),
    "init": ("mail send now", ("mail/core.py", "", "mail send"), ("mail/__init__.py", "", "mail send now")),
    "old": ("mail send now", ("v2/mail.py", "go", "mail send"), ("v1/mail.py", "go", "mail send now")),
}
OFF = {
    "path": replace(ALL, path=0), "names": replace(ALL, names=0), "symbol": replace(ALL, symbol=0),
    "tests": replace(ALL, tests=1), "prose": replace(ALL, prose=1),
    "init": replace(ALL, init=1), "old": replace(ALL, old=1),
}  # fmt: skip


@pytest.mark.parametrize("part", CASES)
def test_with_each_part_the_right_chunk_leads_and_without_it_another(part):
    query, right, other = CASES[part]
    lexical, names = indexed(other, right, *FILLER)
    assert order(lexical, names, query)[0] == f"{right[0]} {right[1]}".strip()
    assert order(lexical, names, query, OFF[part])[0] == f"{other[0]} {other[1]}".strip()


def test_what_lies_near_by_its_vector_is_found_without_a_common_word():
    lexical, names = indexed(("a.py", "f", "alpha"), ("b.py", "g", "beta"), *FILLER)
    near = [(1, 0.8), (0, 0.7)]
    assert order(lexical, names, "zebra", dense=near)[:2] == ["b.py g", "a.py f"]
    assert order(lexical, names, "zebra", replace(ALL, dense=0), near) == []


def test_a_vector_far_nearer_than_the_others_outweighs_the_words_and_one_hardly_nearer_does_not():
    lexical, names = indexed(("a.py", "f", "alpha zebra"), ("b.py", "g", "beta"), *FILLER)
    assert order(lexical, names, "zebra", dense=[(1, 0.9), (0, 0.3), (2, 0.2)])[0] == "b.py g"
    assert order(lexical, names, "zebra", dense=[(1, 0.31), (0, 0.3), (2, 0.2)])[0] == "a.py f"


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.floats(0.1, 2), st.floats(-0.05, 0.05))
def test_however_a_model_spreads_its_cosines_the_nearest_comes_first(cosines, stretch, moved):
    lexical, names = indexed(*((f"{at}.py", f"f{at}", "alpha") for at in range(8)))
    near = sorted(
        ((at, 0.4 * cosine * stretch + moved) for at, cosine in enumerate(cosines)), key=lambda each: -each[1]
    )
    found = order(lexical, names, "zebra", replace(ALL, several=0, repeat=1), near)
    best = max(cosine for _, cosine in near)
    assert found[0] in {names[at] for at, cosine in near if cosine == pytest.approx(best)}
    assert len(found) == len(near)


def test_a_file_counts_as_a_whole():
    spread = [("whole.py", "f", "parse the url"), ("whole.py", "g", "of a config file")]
    lexical, names = indexed(*spread, ("half.py", "h", "parse the parse url"), *FILLER)
    query = "parse url config file"
    assert order(lexical, names, query, replace(ALL, several=0))[0].startswith("whole.py")


def test_other_files_come_before_a_further_chunk_of_the_same():
    lexical, names = indexed(("a.py", "f", "mail send"), ("a.py", "g", "mail send"), ("b.py", "h", "mail"), *FILLER)
    assert [each.split()[0] for each in order(lexical, names, "send mail", replace(ALL, repeat=0.5))[:2]] == [
        "a.py",
        "b.py",
    ]
    plain = order(lexical, names, "send mail", replace(ALL, repeat=1, several=0))
    assert [each.split()[0] for each in plain[:3]] == ["a.py", "a.py", "b.py"]


def test_which_chunk_of_a_file_comes_first_is_told_word_by_word_and_which_file_is_not():
    chunks = [("a.py", "count_letters", "letter letters letter"), ("a.py", "erase", "drop a letter")]
    lexical, names = indexed(*chunks, ("b.py", "erase_letter", "letter delete"), *FILLER)
    texts = {at: Chunk(path, at + 1, at + 1, name, text) for at, (path, name, text) in enumerate(chunks)}
    without, found = (
        [names[each.doc] for each in rank(lexical, "one letter deletion", (), 3, ranking, lambda _rows: texts)]
        for ranking in (replace(ALL, close=0), ALL)
    )
    assert without == ["a.py count_letters", "b.py erase_letter", "a.py erase"]
    assert found == ["a.py erase", "b.py erase_letter", "a.py count_letters"]


def test_a_description_asks_for_the_function_that_fits_whatever_its_file_says():
    chunks = [("mail/mail.py", "Mail", "class Mail: mail queue of mail"), ("util.py", "send_mail", "smtp post letter")]
    lexical, names = indexed(*chunks, ("mail/mail.py", "drop", "mail"), *FILLER)
    texts = {at: Chunk(path, at + 1, at + 1, name, text) for at, (path, name, text) in enumerate(chunks)}
    near = [(1, 0.5), (0, 0.4), (2, 0.3)]
    without, found = (
        [names[each.doc] for each in rank(lexical, "send the mail", near, 3, ranking, lambda _rows: texts)]
        for ranking in (replace(ALL, description=0), ALL)
    )
    assert without[0] == "mail/mail.py Mail"
    assert found[0] == "util.py send_mail"


def test_vectors_that_are_off_say_nothing_of_a_description_either():
    lexical, names = indexed(("a.py", "send", "mail"), ("b.py", "post", "mail"), *FILLER)
    near = [(1, 0.9), (0, 0.1)]
    assert order(lexical, names, "send the mail", replace(ALL, dense=0), near) == order(
        lexical, names, "send the mail", replace(ALL, dense=0)
    )


@pytest.mark.parametrize("question", ["sent mail", "send all of the mail"])
def test_a_test_is_held_back_whether_a_function_is_described_or_not(question):
    lexical, names = indexed(
        ("a/tests/test_mail.py", "go", "send mail mail"), ("b/post.py", "go", "send mail"), *FILLER
    )
    assert order(lexical, names, question)[0] == "b/post.py go"
    assert order(lexical, names, question, replace(ALL, tests=1))[0] == "a/tests/test_mail.py go"


def test_a_name_as_it_is_written_leads_before_one_in_other_letters():
    lexical, names = indexed(("a.py", "middleware", "x"), ("b.py", "Middleware", "x"), *FILLER)
    assert order(lexical, names, "Middleware")[0] == "b.py Middleware"
    assert order(lexical, names, "middleware")[0] == "a.py middleware"


@pytest.mark.parametrize("query", ["Session.send", "Session::send", "Session#send", "Session->send"])
def test_a_qualified_name_is_asked_for_as_any_language_writes_it(query):
    lexical, names = indexed(("a.py", "Adapter.send", "x"), ("b.py", "Session.send", "x"), *FILLER)
    assert order(lexical, names, query)[0] == "b.py Session.send"


def test_a_name_alone_asks_for_its_definition_and_a_sentence_with_it_for_what_it_says():
    lexical, names = indexed(("a.py", "parse_url", "x"), ("b.py", "check", "links whose ports are refused"), *FILLER)
    near = [(1, 0.5), (0, 0.2), (2, 0.1)]
    assert order(lexical, names, "parse_url", dense=near)[0] == "a.py parse_url"
    assert order(lexical, names, "links whose ports parse_url refuses", dense=near)[0] == "b.py check"


def test_what_is_asked_for_is_not_held_against_a_file():
    lexical, names = indexed(("docs/mail.md", "", "mail send"), ("mail.py", "go", "mail send"), *FILLER)
    assert order(lexical, names, "send mail")[0] == "mail.py go"
    assert order(lexical, names, "documentation of mail send")[0] == "docs/mail.md"


def test_a_hyphen_in_a_question_joins_as_well(project, tmp_path, embedder):
    with CodeIndex.build(project, tmp_path / "db", embedder=embedder) as index:
        assert index.search("e-mail", 1, ranking=replace(ALL, dense=0))[0].path == "mail.py"


@pytest.mark.parametrize(
    ("path", "standing"),
    [
        ("src/app.py", "code"), ("tests/a.py", "test"), ("src/app_test.go", "test"), ("src/app.spec.ts", "test"),
        ("src/AppTest.java", "test"), ("src/latest.py", "code"), ("src/contest.py", "code"), ("pkg/testing.py", "code"),
        ("pkg/__init__.py", "init"), ("src/mod.rs", "code"), ("src/index.ts", "code"), ("README.md", "prose"),
        ("_examples/a.go", "prose"), ("lib/v3/a.ts", "old"), ("lib/v4/a.ts", "code"), ("compat/a.py", "old"),
    ],
)  # fmt: skip
def test_a_path_says_what_a_file_is(path, standing):
    assert standings([path, "lib/v4/other.ts"])[0] == standing


def test_how_much_of_a_question_a_hit_covers():
    lexical, _ = indexed(("a.py", "f", "parse the url"), *FILLER)
    hit = Hit("a.py", 1, 1, "f", "parse the url", 1.0)
    assert covered(lexical, "parse url", hit) == 1.0
    assert 0 < covered(lexical, "parse zebra", hit) < 0.6
    assert covered(lexical, "", hit) == 0.0


def test_the_score_is_at_most_about_one_for_a_chunk_that_leads_every_list(project, tmp_path, embedder):
    with CodeIndex.build(Path(project), tmp_path / "db", embedder=embedder) as index:
        scores = [hit.score for hit in index.search("validate an e-mail address", 20)]
    assert all(0 <= score <= 1 + ALL.several for score in scores)
