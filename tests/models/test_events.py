from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.errors import ModelBadResponse, ModelError, ModelRateLimited, ModelRefused
from orchestrator.models._events import LONGEST_LINE, EventReader, JsonObject, well_formed


def read(*chunks: bytes) -> list[JsonObject]:
    reader = EventReader()
    events = [event for chunk in chunks for event in reader.feed(chunk)]
    return events + reader.close()


def test_each_data_line_is_one_object() -> None:
    assert read(b'data: {"a": 1}\n\ndata: {"a": 2}\n\ndata: [DONE]\n\n') == [{"a": 1}, {"a": 2}]


@given(st.lists(st.text()), st.data())
def test_the_objects_do_not_depend_on_how_the_body_is_cut(texts: list[str], data: st.DataObject) -> None:
    body = b'data: {"t": "first"}\r\n\r\n'
    body += b"".join(f"data: {json.dumps({'t': t}, ensure_ascii=False)}\n\n".encode() for t in map(well_formed, texts))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=9)))
    pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert [event["t"] for event in read(*pieces)] == ["first", *map(well_formed, texts)]


def test_comments_other_fields_and_carriage_returns_are_passed_over() -> None:
    body = b": keep-alive\r\nevent: message\r\nid: 7\r\nretry: 10\r\n"
    body += b'data:{"a":1}\r\n\r\ndata:\r\n\r\ndata: [DONE]\r\n\r\n'
    assert read(body) == [{"a": 1}]


@pytest.mark.parametrize(
    "body",
    ['data: {"a": 1}\n\n', 'data:{"a": 1}', ': hi\ndata: {"a": 1}\n', '{"a": 1, "choices": []}', '\r\n{"choices": []}'],
)
@pytest.mark.parametrize("size", [1, 2, 7, 99])
def test_a_byte_order_mark_at_the_beginning_is_passed_over(body: str, size: int) -> None:
    marked = body.encode("utf-8-sig")
    assert read(*(marked[at : at + size] for at in range(0, len(marked), size))) == read(body.encode())


def test_unicode_line_separators_inside_a_string_do_not_cut_a_line() -> None:
    assert read('data: {"a": "x\u2028y\u0085z"}\n\n'.encode()) == [{"a": "x\u2028y\u0085z"}]


def test_what_follows_done_is_passed_over() -> None:
    assert read(b'data: {"a": 1}\ndata: [DONE]\ndata: {"a": 2}\n', b'data: {"a": 3}\n') == [{"a": 1}]


def test_a_last_line_without_an_end_still_counts() -> None:
    assert read(b'data: {"a": 1}\n\ndata: {"a": 2}') == [{"a": 1}, {"a": 2}]


def test_half_an_event_at_the_end_is_a_cut_stream_and_no_error() -> None:
    assert read(b'data: {"a": 1}\n\ndata: {"a": ') == [{"a": 1}]


@pytest.mark.parametrize("escape", ["\\ud83d", "\\uD83D", "x\\ude00y"])
def test_half_a_surrogate_pair_becomes_a_replacement_character(escape: str) -> None:
    (event,) = read(f'data: {{"a": [{{"b": "{escape}"}}, 1, null]}}\n\n'.encode())
    assert "\ufffd" in event["a"][0]["b"]
    assert event["a"][1:] == [1, None]
    json.dumps(event, ensure_ascii=False).encode()


def test_a_whole_surrogate_pair_is_its_character() -> None:
    assert read(b'data: {"a": "\\ud83d\\ude00"}\n\n') == [{"a": "😀"}]


def test_invalid_bytes_become_replacement_characters() -> None:
    assert read(b'data: {"a": "\xff"}\n\n') == [{"a": "\ufffd"}]


@pytest.mark.parametrize("body", [b"data: {oops}\n\n", b"data: [1]\n\n", b"data: 7\n\n", b"data: {", b"[" * 100_000])
def test_broken_json_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(ModelBadResponse):
        read(body)


@pytest.mark.parametrize("body", [b"", b"\n\n", b": ping\n\n", b"data: [DONE]\n\n"])
def test_an_empty_answer_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(ModelBadResponse, match="nothing at all: check the base URL"):
        read(body)


def test_a_web_page_is_a_bad_response_that_quotes_it() -> None:
    with pytest.raises(ModelBadResponse, match="It wrote: <html><body>Sign in</body>"):
        read(b"<html>", b"<body>Sign in</body>\n</html>")


def test_an_endless_line_is_given_up() -> None:
    with pytest.raises(ModelBadResponse):
        read(*[b"x" * 65_536] * (LONGEST_LINE // 65_536 + 1))


def test_a_plain_json_answer_of_a_server_that_does_not_stream_is_one_object() -> None:
    assert read(b'{"choices":\n [{"text": "a"}]}') == [{"choices": [{"text": "a"}]}]


def test_a_plain_json_object_without_an_answer_is_a_bad_response() -> None:
    with pytest.raises(ModelBadResponse, match="detail"):
        read(b'{"detail": "no such route"}')


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'data: {"error": {"message": "overloaded", "code": 500}}\n\n', ModelError),
        (b'error: {"error": {"message": "overloaded"}}\n\n', ModelError),
        (b'{"error": "overloaded"}', ModelError),
        (b'data: {"object": "error", "message": "overloaded"}\n\n', ModelError),
        (b'data: {"error": {"message": "overloaded", "type": "rate_limit_error"}}\n\n', ModelRateLimited),
        (b'data: {"error": {"message": "overloaded: exceeds the context size"}}\n\n', ModelRefused),
    ],
)
def test_an_error_object_is_raised_with_its_words(body: bytes, error: type[ModelError]) -> None:
    with pytest.raises(error, match="overloaded"):
        read(body)
