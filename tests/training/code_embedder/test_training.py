from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from benchmarks.code_search.docstrings import held_out
from training.code_embedder.__main__ import main as command
from training.code_embedder.archives import Package, describe, source_files
from training.code_embedder.corpus import counted
from training.code_embedder.measured import is_measured
from training.code_embedder.mine import mine
from training.code_embedder.pairs import Pair, first_sentence
from training.code_embedder.train import Recipe, train
from training.code_embedder.weights import save

from orchestrator.code.embedders.static import StaticEmbedder
from training.code_embedder import commented_source, python_source, standard_library

PYTHON = '''
class Shelf:
    """Holds the books of one room."""

    @property
    def oldest(self):
        """The book that stood here first. Raises where there is none.

        More words.
        """
        return self.books[0]

    def quiet(self):
        return None
'''


def test_python_gives_the_first_sentence_and_the_code_without_its_docstring() -> None:
    shelf, oldest = python_source.pairs("shelf.py", PYTHON)
    assert (shelf.description, shelf.name) == ("Holds the books of one room", "Shelf")
    assert (oldest.description, oldest.name) == ("The book that stood here first", "Shelf.oldest")
    assert oldest.code == "    @property\n    def oldest(self):\n        return self.books[0]"


def test_a_form_feed_moves_no_line() -> None:
    (pair,) = python_source.pairs("a.py", 'x = 1\n\f\ndef f():\n    """Does the thing at last."""\n    return 1\n')
    assert pair.code == "def f():\n    return 1"


def test_a_function_held_out_is_nowhere_in_what_is_mined_of_its_module() -> None:
    (shelf,) = python_source.pairs("shelf.py", standard_library.cut_out(PYTHON, {"Shelf.oldest"}))
    assert shelf.name == "Shelf"
    assert "def quiet" in shelf.code
    assert "oldest" not in shelf.code
    assert "books[0]" not in shelf.code


def test_what_is_held_out_is_neither_trained_on_nor_met_in_a_copy() -> None:
    said = standard_library.sentences_held_out()
    mined = {(pair.path, pair.name) for pair in standard_library.pairs()}
    assert ("json/decoder.py", "JSONDecoder.decode") in mined
    assert held_out().isdisjoint(mined)
    sentence = next(each for each in sorted(said) if each.startswith("Return"))
    copied = Pair("A class of its own", "b.py", "Copy", f'class Copy:\n    def f(self):\n        """{sentence}."""')
    assert standard_library.is_copy(copied, said)


def test_python_that_does_not_parse_has_no_pairs() -> None:
    assert not list(python_source.pairs("broken.py", "def f(:\n"))


@pytest.mark.parametrize(
    ("path", "text", "description", "code"),
    [
        ("a.go", "// Walk visits every file below it.\nfunc Walk(root string) error {\n\treturn nil\n}\nvar x = 1\n",
         "visits every file below it", "func Walk(root string) error {\n\treturn nil\n}"),
        ("a.js", "/**\n * Joins two paths with a slash.\n * @param a\n */\nfunction join(a, b) {\n  return a;\n}\n",
         "Joins two paths with a slash", "function join(a, b) {\n  return a;\n}"),
        ("a.rs", "/// Counts the open doors.\n#[inline]\npub fn doors(&self) -> usize {\n    self.n\n}\n",
         "Counts the open doors", "#[inline]\npub fn doors(&self) -> usize {\n    self.n\n}"),
        ("a.rb", "# Sends the letter to everyone.\ndef send_all(letter)\n  letter.post\nend\n\ndef other\nend\n",
         "Sends the letter to everyone", "def send_all(letter)\n  letter.post\nend"),
        ("a.java", "/** Closes the {@link Gate gate} at night. */\n@Override\npublic void close() {\n}\n",
         "Closes the Gate gate at night", "@Override\npublic void close() {\n}"),
    ],
)  # fmt: skip
def test_other_languages_give_the_comment_above_a_definition(path: str, text: str, description: str, code: str) -> None:
    (pair,) = commented_source.pairs(path, text)
    assert (pair.description, pair.code) == (description, code)


@pytest.mark.parametrize(
    "comment",
    [
        "Copyright 2020 by some people here",
        "TODO: write this some day soon",
        "too short",
        "",
        "@param a the first thing",
    ],
)
def test_what_describes_nothing_is_no_description(comment: str) -> None:
    assert first_sentence(comment) is None


@pytest.mark.parametrize(
    "name", ["click", "ruby-rack", "golang-github-spf13-cobra-dev", "librust-tokio-1-dev", "Flask"]
)
def test_a_measured_project_is_known_by_any_of_its_names(name: str) -> None:
    assert is_measured(name)


