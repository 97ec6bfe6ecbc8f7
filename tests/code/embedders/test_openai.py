from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx

from orchestrator.code.embedders import openai
from orchestrator.core.errors import (
    ConfigError,
    ModelBadResponse,
    ModelError,
    ModelRateLimited,
    ModelRefused,
    ModelUnreachable,
)

KEY = "sk-test-0123456789"
URL = "https://api.openai.com/v1/embeddings"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(openai, "BACKOFF", 0.0)


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        yield router


def answered(request: httpx.Request) -> httpx.Response:
    """Each text's vector has its length in first place; the rows come in any order, as the protocol allows."""
    texts = json.loads(request.content)["input"]
    rows = [
        {"object": "embedding", "index": n, "embedding": [float(len(text)), 1.0, *[0.0] * (openai.DIMENSION - 2)]}
        for n, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return httpx.Response(200, json={"object": "list", "data": rows[::-1], "model": openai.MODEL, "usage": usage})


def test_rows_are_in_the_order_of_the_texts_and_of_unit_length(http: respx.Router) -> None:
    route = http.post(URL).mock(side_effect=answered)
    rows = openai.create().encode(["a", "", "  ", "abc"])
    assert rows.shape == (4, 1_536)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0, 1])
    assert rows[3, 0] / rows[3, 1] == pytest.approx(3)
    sent = json.loads(route.calls.last.request.content)
    assert sent["model"] == "text-embedding-3-small"
    assert sent["input"] == ["a", "abc"]
    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"


def test_many_texts_go_in_batches_and_a_long_one_is_cut(http: respx.Router) -> None:
    route = http.post(URL).mock(side_effect=answered)
    texts = ["x" * 50_000] * 30 + ["y"] * 300
    rows = openai.create().encode(texts)
    sizes = [len(json.loads(call.request.content)["input"]) for call in route.calls]
    assert sizes == [25, 256, 49]
    assert rows[0, 0] / rows[0, 1] == pytest.approx(openai.LONGEST_TEXT)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(330))


def test_what_may_go_away_is_asked_again_three_times_in_all(http: respx.Router) -> None:
    right = answered(httpx.Request("POST", URL, json={"input": ["a"]}))
    route = http.post(URL).mock(side_effect=[httpx.Response(503), httpx.ConnectError("gone"), right])
    assert openai.create().encode(["a"]).any()
    assert route.call_count == 3
    route.mock(return_value=httpx.Response(500))
    with pytest.raises(ModelRefused, match="500"):
        openai.create().encode(["a"])
    assert route.call_count == 6


@pytest.mark.parametrize(
    ("response", "kind", "words", "requests"),
    [
        (httpx.Response(401, json={"error": {"message": f"bad key {KEY}"}}), ModelRefused, "OPENAI_API_KEY", 1),
        (httpx.Response(400, json={"error": {"message": "no"}}), ModelRefused, "400", 1),
        (
            httpx.Response(429, json={"error": {"message": "quota", "code": "insufficient_quota"}}),
            ModelRateLimited,
            "billing",
            1,
        ),
        (httpx.Response(429, json={"error": {"message": "slow"}}), ModelRateLimited, "later", 3),
        (httpx.Response(200, text="<html>"), ModelBadResponse, "OPENAI_BASE_URL", 1),
        (httpx.Response(200, json={"data": []}), ModelBadResponse, "shape|vectors|should", 1),
        (httpx.Response(200, json={"data": [{"index": 0, "embedding": [1.0]}]}), ModelBadResponse, "shape", 1),
    ],
)
def test_a_failure_is_an_error_of_ours_that_says_the_next_step_and_not_the_key(
    http: respx.Router, response: httpx.Response, kind: type[ModelError], words: str, requests: int
) -> None:
    route = http.post(URL).mock(return_value=response)
    with pytest.raises(kind, match=words) as caught:
        openai.create().encode(["a"])
    assert KEY not in str(caught.value)
    assert route.call_count == requests


def test_no_connection_says_so(http: respx.Router) -> None:
    http.post(URL).mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(ModelUnreachable, match="OPENAI_BASE_URL"):
        openai.create().encode(["a"])


def test_another_server_is_asked_where_the_environment_names_one(
    http: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:9/v1")
    route = http.post("http://localhost:9/v1/embeddings").mock(side_effect=answered)
    assert openai.create().encode(["a"]).any()
    assert route.called


def test_without_a_key_the_message_names_the_variable_and_the_embedder_that_needs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ConfigError, match=r"OPENAI_API_KEY.*static"):
        openai.create()
