"""Each search provider: what it sends, and what it makes of the answers that its server gives."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from functools import partial

import httpx
import httpx2
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tools.conftest import page

from orchestrator.core.citations import Citation
from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import SearchProvider, SearchQuery
from orchestrator.runtime import registry
from orchestrator.tools._search import SearchFailed
from orchestrator.tools._search._http import plain

KEY = "key-0123456789"
QUERY = SearchQuery("tea & milk", 3, 5.0)
KEYED = ["brave", "exa", "serper", "tavily"]
DETAIL = {"searxng": "http://127.0.0.1:8888/"}

FIELDS = [("title", "url", "description", "page_age"), ("link", "snippet", "date"), ("content", "publishedDate"),
          ("highlights", "published_date")]  # fmt: skip

# Answers as the servers' documents show them, shortened.
ANSWERS = {
    "brave": {
        "type": "search",
        "web": {
            "results": [
                {
                    "title": "All about <strong>tea</strong>",
                    "url": "https://tea.example/",
                    "description": "Green &amp; <strong>black</strong>\n tea.",
                    "page_age": "2026-01-02T00:00:00",
                },
                {"title": "Milk", "url": "https://milk.example/"},
            ]
        },
    },
    "tavily": {
        "query": "tea & milk",
        "answer": None,
        "results": [
            {"title": "All about tea", "url": "https://tea.example/", "content": "Green & black tea.", "score": 0.9,
             "published_date": "2026-01-02T00:00:00"},
            {"title": "Milk", "url": "https://milk.example/", "content": None},
        ],
    },
    "exa": {
        "requestId": "1",
        "results": [
            {"id": "https://tea.example/", "title": "All about tea", "url": "https://tea.example/",
             "publishedDate": "2026-01-02T00:00:00", "author": None, "highlights": ["Green & black tea."]},
            {"title": "Milk", "url": "https://milk.example/", "highlights": []},
        ],
    },
    "serper": {
        "searchParameters": {"q": "tea & milk"},
        "organic": [
            {"title": "All about tea", "link": "https://tea.example/", "snippet": "Green & black tea.",
             "date": "2026-01-02T00:00:00", "position": 1},
            {"title": "Milk", "link": "https://milk.example/", "position": 2},
        ],
    },
    "searxng": {
        "query": "tea & milk",
        "number_of_results": 0,
        "results": [
            {"title": "All about tea", "url": "https://tea.example/", "content": "Green & black tea.",
             "publishedDate": "2026-01-02T00:00:00", "engine": "brave"},
            {"title": "Milk", "url": "https://milk.example/", "publishedDate": None},
        ],
        "unresponsive_engines": [["google", "CAPTCHA"]],
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYED:
        monkeypatch.setenv(f"{name.upper()}_API_KEY", KEY)


@pytest.fixture
def http() -> Iterator[respx.Router]:
    with respx.mock(using="httpcore2") as router:
        yield router


def provider(name: str) -> SearchProvider:
    made: SearchProvider = registry.plugin("tools._search", name)(DETAIL.get(name, ""))
    return made


def answering(http: respx.Router, response: httpx.Response) -> respx.Route:
    return http.route().mock(return_value=response)


@pytest.mark.parametrize("name", registry.names("tools._search"))
def test_every_registered_provider_keeps_the_contract(name):
    """A new file in search/ is tested by being there."""
    made = provider(name)
    assert isinstance(made, SearchProvider)
    assert made.name == name
    assert registry.about("tools._search", name)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_recorded_answer_becomes_results_without_markup(http, name):
    answering(http, httpx.Response(200, json=ANSWERS[name]))
    assert list(provider(name).search(QUERY)) == [
        Citation("All about tea", "https://tea.example/", "Green & black tea.", "2026-01-02T00:00:00"),
        Citation("Milk", "https://milk.example/"),
    ]


@pytest.mark.parametrize(
    ("name", "host", "header", "sent"),
    [
        ("brave", "api.search.brave.com", ("x-subscription-token", KEY), {"q": "tea & milk", "count": "3"}),
        ("tavily", "api.tavily.com", ("authorization", f"Bearer {KEY}"), {"query": "tea & milk", "max_results": 3}),
        ("exa", "api.exa.ai", ("x-api-key", KEY),
         {"query": "tea & milk", "numResults": 3, "contents": {"highlights": True}}),
        ("serper", "google.serper.dev", ("x-api-key", KEY), {"q": "tea & milk", "num": 3}),
        ("searxng", "127.0.0.1", ("host", "127.0.0.1:8888"), {"q": "tea & milk", "format": "json"}),
    ],
)  # fmt: skip
def test_each_is_asked_in_its_own_way_with_the_key_in_a_header(http, name, host, header, sent):
    route = answering(http, httpx.Response(200, json={}))
    assert list(provider(name).search(QUERY)) == []
    request = route.calls.last.request
    assert request.url.host == host
    assert request.headers[header[0]] == header[1]
    assert KEY not in str(request.url)
    assert (json.loads(request.content) if request.method == "POST" else dict(request.url.params)) == sent


@pytest.mark.parametrize("name", KEYED)
def test_a_missing_key_says_which_to_set(name, monkeypatch):
    monkeypatch.delenv(f"{name.upper()}_API_KEY")
    with pytest.raises(ConfigError, match=f"set {name.upper()}_API_KEY"):
        provider(name)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_a_config_error_that_does_not_show_it(http, name, status):
    answering(http, httpx.Response(status, json={"error": f"bad key {KEY}"}))
    with pytest.raises(ConfigError) as caught:
        provider(name).search(QUERY)
    assert KEY not in str(caught.value)
    assert (
        "settings.yml" in str(caught.value)
        if name == "searxng"
        else f"check {name.upper()}_API_KEY" in str(caught.value)
    )


def test_brave_refuses_a_key_with_status_422(http):
    answering(http, httpx.Response(422, json={"error": {"code": "SUBSCRIPTION_TOKEN_INVALID"}}))
    with pytest.raises(ConfigError, match="check BRAVE_API_KEY"):
        provider("brave").search(QUERY)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    ("response", "says", "again", "wait"),
    [
        (httpx.Response(429, headers={"retry-after": "7"}), "asks for fewer searches", True, 7.0),
        (httpx.Response(429, headers={"retry-after": "soon"}), "asks for fewer searches", True, None),
        (httpx.Response(400, json={"message": "Not enough credits"}), "status 400: .*Not enough credits", False, None),
        (httpx.Response(432, json={"detail": "plan limit"}), "plan limit", False, None),
        (httpx.Response(302, headers={"location": "http://10.0.0.1/"}), "status 302", False, None),
        (httpx.Response(503, text="<h1>Sorry</h1>"), "status 503: Sorry", True, None),
        (httpx.Response(200, text="<html>no API</html>"), "not answer with a JSON object", False, None),
        (httpx.Response(200, text="[1]"), "not answer with a JSON object", False, None),
        (httpx.Response(200, text="[" * 100_000), "not answer with a JSON object", False, None),
        (httpx.Response(200, content=b"x" * 5_000_001), "more than 5,000,000 bytes", False, None),
    ],
    ids=lambda value: str(value.status_code) if isinstance(value, httpx.Response) else None,
)
def test_a_failure_says_what_it_was_and_whether_to_ask_again(http, name, response, says, again, wait):
    answering(http, response)
    with pytest.raises(SearchFailed, match=says) as caught:
        provider(name).search(QUERY)
    assert (caught.value.again, caught.value.wait) == (again, wait)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    ("error", "says", "again"),
    [
        (httpx2.ConnectError("Name or service not known"), "cannot be reached .Name or service not known", True),
        (httpx2.ReadTimeout("slow"), "did not answer in 5 seconds", False),
    ],
)
def test_a_server_that_is_not_there_is_named(http, name, error, says, again):
    http.route().mock(side_effect=error)
    with pytest.raises(SearchFailed, match=says) as caught:
        provider(name).search(QUERY)
    assert caught.value.again == again


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"results": None, "organic": "x", "web": []},
        {"results": [1, None, {}], "organic": [[]], "web": {"results": 3}},
    ],
)
def test_an_answer_of_another_shape_is_no_result_and_no_crash(http, name, answer):
    answering(http, httpx.Response(200, json=answer))
    assert all(each == Citation("", "") for each in provider(name).search(QUERY))


gzipped = partial(gzip.compress, mtime=0)
PACKED = json.dumps({"results": [{"title": "Tea", "url": "https://tea.example/"}]}).encode()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzipped(PACKED), "gzip"),
        (gzipped(PACKED[:9]) + gzipped(PACKED[9:]), "gzip"),
        (gzipped(PACKED[:1]) + gzipped(b"") + gzipped(PACKED[1:]) + b"\0\0", "x-gzip"),
        (zlib.compress(PACKED), "deflate"),
        (PACKED, "identity"),
    ],
)
def test_a_packed_answer_is_read(website, body, coding):
    website.pages["/search"] = page(body, kind="application/json", content_encoding=coding)
    assert list(registry.plugin("tools._search", "searxng")(website.url).search(QUERY)) == [
        Citation("Tea", "https://tea.example/")
    ]


@pytest.mark.parametrize(
    ("body", "coding", "says"),
    [
        (gzipped(PACKED)[:-9], "gzip", "the answer of 127.0.0.1 is cut off"),
        (gzipped(PACKED) + gzipped(PACKED)[:9], "gzip", "is cut off"),
        (gzipped(b" " * 5_000_001), "gzip", "is larger than 5,000,000 bytes"),
        (b"no gzip", "gzip", "is packed in a way that cannot be read"),
        (b"x", "br", "is packed as br, which cannot be read"),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_told(website, body, coding, says):
    website.pages["/search"] = page(body, kind="application/json", content_encoding=coding)
    with pytest.raises(SearchFailed, match=says):
        registry.plugin("tools._search", "searxng")(website.url).search(QUERY)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("text", ["a\0b", "\x1b\u202e", "%%&?#", "é🙂"])
def test_any_query_is_asked(http, name, text):
    answering(http, httpx.Response(200, json={}))
    assert list(provider(name).search(SearchQuery(text, 3, 5.0))) == []


WORDS = [
    "x < 5 and y > 3, use Vec<T>",
    "if a<b and c>d: print(a<b>c)",
    "std::map<K, V> &amp; HashMap<String, Vec<u8>>",
    "<T extends Comparable<T>> void sort(List<T> a)",
    "the <div> element and the &lt; entity",
    "i<n;i++ 1<<2>>3 <- -> <=> <!-- x -->",
    "AT&T &copy; 2024, 5 > 3 </end>",
]


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "brave"])
@pytest.mark.parametrize("words", WORDS)
def test_text_of_a_provider_that_sends_text_stays_as_it_is(http, name, words):
    result = dict.fromkeys(("title", "content", "snippet"), words) | {"highlights": [words]}
    row = result | {"url": "https://a.example/", "link": "https://a.example/"}
    answering(http, httpx.Response(200, json={"results": [row], "organic": [row]}))
    assert list(provider(name).search(QUERY)) == [Citation(words, "https://a.example/", words)]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Green &amp; <strong>black</strong>\n tea", "Green & black tea"),
        ("use <b>Vec</b>&lt;T&gt; &quot;now&quot;", 'use Vec<T> "now"'),
        ("Vec<T> and x < 5, y > 3", "Vec<T> and x < 5, y > 3"),
        ("a&#x27;s <em class='x'>b</em><br/>c", "a's bc"),
        ("the &lt;strong&gt; element", "the <strong> element"),
        ("List<String> <i>List</i>", "List<String> List"),
        ("&amp;lt;", "&lt;"),
        *(
            (code, code)
            for code in (
                "Fn<A>",
                "Box<I>",
                "a<b>c",
                "if (a<b && c>d)",
                "Map<I, A>",
                "HashMap<P, Vec<Q>>",
                "#include <table>",
                "x<i && i>y",
                "List<Title>",
                "<a href=x>",
                "Pair<A><B>",
            )
        ),
        ("<strong>Fn</strong><A> in <strong>Rust", "Fn<A> in Rust"),
        ("i<b and <b>bold</b>", "i<b and bold"),
    ],
)
def test_tags_and_entities_of_a_provider_that_sends_html_are_read(http, sent, said):
    row = {"title": sent, "url": "https://a.example/?a=1&copy=2", "description": sent}
    answering(http, httpx.Response(200, json={"web": {"results": [row]}}))
    assert list(provider("brave").search(QUERY)) == [Citation(said, "https://a.example/?a=1&copy=2", said)]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("https://a.example/"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys({field for each in FIELDS for field in each}, anything))
lists = st.lists(rows | anything, max_size=4) | anything
answers = st.fixed_dictionaries(
    {}, optional={"results": lists, "organic": lists, "web": st.builds(dict, results=lists) | anything,
                  "unresponsive_engines": anything | st.just([["google", None], [[1]], {}])},
)  # fmt: skip
texts = st.one_of(
    answers.map(json.dumps),
    anything.map(json.dumps),
    st.sampled_from(["", "{", "NaN", "<html><h1>Sorry", '{"results": [{"title": "\\ud800", "url": "http://\\udfff"}]}',
                     '{"results": [{"title": ' + "[" * 900 + "]" * 900 + "}]}", '{"results": ' + "9" * 5_000 + "}"]),
)  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
@given(
    text=texts,
    status=st.sampled_from([200, 200, 200, 400, 500]),
    retry=st.sampled_from(["nan", "inf", "-1", "1_0", ""]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_server_answers_is_results_or_a_failure(http, name, text, status, retry):
    http.route().mock(return_value=httpx.Response(status, text=text, headers={"retry-after": retry}))
    try:
        found = list(provider(name).search(QUERY))
    except SearchFailed as failure:
        str(failure).encode()
        return
    for each in found:
        assert all(isinstance(value, str) for value in (each.title, each.url, each.text, each.date))
        f"{each.title}{each.url}{each.text}{each.date}".encode()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (1984, "1984"),
        (2.5, "2.5"),
        (True, ""),
        ({"a": "b"}, ""),
        (["a", 1, None, ["b"], " c\n d "], "a … 1 … c d"),
        ("half \ud83d a pair \ude00", "half \ufffd a pair \ufffd"),
        ("a\u2028b\tc", "a b c"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_text_or_nothing(value, said):
    assert plain(value) == said


def test_searxng_whose_engines_are_blocked_is_told_from_one_that_found_nothing(http):
    answering(http, httpx.Response(200, json={"results": [], "unresponsive_engines": [["google", "CAPTCHA"], "brave"]}))
    with pytest.raises(SearchFailed, match=r"did not answer .google: CAPTCHA, brave"):
        provider("searxng").search(QUERY)


@pytest.mark.parametrize("detail", ["", "localhost:8888", "ftp://x"])
def test_searxng_needs_an_address(detail):
    with pytest.raises(ConfigError, match="searxng needs its address"):
        registry.plugin("tools._search", "searxng")(detail)