def test_a_choice_of_licences_is_permissive_where_one_of_them_is() -> None:
    allowed = {"MIT": True, "MIT or GPL-3": True, "GPL-2+": False, "": False, "BSD, GPL": False, "Apache-2.0": True}
    assert {text: Package("PyPI", "a", "1", text).is_permissive for text in allowed} == allowed


def test_a_package_gives_its_sources_but_no_copies_of_others_and_nothing_if_it_is_measured(tmp_path: Path) -> None:
    wheel = tmp_path / "shelf-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as zipped:
        zipped.writestr("shelf/room.py", PYTHON)
        zipped.writestr("shelf/_vendor/requests/api.py", PYTHON)
        zipped.writestr("shelf-1.0.dist-info/METADATA", "Name: shelf\nLicense-Expression: MIT\n\nLicense: GPL\n")
    assert describe(wheel) == Package("PyPI", "shelf", "1.0", "MIT")
    assert [path for path, _ in source_files(wheel)] == ["shelf/room.py"]
    assert {pair.name for pair in mine(wheel)[1]} == {"Shelf", "Shelf.oldest"}
    renamed = wheel.rename(tmp_path / "flask-1.0-py3-none-any.whl")
    assert mine(renamed) == (None, [])


def test_an_npm_package_is_read_from_its_tarball(tmp_path: Path) -> None:
    file = tmp_path / "gate-2.0.0.tgz"
    with tarfile.open(file, "w:gz") as tar:
        for name, text in (
            ("package/package.json", '{"name": "gate", "version": "2.0.0", "license": "ISC"}'),
            ("package/src/gate.ts", "export const a = 1;\n"),
            ("package/dist/gate.js", "var a=1"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    assert describe(file) == Package("npm", "gate", "2.0.0", "ISC")
    assert [path for path, _ in source_files(file)] == ["package/src/gate.ts"]


def test_training_brings_descriptions_to_their_code_and_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    nouns = ["door", "lamp", "river", "letter", "garden", "window", "planet", "ticket"]
    verbs = {"open": "unlock", "count": "total", "remove": "discard", "print": "render"}
    pairs = [
        Pair(f"{verb} the {noun}", "a.py", "f", f"def f():\n    {code}_{noun}(first, second, third)")
        for verb, code in verbs.items()
        for noun in nouns
    ]
    texts = counted(pairs)
    vocabulary = texts.commonest(20)
    known = {term: row for row, term in enumerate(vocabulary)}
    rows = np.array([known.get(term, 20 + crc32(term.encode()) % 8) for term in texts.vocabulary], dtype=np.int32)
    recipe = Recipe(dimension=16, epochs=60, batch=16, dropped=0.0)
    vectors = train(texts.over(rows, 28), recipe)
    names = [save(tmp_path / f"{n}.npz", vocabulary, train(texts.over(rows, 28), recipe)) for n in range(2)]
    assert names[0] == names[1]
    assert (tmp_path / "0.npz").read_bytes() == (tmp_path / "1.npz").read_bytes()
    with np.load(tmp_path / "0.npz") as file:
        embedder = StaticEmbedder.of(file["name"], file["vocabulary"], file["rows"], file["scales"])
    assert np.abs(embedder.vectors - vectors).max() <= np.abs(vectors).max() / 127
    codes = embedder.encode([f"a.py\nf\n{pair.code}" for pair in pairs])
    nearest = (embedder.encode([pair.description for pair in pairs]) @ codes.T).argmax(axis=1)
    assert (nearest == np.arange(len(pairs))).mean() > 0.9


def test_the_command_writes_weights_and_a_card_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.code_embedder.__main__.Recipe", lambda seed=7: Recipe(8, 2, 4, seed=seed))
    lines = [
        json.dumps([f"open the {n} door", "a.py", "f", f"def f_{n}(first, second):\n    unlock(n)"]) for n in range(12)
    ]
    (tmp_path / "pairs.jsonl").write_text("\n".join(lines), "utf-8")
    source = "registry\tname\tversion\tlicence\tpairs\nPyPI\tdoors\t1.0\tMIT\t12\n"
    (tmp_path / "sources.tsv").write_text(source, "utf-8")
    monkeypatch.setattr("sys.argv", ["train_embedder", str(tmp_path), str(tmp_path / "weights.npz")])
    command()
    with np.load(tmp_path / "weights.npz") as file:
        name = file["name"].tobytes().decode()
    card = (tmp_path / "weights.md").read_text("utf-8")
    assert name in card
    assert "seed 7" in card
    assert "| doors 1.0 | PyPI | MIT | 12 |" in card
