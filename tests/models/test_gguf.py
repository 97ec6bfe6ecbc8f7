"""The context length in the head of a GGUF file."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.protocols import ModelOptions
from orchestrator.models._gguf import trained_context
from orchestrator.models.embedded import LONGEST_CONTEXT, create


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def head(*values: bytes, version: int = 3) -> bytes:
    return struct.pack("<4sIQQ", b"GGUF", version, 0, len(values)) + b"".join(values)


NAME = text("general.architecture") + struct.pack("<I", 8) + text("llama")
WORDS = text("tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b")
NUMBERS = text("scores") + struct.pack("<IIQ", 9, 6, 3) + bytes(12)
FLAG = text("flag") + struct.pack("<IB", 7, 1)
CONTEXT = text("llama.context_length") + struct.pack("<II", 4, 4096)


def test_it_is_found_behind_values_of_every_kind(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(head(NAME, WORDS, NUMBERS, FLAG, CONTEXT))
    assert trained_context(path) == 4096
    assert create(str(path), ModelOptions())._context_size == 4096
    assert create(str(path), ModelOptions(context_size=512))._context_size == 512


def test_a_very_long_one_is_bounded(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(head(text("qwen2.context_length") + struct.pack("<II", 4, 131_072)))
    assert create(str(path), ModelOptions())._context_size == LONGEST_CONTEXT


@pytest.mark.parametrize(
    "content",
    [b"", b"GGUF", head(NAME), head(CONTEXT, version=1), head(NAME)[:-3], head(text("x") + struct.pack("<I", 77)),
     head(struct.pack("<Q", 1 << 40)), b"\x00" * 40],
    ids=["empty", "magic", "silent", "old", "cut", "kind", "long", "other"],
)  # fmt: skip
def test_a_file_that_does_not_say_has_none(content, tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    assert trained_context(path) is None
    assert trained_context(tmp_path / "missing.gguf") is None


@given(content=st.binary(max_size=300))
def test_no_file_breaks_it(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + content)
    assert trained_context(path) is None or trained_context(path) > 0  # type: ignore[operator]
