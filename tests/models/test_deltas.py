from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.types import Delta
from orchestrator.core.usage import Count, Usage
from orchestrator.models._deltas import ChatDialect, CompletionDialect, DeltaReader


def chat(event: dict[str, object]) -> Delta | None:
    return ChatDialect().read(event)


def test_content_and_both_spellings_of_reasoning_are_told_apart() -> None:
    assert chat({"choices": [{"delta": {"content": "a"}}]}) == Delta("a")
    assert chat({"choices": [{"delta": {"reasoning_content": "b"}}]}) == Delta(reasoning="b")
    assert chat({"choices": [{"delta": {"reasoning": "c", "content": None}}]}) == Delta(reasoning="c")


def test_the_finish_reason_is_passed_on_as_it_stands() -> None:
    assert chat({"choices": [{"delta": {}, "finish_reason": "content_filter"}]}) == Delta(finish="content_filter")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{"delta": None}]},
        {"choices": [{"delta": {"role": "assistant", "content": ""}}]},
        {"choices": [{"delta": {"content": ["a"]}, "finish_reason": 3}], "usage": None},
        {"choices": [{"text": 1, "delta": []}], "timings": {}},
    ],
)
def test_what_is_empty_or_of_another_type_gives_nothing(event: dict[str, object]) -> None:
    assert chat(event) is None
    assert CompletionDialect("prompt").read(event) is None


def test_a_reply_that_was_not_streamed_is_read_too() -> None:
    assert chat({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]}) == Delta("a", finish="stop")


def test_the_usage_chunk_gives_reported_counts() -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 800}}
    delta = ChatDialect().read({"choices": [], "usage": usage})
    expected = Usage(Count(1000, "reported"), Count(100, "reported"), Count(800, "reported"))
    assert delta == Delta(usage=expected)


def test_usage_without_details_has_no_cached_tokens() -> None:
    delta = chat({"usage": {"prompt_tokens": 3, "completion_tokens": None, "prompt_tokens_details": None}})
    assert delta == Delta(usage=Usage(Count(3, "reported"), Count(0, "reported")))


def test_llama_cpp_timings_give_usage_with_every_chunk() -> None:
    event = {"choices": [{"text": "a"}], "timings": {"prompt_n": 8, "cache_n": 121, "predicted_n": 2}}
    delta = CompletionDialect("").read(event)
    assert delta == Delta("a", usage=Usage(Count(129, "reported"), Count(2, "reported"), Count(121, "reported")))


def complete(prompt: str, pieces: list[str], *, finish: bool = True) -> str:
    dialect = CompletionDialect(prompt)
    events: list[dict[str, object]] = [{"choices": [{"text": piece}]} for piece in pieces]
    if finish:
        events.append({"choices": [{"text": "", "finish_reason": "stop"}]})
    deltas = [delta for event in events if (delta := dialect.read(event))]
    rest = dialect.rest()
    return "".join(delta.text for delta in deltas) + (rest.text if rest else "")


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@given(st.text(min_size=1), st.text(), st.integers(1, 5))
def test_an_exact_echo_of_the_prompt_is_dropped_however_it_is_cut(prompt: str, answer: str, size: int) -> None:
    assert complete(prompt, cut(prompt + answer, size)) == answer


@given(st.text("ab", min_size=1), st.text("ab"), st.integers(1, 5), st.booleans())
def test_text_that_only_begins_like_the_prompt_is_kept(prompt: str, answer: str, size: int, finish: bool) -> None:
    if not answer.startswith(prompt):
        assert complete(prompt, cut(answer, size), finish=finish) == answer


def test_text_that_differs_from_the_prompt_is_not_held_back() -> None:
    dialect = CompletionDialect("User: hi")
    assert dialect.read({"choices": [{"text": "H"}]}) == Delta("H")


def test_held_text_comes_no_later_than_the_finish_reason() -> None:
    dialect = CompletionDialect("User: hi")
    assert dialect.read({"choices": [{"text": "Use"}]}) is None
    assert dialect.read({"choices": [{"text": "", "finish_reason": "stop"}]}) == Delta("Use", finish="stop")


def test_held_text_of_a_cut_stream_is_not_lost() -> None:
    reader = DeltaReader(CompletionDialect("User: hi"))
    assert reader.feed(b'data: {"choices": [{"text": "Us"}]}\n\n') == []
    assert reader.close() == [Delta("Us")]
