from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.code import languages
from orchestrator.code.chunkers._cuts import lines_of
from orchestrator.code.languages import grammar
from orchestrator.code.protocols import Chunk, Chunker
from orchestrator.runtime import registry

CHUNKERS = registry.names("code.chunkers")
SAMPLES = Path(__file__).parents[1] / "samples"
SUFFIXES = [language.endings[0] for language in languages.languages()] + [".unknown"]
PIECES = [path.read_text("utf-8") for path in sorted(SAMPLES.iterdir())]


def chunker(name: str) -> Chunker:
    made: Chunker = registry.plugin("code.chunkers", name)()
    return made


def rejoined(chunks: list[Chunk]) -> list[str]:
    """The lines of all chunks in order, after checking that each says rightly where it lies."""
    lines: list[str] = []
    for chunk in chunks:
        assert chunk.start_line == len(lines) + 1
        lines += chunk.text.split("\n")
        assert chunk.end_line == len(lines)
    return lines


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """Real code of any language with stretches cut out, doubled and mixed: mostly broken."""
    pieces = []
    for _ in range(draw(st.integers(1, 3))):
        text = draw(st.sampled_from(PIECES))
        start = draw(st.integers(0, len(text)))
        pieces.append(text[start : start + draw(st.integers(0, 3_000))])
    return draw(st.sampled_from(["", "\n", "{", "\n\n\n"])).join(pieces)


@pytest.mark.parametrize("name", CHUNKERS)
@settings(max_examples=60)
@given(text=st.one_of(mangled(), st.text(), st.text("{}()\n \t:#ab'\"")), suffix=st.sampled_from(SUFFIXES))
def test_every_line_of_every_file_is_in_exactly_one_chunk(name, text, suffix):
    assert rejoined(chunker(name).chunks(f"src/file{suffix}", text)) == lines_of(text)


@pytest.mark.parametrize("name", CHUNKERS)
@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_the_lines_of_the_samples_are_each_in_one_chunk(name, sample):
    text = sample.read_text("utf-8")
    assert rejoined(chunker(name).chunks(sample.name, text)) == lines_of(text)


NAMES = {
    "account.py": {"Account", "Account.deposit", "Account.Ledger.entries", "transfer"},
    "account.js": {"Account.deposit", "transfer", "exports.close", "settle"},
    "account.ts": {"Account.deposit", "Ledger", "transfer", "Currency"},
    "account.tsx": {"AccountView"},
    "account.go": {"Account", "Account.Deposit", "Transfer"},
    "Account.java": {"Account", "Account.deposit", "Account.Ledger"},
    "account.rs": {"Account", "Account.deposit", "Ledger", "transfer"},
    "account.c": {"account", "account_deposit", "transfer"},
    "account.cpp": {"bank.Account", "bank.Account.balance", "bank.Account.deposit", "bank.transfer"},
    "Account.cs": {"Bank.Account", "Bank.Account.Deposit", "Bank.Account.Balance"},
    "account.rb": {"Bank.Account", "Bank.Account.deposit", "Bank.Account.open"},
    "account.php": {"Account", "Account.deposit", "transfer"},
    "account.sh": {"deposit", "transfer"},
    "account.sql": {"accounts", "overdrawn", "deposit", "accounts_by_owner"},
}


@pytest.mark.parametrize("sample", NAMES)
def test_the_function_chunker_names_what_it_cuts_in_every_language(sample):
    chunks = chunker("function").chunks(sample, (SAMPLES / sample).read_text("utf-8"))
    assert NAMES[sample] <= {chunk.name for chunk in chunks}


def test_every_language_of_the_table_has_a_sample_and_a_grammar():
    assert {path.suffix for path in SAMPLES.iterdir()} >= {language.endings[0] for language in languages.languages()}
    assert all(grammar(language) for language in languages.languages())


def test_a_comment_and_decorators_belong_to_what_follows():
    text = "import os\n\n# Says hello.\n@cached\ndef hello():\n    return 1\n\n    return 2\n"
    first, second = chunker("function").chunks("a.py", text)
    assert (first.start_line, first.end_line, second.start_line, second.name) == (1, 2, 3, "hello")


def test_a_long_function_is_cut_at_a_joint_and_every_piece_carries_its_name():
    body = "".join(f"    if x == {at}:\n        y = {at}\n\n" for at in range(70))
    chunks = chunker("function").chunks("a.py", f"def long(x):\n{body}")
    assert len(chunks) >= 3
    assert {chunk.name for chunk in chunks} == {"long"}
    assert all(chunk.end_line - chunk.start_line < 80 for chunk in chunks)
    assert all(chunk.text.startswith("    if") for chunk in chunks[1:])


def test_a_function_has_a_chunk_of_its_own_however_small():
    text = "".join(f"def f{at}():\n    return {at}\n\n" for at in range(4))
    assert [each.name for each in chunker("function").chunks("a.py", text)] == ["f0", "f1", "f2", "f3"]


def test_constants_are_defined_by_the_chunk_they_stand_in():
    (chunk,) = chunker("function").chunks("a.py", "import os\n\nLIMIT = 5\nNAMES = []\n")
    assert chunk.defines == ("LIMIT", "NAMES")


def test_blocks_have_5_to_10_lines_but_for_the_last():
    chunks = chunker("block").chunks("a.py", (SAMPLES / "account.py").read_text("utf-8"))
    assert all(5 <= chunk.end_line - chunk.start_line + 1 <= 10 for chunk in chunks[:-1])
    assert any(chunk.name.startswith("Account") for chunk in chunks)


def test_python_without_its_grammar_is_cut_by_its_own_syntax_tree(monkeypatch):
    text = (SAMPLES / "account.py").read_text("utf-8")
    with_grammar = {chunk.name for chunk in chunker("function").chunks("account.py", text)}
    monkeypatch.setitem(sys.modules, "tree_sitter_python", None)
    languages.grammar.cache_clear()
    without = chunker("function").chunks("account.py", text)
    assert {chunk.name for chunk in without} >= with_grammar - {""}
    assert rejoined(without) == lines_of(text)
    assert chunker("function").chunks("a.py", "def broken(:\n")[0].name == ""
    monkeypatch.undo()
    languages.grammar.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "class A:\n" + "".join(" " * at + f"def f{at}():\n" for at in range(1, 300)),
        "x" * 1_000_000,
        "\0\n" * 99,
    ],
    ids=["brackets", "nested", "one line", "zeros"],
)
@pytest.mark.parametrize("suffix", [".py", ".js", ".cpp", ".sql"])
def test_hostile_files_are_cut_all_the_same(text, suffix):
    assert rejoined(chunker("function").chunks(f"a{suffix}", text)) == lines_of(text)
