"""ddgs: its own engines read recorded pages. The boundary is its HTTP client, which nothing else can intercept."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape

import pytest
from ddgs.exceptions import DDGSException, TimeoutException
from ddgs.http_client import HttpClient

from orchestrator.core.errors import ConfigError
from orchestrator.core.protocols import SearchQuery
from orchestrator.tools._search import SearchFailed
from orchestrator.tools._search.ddgs import ENGINES, create

QUERY = SearchQuery("tea", 5, 9.0)
DUCKDUCKGO = """<html><body><div class="results">
<div class="result"><div class="links_main result__body"><h2><a href="https://tea.example/">All about
<b>tea</b></a></h2>
<a class="result__snippet" href="https://tea.example/">Green &amp; black tea.</a></div></div>
<div class="result"><div class="links_main result__body"><h2><a href="https://duckduckgo.com/y.js?ad=1">Buy
tea</a></h2>
<a class="result__snippet" href="https://duckduckgo.com/y.js?ad=1">An advertisement.</a></div></div>
</div></body></html>"""
MOJEEK = """<html><body><ul class="results-standard results"><li><h2><a href="https://mojeek.example/tea">Tea</a></h2>
<p class="s">From Mojeek.</p></li></ul></body></html>"""
NOTHING = "<html><body><p>No results.</p></body></html>"
PUZZLE = '<html><body><div class="anomaly-modal">Select all ducks</div></body></html>'


@dataclass
class Answer:
    status_code: int
    text: str


@pytest.fixture
def web(monkeypatch):
    """What each engine's host answers; the requests that were made."""
    asked: list[str] = []
    answers: dict[str, Answer | Exception] = {}

    def request(self, method, url, **options):
        asked.append(url)
        answer = next(answer for host, answer in answers.items() if host in url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(HttpClient, "request", request)
    return answers, asked


def everywhere(answers, answer):
    answers.update(dict.fromkeys(("duckduckgo", "brave", "mojeek"), answer))


def test_a_recorded_page_becomes_results_and_no_other_engine_is_asked(web):
    answers, asked = web
    answers["duckduckgo"] = Answer(200, DUCKDUCKGO)
    (found,) = create("").search(QUERY)
    assert (found.title, found.url, found.text) == ("All about tea", "https://tea.example/", "Green & black tea.")
    assert len(asked) == 1


@pytest.mark.parametrize(
    "words",
    ["x < 5 and y > 3", "use Vec<T>", "HashMap<String, Vec<u8>> & more", "the <b> element", "a<b>c &lt; d", "i <- 1"],
)
def test_what_looks_like_a_tag_in_the_text_of_a_page_stays(web, words):
    title = DUCKDUCKGO.replace("All about\n<b>tea</b>", escape(words))
    web[0]["duckduckgo"] = Answer(200, title.replace("Green &amp; black tea.", f"<b>{escape(words)}</b>"))
    (found,) = create("").search(QUERY)
    assert (found.title, found.text) == (words, words)


@pytest.mark.parametrize(
    "first",
    [Answer(202, PUZZLE), Answer(429, ""), Answer(200, NOTHING), TimeoutException("x"), DDGSException("DNSError: x")],
)
def test_where_one_engine_has_nothing_the_next_is_asked(web, first):
    answers, asked = web
    everywhere(answers, first)
    answers["mojeek"] = Answer(200, MOJEEK)
    (found,) = create("").search(QUERY)
    assert found.url == "https://mojeek.example/tea"
    assert [next(name for name in ENGINES if name in url) for url in asked] == list(ENGINES)


@pytest.mark.parametrize(
    ("answer", "says", "again"),
    [
        (Answer(202, PUZZLE), "refuses searches from this address for now .status 202", False),
        (Answer(403, "Forbidden"), "refuses searches .* .status 403", False),
        (Answer(429, ""), "refuses searches .* .status 429", False),
        (Answer(200, PUZZLE), "refuses searches .* .status 200", False),
        (Answer(200, "Please solve this CAPTCHA"), "refuses searches", False),
        (Answer(500, "oops"), "answered with status 500", True),
        (Answer(404, "gone"), "answered with status 404", False),
        (TimeoutException("timed out"), "no answer in time", False),
        (DDGSException("DNSError: DNSError('long, with the query in it')"), r"cannot be reached .DNSError\)", True),
    ],
)
def test_blocked_and_unreachable_are_told_from_no_results(web, answer, says, again):
    everywhere(web[0], answer)
    with pytest.raises(SearchFailed, match=says) as caught:
        create("").search(QUERY)
    assert str(caught.value).startswith("duckduckgo, brave, mojeek: ")
    assert caught.value.again == again


def test_no_results_is_an_answer(web):
    everywhere(web[0], Answer(200, NOTHING))
    assert create("").search(QUERY) == ()
    web[0]["brave"] = Answer(429, "")
    assert create("").search(QUERY) == ()


def test_different_failures_are_all_named(web):
    everywhere(web[0], Answer(202, PUZZLE))
    web[0]["brave"] = TimeoutException("x")
    with pytest.raises(SearchFailed, match=r"duckduckgo, mojeek: refuses .*; brave: no answer in time"):
        create("").search(QUERY)


def test_the_engines_can_be_chosen_and_an_unknown_one_is_refused(web):
    answers, asked = web
    answers["mojeek"] = Answer(200, MOJEEK)
    assert create(" Mojeek ,").search(QUERY)
    assert len(asked) == 1
    with pytest.raises(ConfigError, match="ddgs has no engine 'altavista'; it has brave, duckduckgo"):
        create("altavista")


def test_without_the_extra_the_error_names_its_install_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "ddgs", None)
    with pytest.raises(ConfigError, match=r"pip install 'orchestrator-llm\[search\]'"):
        create("")
