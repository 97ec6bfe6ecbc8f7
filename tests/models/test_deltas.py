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


@pytest.mark.parametrize("place", ["delta", "message"])
@pytest.mark.parametrize("content", [{}, {"content": None}, {"content": ""}, {"content": []}])
def test_a_refusal_in_the_place_of_the_content_is_the_answer(place: str, content: dict[str, object]) -> None:
    assert chat({"choices": [{place: {"refusal": "I cannot", **content}}]}) == Delta("I cannot")
    assert chat({"choices": [{place: {"content": "6", "refusal": None}}]}) == Delta("6")
    assert chat({"choices": [{place: {"refusal": 7, **content}}]}) is None


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


def part(text: str, kind: str = "text", **other: object) -> dict[str, object]:
    return {"type": kind, kind: text, **other}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([part("It is 6.")], Delta("It is 6.")),
        ([part("It "), part("is 6.")], Delta("It is 6.")),
        ([{"type": "thinking", "thinking": [part("Six?")]}], Delta(reasoning="Six?")),
        ([part("Six?", "thinking"), part("It is 6.")], Delta("It is 6.", "Six?")),
        ([{"type": "reasoning", "text": "Six?"}], Delta(reasoning="Six?")),
        ([{"type": "reasoning", "content": [part("Si"), part("x?")]}], Delta(reasoning="Six?")),
        ([{"type": "reasoning.text", "text": "Six?"}], Delta(reasoning="Six?")),
        ([{"type": "text", "text": "Six?", "thought": True}, part("6")], Delta("6", "Six?")),
        ([{"type": "output_text", "text": "It is 6."}], Delta("It is 6.")),
        ([{"text": "It is 6."}], Delta("It is 6.")),
        ([part("I cannot.", "refusal")], Delta("I cannot.")),
        ([part("Hm?", "thinking"), part("No.", "refusal")], Delta("No.", "Hm?")),
        (part("It is 6."), Delta("It is 6.")),
        (
            [{"type": "text", "content": "It is 6."}, {"type": "image_url", "image_url": {"url": "x"}}],
            Delta("It is 6."),
        ),
    ],
)
def test_content_that_is_a_list_of_parts_is_told_apart(content: object, expected: Delta) -> None:
    assert chat({"choices": [{"delta": {"content": content}}]}) == expected
    assert chat({"choices": [{"message": {"content": content}}]}) == expected


@pytest.mark.parametrize(
    "content",
    [
        [],
        [None],
        [7],
        ["a"],
        [{}],
        [{"type": 3}],
        [{"type": "text"}],
        [{"type": "text", "text": None}],
        [{"type": "image_url", "image_url": {"url": "x"}}],
        [{"type": "reference", "reference_ids": [1]}],
        [[{"type": "text", "text": "nested"}]],
        True,
        0.5,
    ],
)
def test_parts_that_are_no_text_give_nothing(content: object) -> None:
    assert chat({"choices": [{"delta": {"content": content}}]}) is None


def test_parts_inside_parts_without_end_give_nothing() -> None:
    content: object = "deep"
    for _ in range(5_000):
        content = [{"type": "text", "text": content}]
    assert chat({"choices": [{"delta": {"content": content}}]}) is None


def test_a_reasoning_field_may_be_a_list_of_parts_too() -> None:
    assert chat({"choices": [{"delta": {"reasoning": [part("Six?")]}}]}) == Delta(reasoning="Six?")
    assert chat({"choices": [{"delta": {"reasoning_content": {"text": "Six?"}}}]}) == Delta(reasoning="Six?")


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


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": 1000, "prompt_cache_hit_tokens": 900, "prompt_cache_miss_tokens": 100}, (1000, 3, 900)),
        ({"prompt_tokens": 1000, "cached_tokens": 900}, (1000, 3, 900)),
        ({"prompt_tokens": 1000, "num_cached_tokens": 900, "prompt_tokens_details": None}, (1000, 3, 900)),
        ({"prompt_tokens": 1000, "prompt_tokens_details": {"cached_tokens": 900, "audio_tokens": 7}}, (1000, 3, 900)),
        ({"prompt_tokens": 1000, "prompt_tokens_details": {"cached_tokens": 0}, "cached_tokens": 900}, (1000, 3, 900)),
        ({"prompt_tokens": 1000, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 50}, (1000, 3, 900)),
        ({"input_tokens": 100, "cache_read_input_tokens": 900, "output_tokens": 3}, (1000, 3, 900)),
        ({"input_tokens": 50, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 50}, (1000, 3, 900)),
        ({"input_tokens": 1000, "input_tokens_details": {"cached_tokens": 900}, "output_tokens": 3}, (1000, 3, 900)),
        ({"promptTokens": 1000, "completionTokens": 3, "cachedTokens": 900}, (1000, 3, 900)),
        ({"inputTokens": 100, "cacheReadInputTokens": 900, "cacheWriteInputTokens": 0}, (1000, 3, 900)),
        ({"prompt_tokens": 1000.0, "completion_tokens": 3.0}, (1000, 3, 0)),
        ({"prompt_tokens": 1000, "cached_tokens": -5, "cache_discount": 0.5, "cached": "900"}, (1000, 3, 0)),
        ({"prompt_tokens": 100, "cached_tokens": 900}, (900, 3, 900)),
    ],
)
def test_the_counts_of_other_servers_are_read_too(usage: dict[str, object], counts: tuple[int, int, int]) -> None:
    written = {} if any("utput" in key or "ompletion" in key for key in usage) else {"completion_tokens": 3}
    read, wrote, cached = (Count(count, "reported") for count in counts)
    expected = Usage(read, wrote, cached)
    assert chat({"usage": usage | written}) == chat({"choices": [{"usage": usage | written}]}) == Delta(usage=expected)


@pytest.mark.parametrize("usage", [{}, {"total_tokens": 7}, {"prompt_tokens": None}, [], 3])
def test_usage_without_a_count_of_the_input_is_none(usage: object) -> None:
    assert chat({"usage": usage}) is None


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
