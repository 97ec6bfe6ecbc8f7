"""The contract of every registered vocabulary, and what is known of some."""

from __future__ import annotations

import sys
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.errors import ConfigError
from orchestrator.core.tokenizer import Tokenizer
from orchestrator.runtime.registry import names, plugin

KIND = "models.tokenizers"
WRITTEN = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"], max_codepoint=0x3FFFF), max_size=60)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.fixture(scope="module", params=names(KIND))
def tokenizer(request: pytest.FixtureRequest, weights: object) -> Tokenizer:
    made: Tokenizer = plugin(KIND, request.param)()
    return made


def test_the_pieces_are_the_text_cut_apart(tokenizer: Tokenizer) -> None:
    @given(WRITTEN)
    @settings(max_examples=40)
    def check(text: str) -> None:
        assert joined(tokenizer, text) in (text.encode(), normalize("NFC", text).encode())

    check()


def test_nothing_is_added_whatever_the_text(tokenizer: Tokenizer) -> None:
    @given(ANYTHING)
    @settings(max_examples=40)
    def check(text: str) -> None:
        rest = iter(normalize("NFC", text).encode() if tokenizer.name == "qwen3" else text.encode())
        assert all(byte in rest for byte in joined(tokenizer, text))  # in this order, with bytes left out

    check()


def joined(tokenizer: Tokenizer, text: str) -> bytes:
    return b"".join(token.piece for token in tokenizer.split(text, control=False))


def test_a_name_is_the_plugin_s_name_and_its_template_opens_the_assistant_s_turn(tokenizer: Tokenizer) -> None:
    assert tokenizer.name in names(KIND)
    assert "assistant" in tokenizer.template.assistant[0]


def test_a_template_string_is_a_control_token_only_where_that_is_asked_for(tokenizer: Tokenizer) -> None:
    marker = tokenizer.template.stop[0]
    as_text = tokenizer.split(marker, control=False)
    as_control = tokenizer.split(marker, control=True)
    assert len(as_text) > 1
    assert b"".join(token.piece for token in as_control) == marker.encode()
    assert len(as_control) == (len(as_text) if tokenizer.name == "cl100k" else 1)  # which publishes no control tokens


def test_a_long_run_of_one_character_takes_no_longer_than_its_length(tokenizer: Tokenizer) -> None:
    assert sum(len(token.piece) for token in tokenizer.split("a" * 200_000, control=False)) == 200_000


@pytest.mark.parametrize(
    ("name", "ids"),
    # tiktoken 0.14 gives the first two, llama.cpp on the shipped weights the third.
    [("cl100k", [496, 675, 15717]), ("o200k", [302, 1618, 19772]), ("embedded", [302, 1709, 9500])],
)
def test_strawberry_has_the_ids_that_the_reference_gives(name: str, ids: list[int], weights: object) -> None:
    assert [token.id for token in plugin(KIND, name)().split("strawberry", control=False)] == ids


def test_a_missing_package_is_named_with_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "quicktok", None)
    with pytest.raises(ConfigError, match=r"pip install 'orchestrator-llm\[tokens\]'"):
        plugin(KIND, "o200k")()
