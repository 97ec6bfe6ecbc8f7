from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import httpx2
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator.core.errors import (
    ConfigError,
    ModelBadResponse,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from orchestrator.core.protocols import Model, ModelOptions
from orchestrator.core.tool import Request
from orchestrator.core.types import Delta, Message, ModelInfo
from orchestrator.core.usage import Count, Usage
from orchestrator.models import _retry
from orchestrator.models.openai import DEFAULT, create

Collect = Callable[[Model, Request], list[Delta]]

KEY = "sk-test-0123456789"
CHAT = "https://api.openai.com/v1/chat/completions"
BODY = (
    b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n'
    b'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n'
    b'data: {"choices":[{"delta":{"content":"lo"},"finish_reason":null}]}\n\n'
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,'
    b'"prompt_tokens_details":{"cached_tokens":4}}}\n\n'
    b"data: [DONE]\n\n"
)
OK = httpx.Response(200, content=BODY)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(_retry, "BACKOFF", 0.0)


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        yield router


def text(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


def test_a_recorded_answer_becomes_text_finish_and_reported_usage(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    http.post(CHAT).mock(return_value=OK)
    deltas = collect(create("", ModelOptions()), asked)
    usage = Usage(Count(9, "reported"), Count(2, "reported"), Count(4, "reported"))
    assert deltas == [Delta("Hel"), Delta("lo"), Delta(finish="stop"), Delta(usage=usage)]


def test_the_request_names_only_what_was_asked_for(http: respx.Router, collect: Collect, asked: Request) -> None:
    route = http.post(CHAT).mock(return_value=OK)
    collect(create("gpt-x", ModelOptions()), asked)
    sent = route.calls.last.request
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(sent.content) == {
        "model": "gpt-x",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": 9,
    }


def test_another_server_gets_max_tokens_and_no_key_of_openai(http: respx.Router, collect: Collect) -> None:
    route = http.post("http://models.test/v1/chat/completions").mock(return_value=OK)
    asked = Request((Message("user", "Hi"),), "", 9, 5.0, temperature=0.0, stop=("\n",))
    collect(create("m", ModelOptions(base_url="http://models.test/v1/")), asked)
    sent = json.loads(route.calls.last.request.content)
    assert (sent["max_tokens"], sent["temperature"], sent["stop"]) == (9, 0.0, ["\n"])
    assert "max_completion_tokens" not in sent
    assert KEY not in str(route.calls.last.request.headers)


def test_the_address_in_the_environment_goes_with_the_key_in_it(
    http: respx.Router, collect: Collect, asked: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://models.test/v1")
    route = http.post("http://models.test/v1/chat/completions").mock(return_value=OK)
    assert text(collect(create("m", ModelOptions()), asked)) == "Hello"
    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"


def test_half_a_surrogate_pair_in_a_message_is_sent_as_a_replacement_character(
    http: respx.Router, collect: Collect
) -> None:
    route = http.post(CHAT).mock(return_value=OK)
    collect(create("m", ModelOptions()), Request((Message("user", "a\udcffb"),), "", 9, 5.0))
    assert json.loads(route.calls.last.request.content)["messages"][0]["content"] == "a\ufffdb"


def test_info_says_what_the_loop_needs() -> None:
    assert create("", ModelOptions()).info == ModelInfo(f"openai:{DEFAULT}", "turn", None, None)


def test_a_missing_key_is_a_config_error_that_names_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ConfigError, match=r"set OPENAI_API_KEY, or use --model embedded .* base_url"):
        create("", ModelOptions())
    create("", ModelOptions(base_url="http://localhost:8000/v1"))


@pytest.mark.parametrize("key", ["sk-abc\ndef", "sk-“abc”", "two words", "  "])
def test_a_key_that_cannot_be_sent_is_a_config_error_that_does_not_show_it(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        create("", ModelOptions(api_key=key))
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://x/v1", "http://", "http://x:port/v1", "http://[x/v1"])
def test_an_address_that_is_none_is_a_config_error(address: str) -> None:
    with pytest.raises(ConfigError, match="is not a server's address"):
        create("", ModelOptions(base_url=address))


@pytest.mark.parametrize(
    "case",
    [
        (401, {"error": {"message": f"Incorrect API key: {KEY[:5]}"}}, ModelRefused, "set OPENAI_API_KEY"),
        (403, {"error": {"message": "no"}}, ModelRefused, "forbids"),
        (413, b"", ModelRefused, "longer than the model's context"),
        (400, {"error": {"code": "context_length_exceeded", "message": "x"}}, ModelRefused, "ask in a new run"),
        (400, {"error": {"message": "maximum context length is 8"}}, ModelRefused, "ask in a new run"),
        (400, {"error": {"message": "bad temperature"}}, ModelRefused, "bad temperature"),
        (422, {"detail": [{"msg": "field required"}]}, ModelRefused, "field required"),
        (418, [1], ModelRefused, "418"),
        (302, b"", ModelRefused, "302"),
        (429, {"error": {"code": "insufficient_quota", "message": "x"}}, ModelRateLimited, "check plan and billing"),
        (429, {"error": {"message": "slow down"}}, ModelRateLimited, "slow down"),
        (408, b"", ModelTimeout, "try again"),
        (500, b"<html>oops</html>", ModelRefused, "oops"),
        (503, {"error": "busy"}, ModelRefused, "busy"),
    ],
)
def test_each_error_status_has_its_error_with_the_next_step(
    http: respx.Router, collect: Collect, asked: Request, case: tuple[int, object, type[ModelError], str]
) -> None:
    status, body, error, words = case
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    http.post(CHAT).mock(return_value=httpx.Response(status, content=content))
    with pytest.raises(error, match=words) as caught:
        collect(create("m", ModelOptions()), asked)
    assert KEY[:5] not in str(caught.value)


def test_a_key_in_the_servers_words_is_blotted_out(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(400, json={"error": {"message": f"odd header Bearer {KEY}"}}))
    with pytest.raises(ModelRefused, match="odd header Bearer …") as caught:
        collect(create("m", ModelOptions()), asked)
    assert KEY not in str(caught.value)


def test_an_unknown_model_is_answered_with_the_known_ones(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(404, json={"error": {"message": "no such model"}}))
    names = {"object": "list", "data": [{"id": f"m{n}", "object": "model"} for n in range(12)]}
    http.get("https://api.openai.com/v1/models").mock(return_value=httpx.Response(200, json=names))
    with pytest.raises(ModelRefused, match=r"has no model 'gpt-x'\. It has: m0, m1, .* and 2 more"):
        collect(create("gpt-x", ModelOptions()), asked)


@pytest.mark.parametrize(
    "answer", [httpx.Response(500), httpx.Response(200, content=b"<html>"), httpx2.ConnectError("x")]
)
def test_an_unknown_model_is_said_even_where_the_list_fails(
    http: respx.Router, collect: Collect, asked: Request, answer: httpx.Response | Exception
) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(404))
    http.get("https://api.openai.com/v1/models").mock(side_effect=[answer])
    with pytest.raises(ModelRefused, match=r"knows no model 'gpt-x'.*check the name"):
        collect(create("gpt-x", ModelOptions()), asked)


def test_a_stop_string_that_the_model_refuses_is_not_sent_again(http: respx.Router, collect: Collect) -> None:
    refusal = httpx.Response(400, json={"error": {"message": "Unsupported parameter: 'stop'", "param": "stop"}})
    route = http.post(CHAT).mock(side_effect=[refusal, OK, OK])
    model = create("m", ModelOptions())
    asked = Request((Message("user", "Hi"),), "", 9, 5.0, stop=("x",))
    assert text(collect(model, asked)) == text(collect(model, asked)) == "Hello"
    assert ["stop" in json.loads(call.request.content) for call in route.calls] == [True, False, False]


def test_a_web_page_instead_of_a_stream_is_a_bad_response(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(200, html="<html>Sign in</html>"))
    with pytest.raises(ModelBadResponse, match="Sign in"):
        collect(create("m", ModelOptions()), asked)


def test_an_empty_answer_is_a_bad_response(http: respx.Router, collect: Collect, asked: Request) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(200))
    with pytest.raises(ModelBadResponse, match="nothing at all"):
        collect(create("m", ModelOptions()), asked)


def test_a_stream_cut_after_text_just_ends_without_a_finish_reason(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    http.post(CHAT).mock(return_value=httpx.Response(200, content=BODY.partition(b'lo"')[0]))
    assert collect(create("m", ModelOptions()), asked) == [Delta("Hel")]


def test_an_error_object_in_the_stream_is_raised(http: respx.Router, collect: Collect, asked: Request) -> None:
    body = b'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: {"error": {"message": "gone wrong"}}\n\n'
    http.post(CHAT).mock(return_value=httpx.Response(200, content=body))
    with pytest.raises(ModelError, match="gone wrong"):
        collect(create("m", ModelOptions()), asked)


def test_no_connection_is_unreachable_after_three_attempts(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    route = http.post(CHAT).mock(side_effect=httpx2.ConnectError("refused"))
    with pytest.raises(ModelUnreachable, match="is the server running"):
        collect(create("m", ModelOptions()), asked)
    assert route.call_count == _retry.ATTEMPTS


def test_no_answer_in_time_is_a_timeout_and_not_tried_again(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    route = http.post(CHAT).mock(side_effect=httpx2.ReadTimeout("slow"))
    with pytest.raises(ModelTimeout, match="wrote nothing in 20 s"):
        collect(create("m", ModelOptions()), asked)
    assert route.call_count == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_what_may_go_away_is_tried_again(http: respx.Router, collect: Collect, asked: Request, status: int) -> None:
    route = http.post(CHAT).mock(side_effect=[httpx.Response(status), httpx2.ConnectError("x"), OK])
    assert text(collect(create("m", ModelOptions()), asked)) == "Hello"
    assert route.call_count == 3


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(400), httpx.Response(401), httpx.Response(429, json={"error": {"type": "insufficient_quota"}})],
)
def test_what_stays_is_not_tried_again(
    http: respx.Router, collect: Collect, asked: Request, answer: httpx.Response
) -> None:
    route = http.post(CHAT).mock(side_effect=[answer, OK])
    with pytest.raises(ModelError):
        collect(create("m", ModelOptions()), asked)
    assert route.call_count == 1


@pytest.mark.parametrize("header", ["0", "-3", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00"])
def test_a_short_retry_after_is_honoured(
    http: respx.Router, collect: Collect, asked: Request, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_retry, "BACKOFF", 3600.0)
    http.post(CHAT).mock(side_effect=[httpx.Response(429, headers={"Retry-After": header}), OK])
    assert text(collect(create("m", ModelOptions()), asked)) == "Hello"


@pytest.mark.parametrize("header", ["3600", "Wed, 21 Oct 2115 07:28:00 GMT"])
def test_a_retry_after_beyond_the_time_limit_is_not_waited_for(
    http: respx.Router, collect: Collect, asked: Request, header: str
) -> None:
    route = http.post(CHAT).mock(side_effect=[httpx.Response(429, headers={"Retry-After": header}), OK])
    with pytest.raises(ModelRateLimited):
        collect(create("m", ModelOptions()), asked)
    assert route.call_count == 1


def test_a_retry_after_that_is_neither_seconds_nor_a_date_is_passed_over(
    http: respx.Router, collect: Collect, asked: Request
) -> None:
    http.post(CHAT).mock(side_effect=[httpx.Response(503, headers={"Retry-After": "soon"}), OK])
    assert text(collect(create("m", ModelOptions()), asked)) == "Hello"
