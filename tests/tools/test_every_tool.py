"""Every tool, fed with whatever a model may write and a server, a page or a file may hold: a text or a ToolError.

Every registered tool is here, also a new one.
"""

from __future__ import annotations

import encodings
import json
import pkgutil
import socket
import sys
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from itertools import product
from pathlib import Path
from typing import Any, Literal

import httpcore2
import httpx
import pytest
import pytest_httpx2  # noqa: F401 - teaches respx to intercept httpx2
import respx
from ddgs.http_client import HttpClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator import Citation, Found, SearchQuery, Tool, ToolError, tool
from orchestrator.code import code_search
from orchestrator.mcp import McpServer
from orchestrator.runtime.registry import names, plugin
from orchestrator.tools import _sandbox
from orchestrator.tools.read_page import read_page
from orchestrator.tools.web_search import web_search

from .conftest import Website

MCP_SERVER = Path(__file__).parents[1] / "mcp" / "server.py"
KEYED = ("brave", "exa", "serper", "tavily")

# --- What may be written ---

SCRAPS = (
    *"[](){}<>\"'`\\/|!?%^*+-=_.,;:#@&~$ \t\n\r",
    *("0x", "0b1", "1e", "1_", ".5.", "999999999999", "٣", "１", "½", "²", "𝟙", "∞", "NaN", "None", "i", "x", "π"),
    *(
        "http://",
        "https://",
        "ftp://",
        "127.0.0.1",
        "[::1]",
        "localhost",
        ":0",
        ":99999",
        "%00",
        "%zz",
        "xn--",
        "https://0XN--.com",
        "..",
        "//",
    ),
    *(
        "\0",
        "\x1b[2J",
        "\x7f",
        "\x9b",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ud800",
        "\udfff",
        "\uffff",
        "é",
        "🍓",
        "ﬁ",
        "ß",
        "İ",
    ),
    *(
        "text=",
        "first=1, ",
        "how=",
        '{"a": ',
        "[[",
        "```\n",
        "[CALCULATOR:",
        "<think>",
        "<|im_end|>",
        "solve(",
        "import os\n",
    ),
    *("lambda ", "print(", "class ", "def ", "(?", "\\", "site:", " to ", " of ", " in "),
)
ANYTHING = st.characters(exclude_categories=[])  # half surrogate pairs too
REPEATED = st.builds(
    lambda scrap, often, end: scrap * often + end, st.sampled_from(SCRAPS), st.integers(2, 3_000), st.text()
)
NUMBERS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "-", "+", "0x", "0b", "0o", "1e", ".", "$", "٣", "１", "½", "√"]),
        st.text("01_.xobe+-,%٣１²", max_size=3),
        st.sampled_from(["", "!", "%", " km", "°", "/0", "**9**9", "\n", "\ud800"]),
    ),
)
ARGUMENTS = st.one_of(
    st.text(ANYTHING),
    st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join),
    REPEATED,
    NUMBERS,
)


@tool
def typed(
    first: int, when: date = date(2030, 1, 1), how: Literal["up", "down"] = "up", more: list[float] | None = None
) -> Any:
    """takes values of several types"""
    return {"first": first, "when": when, "how": how, "more": more}


@tool
def measured(size: float) -> float:
    """takes one number"""
    return size


def same(text: str) -> str:
    """says it again"""
    return text


class Shelf:
    """A search provider that finds the query itself."""

    name = "shelf"

    def search(self, query: SearchQuery) -> list[Citation]:
        return [Citation(query.text, f"https://example.com/{query.text}", query.text)]


CODE = {
    "plain.py": b"def harbour(name):\n    return name.title()\n",
    "latin.py": b"# caf\xe9\ndef caf(): return '\xff\xfe'\n",
    "nul.py": b"def nul(): return '\0'\n",
    "deep.py": b"x = " + b"(" * 5_000 + b")" * 5_000 + b"\n",
    "long.js": b"const a = '" + b"x" * 50_000 + b"'; function f() { return a }\n",
    "open.c": b'int main() { char *s = "' + b"{" * 3_000,
    "\x1b[31m.py": b"def red(): pass\n",
    "empty.py": b"",
    ".gitignore": b"*.log\n\\\n!\n/\n**\n# \xff\n!*.py\n!*.js\n!*.c\n",
}


class Tools(dict[str, Tool]):
    def __repr__(self) -> str:  # Hypothesis prints the arguments of a test that fails
        return "the tools"


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Tool]]:
    """Every registered tool, those of an MCP server, and functions. No connection leaves this machine."""
    folder = tmp_path_factory.mktemp("code")
    for name, content in CODE.items():
        (folder / name).write_bytes(content)
    with pytest.MonkeyPatch.context() as patch, McpServer([sys.executable, str(MCP_SERVER)], timeout=10) as server:
        patch.setattr(socket, "getaddrinfo", _only_this_machine)
        patch.setattr(httpcore2.SyncBackend, "connect_tcp", _only_to_this_machine)
        patch.setattr(_sandbox, "SECONDS", 1.0)
        made = {name: plugin("tools", name)() for name in names("tools")} | {
            "read_page": read_page(allow=["127.0.0.0/8", "::1"], seconds=2),
            "web_search": web_search(Shelf(), per_second=0),
            "code_search": code_search(folder, db=tmp_path_factory.mktemp("index") / "db"),
            "function of one text": tool(same),
            "function of values": typed,
            "function of a number": measured,
        }
        served = {f"mcp {each.name}": each for each in server.tools if each.name not in ("CRASH", "SLOW", "PROCESS")}
        yield Tools(made | served)


MCP = ("ECHO", "ADD", "COLOUR", "FAIL", "SILENT", "MIXED", "STRUCTURED", "GET_WEATHER_V2")
OWN = (*names("tools"), "function of one text", "function of values", "function of a number")
TOOLS = (*OWN, *(f"mcp {name}" for name in MCP))


HERE = ("127.0.0.1", "::1")
_LOOKED_UP, _CONNECT = socket.getaddrinfo, httpcore2.SyncBackend.connect_tcp


def _only_this_machine(host: Any, *more: Any, **options: Any) -> Any:
    if host not in HERE:
        raise socket.gaierror("no names in tests")
    return _LOOKED_UP(host, *more, **options)


def _only_to_this_machine(backend: Any, host: str, *more: Any) -> Any:
    if host not in HERE:
        raise httpcore2.ConnectError("no network in tests")
    return _CONNECT(backend, host, *more)


def said(tool: Tool, argument: str) -> str:
    """What the model is told. Any exception but ToolError fails the test."""
    try:
        value = tool.run(argument)
    except ToolError as error:
        value = str(error)
        assert value
    assert isinstance(value, str | Found)
    return str(value)


def test_no_tool_is_left_out(tools):
    assert set(tools) == set(TOOLS)
    assert {"calculator", "python", "read_page", "web_search", "code_search"} <= set(tools)


@pytest.mark.parametrize("name", MCP)
@given(argument=ARGUMENTS)
@settings(max_examples=25)  # half a surrogate pair ends the server, and to start it takes a second
def test_whatever_the_model_writes_to_a_server_is_a_text_or_a_tool_error(tools, name, argument):
    assert said(tools[f"mcp {name}"], argument) is not None


@pytest.mark.parametrize("name", OWN)
@given(argument=ARGUMENTS)
@settings(max_examples=200)
def test_whatever_the_model_writes_is_a_text_or_a_tool_error(tools, name, argument):
    assert said(tools[name], argument) is not None


@pytest.mark.parametrize("name", ["calculator", "function of values", "function of a number"])
def test_every_short_text_that_looks_like_a_number_is_a_text_or_a_tool_error(tools, name):
    for start, middle, end in product(
        ("", "0x", "0b", "0o", "1e"), product(*["_.x1e+-%٣１²½ "] * 2), ("", "!", "%", " km")
    ):
        assert said(tools[name], start + "".join(middle) + end) is not None


@pytest.mark.parametrize("name", TOOLS)
@pytest.mark.parametrize(
    "argument",
    [
        "",
        " ",
        "\ud800",
        "\0",
        "[" * 20_000,
        "(" * 20_000 + "1" + ")" * 20_000,
        '{"a":' * 20_000,
        "9" * 20_000,
        "9" * 5_000 + "!",
        "-" * 20_000 + "1",
        "a" * 500_000,
        "\n" * 100_000,
        "first=" * 10_000,
        "http://" + "a." * 10_000 + "example/",
        "http://[" + ":" * 1_000 + "]/",
        "http://example.com:" + "9" * 5_000,
        "https://example.com/" + "%" * 10_000,
        "1e" + "9" * 100,
        "first=1e400",
        "first=1, when=9999-99-99",
        "first=1, more=[NaN, Infinity]",
        "'" * 9_999,
        '"' * 9_999,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_long_nested_and_empty_arguments_are_no_exception(tools, name, argument):
    assert said(tools[name], argument) is not None


# --- What servers answer ---


@pytest.fixture(scope="module")
def site() -> Iterator[Website]:
    site = Website()
    yield site
    site.close()


def serve(site: Website, head: bytes, body: bytes) -> str:
    """Serve one page as raw bytes, and return its address."""

    def send(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 " + head + b"\r\n\r\n" + body)

    site.pages["/x"] = send
    return f"{site.url}/x"


@pytest.fixture(scope="module")
def pages() -> Tool:
    return read_page(allow=["127.0.0.0/8"], seconds=5, characters=5_000)


def test_the_pages_are_read(site, pages):
    assert "tea [and] milk" in said(pages, serve(site, b"200 OK\r\nContent-Type: text/plain", b"tea [and] milk"))
    article = b"<html><body><p>" + b"Ships leave the harbour at noon. " * 20
    assert "Ships leave" in said(pages, serve(site, b"200 OK\r\nContent-Type: text/html", article))


HEADER = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)
CODECS = sorted(each.name for each in pkgutil.iter_modules(encodings.__path__))
CHARSETS = st.one_of(st.sampled_from(CODECS), HEADER)
KINDS = st.one_of(
    st.sampled_from(
        ["text/plain", "application/json", "text/csv", "", "text/", "/", ";", "application/xml", "image/png"]
    ),
    HEADER,
)
BODIES = st.one_of(st.binary(max_size=300), st.text(ANYTHING).map(lambda text: text.encode("utf-8", "surrogatepass")))


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
@pytest.mark.parametrize("charset", CODECS)
def test_every_charset_of_python_is_a_text_or_a_tool_error(site, pages, charset, kind):
    for body in (b"tea", b"\xff\xfe\x00", b"xn--a-\xe4", b"\\N{", b"+AA", b"begin 666\n\xff"):
        head = f"200 OK\r\nContent-Type: {kind}; charset={charset}"
        assert said(pages, serve(site, head.encode("latin-1"), body)) is not None


NO_MARKUP = BODIES.filter(lambda body: body.lstrip()[:1] != b"<")  # parsing starts a process each time


@given(kind=KINDS.filter(lambda kind: "html" not in kind.lower()), charset=CHARSETS, more=HEADER, body=NO_MARKUP)
@settings(max_examples=300)
def test_whatever_a_server_says_of_a_page_is_a_text_or_a_tool_error(site, pages, kind, charset, more, body):
    head = f"200 OK\r\nContent-Type: {kind}; charset={charset}\r\nContent-Encoding:\r\nX: {more}"
    assert said(pages, serve(site, head.encode("latin-1"), body)) is not None


@given(status=HEADER, headers=st.lists(st.tuples(HEADER, HEADER), max_size=4), body=NO_MARKUP)
def test_whatever_a_server_sends_first_is_a_text_or_a_tool_error(site, pages, status, headers, body):
    head = "\r\n".join([status, *(f"{name}: {value}" for name, value in headers)])
    assert said(pages, serve(site, head.encode("latin-1"), body)) is not None


@given(location=st.one_of(ARGUMENTS.map(lambda text: text.replace("\n", "").replace("\r", "")), HEADER))
def test_wherever_a_server_redirects_to_is_a_text_or_a_tool_error(site, pages, location):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", _only_this_machine)
        patch.setattr(httpcore2.SyncBackend, "connect_tcp", _only_to_this_machine)
        address = serve(site, b"302 Found\r\nLocation: " + location.encode("utf-8", "surrogatepass"), b"")
        assert said(pages, address) is not None


@given(
    encoding=st.one_of(st.sampled_from(["gzip", "deflate", "br", "identity", "gzip, gzip", "zstd", "x-gzip"]), HEADER),
    length=st.one_of(st.integers(-5, 1_000_000).map(str), HEADER),
    body=st.one_of(BODIES, st.just(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")),
)
def test_however_a_server_packs_a_page_is_a_text_or_a_tool_error(site, pages, encoding, length, body):
    head = f"200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: {encoding}\r\nContent-Length: {length}"
    assert said(pages, serve(site, head.encode("latin-1"), body)) is not None


MARKUP = (
    b"<" * 5_000,
    b"<html>" + b"<div>" * 20_000,
    b"<p " + b"a=b " * 50_000 + b">text</p>",
    b"<html><meta charset=\xff><title>\0</title><body>\xff\xfe\0</body>",
    b'<html><meta charset="undefined"><body><p>' + b"word " * 200,
    b"<html><head><meta property='article:published_time' content='99999-99-99'></head><p>" + b"word " * 200,
    b"<html><body>" + b"<table><tr><td>" * 2_000,
    b"<?xml version='1.0' encoding='idna'?><!DOCTYPE a [<!ENTITY b 'c'>]><html><p>&b;&#xD800;&#0;&#1114112;</p></html>",
    b"<!--" * 10_000,
    b"<script>" + b"<" * 10_000,
)


@pytest.mark.parametrize("body", MARKUP, ids=lambda body: repr(body[:20]))
def test_broken_markup_is_a_text_or_a_tool_error(site, pages, body):
    assert said(pages, serve(site, b"200 OK\r\nContent-Type: text/html", body)) is not None


@given(body=st.lists(st.sampled_from([*SCRAPS, *"<>&"]), max_size=30).map("".join), charset=CHARSETS)
@settings(max_examples=8)
def test_any_markup_is_a_text_or_a_tool_error(site, pages, body, charset):
    head = f"200 OK\r\nContent-Type: text/html; charset={charset}"
    content = f"<html><p>{body * 20}".encode("utf-8", "surrogatepass")
    assert said(pages, serve(site, head.encode("latin-1"), content)) is not None


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(ANYTHING, max_size=20), st.sampled_from(SCRAPS)
)
FIELDS = st.sampled_from(
    ["results", "web", "organic", "title", "url", "link", "content", "description", "snippet", "highlights", "date",
     "page_age", "publishedDate", "published_date", "unresponsive_engines", "error", "detail"]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda each: st.lists(each, max_size=4) | st.dictionaries(FIELDS | st.text(max_size=5), each, max_size=5),
    max_leaves=20,
)
RESULTS = st.builds(
    lambda found: {"results": found, "web": {"results": found}, "organic": found},
    st.lists(st.dictionaries(FIELDS, JSON, max_size=6), max_size=4),
)
ANSWERS = st.one_of(
    st.one_of(RESULTS, JSON).map(lambda value: json.dumps(value).encode()),  # with half surrogate pairs, NaN and so on
    st.binary(max_size=100),
    st.sampled_from([b"[" * 100_000, b'{"results": ' + b"[" * 100_000, b"1" * 10_000, b"\xef\xbb\xbf{}", b"", b"null"]),
)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYED:
        monkeypatch.setenv(f"{name.upper()}_API_KEY", "key-0123456789")


@pytest.mark.parametrize("name", [*KEYED, "searxng:http://127.0.0.1:8888"])
@given(answer=ANSWERS, status=st.sampled_from([200, 200, 200, 204, 206, 301, 400, 404, 418, 422]), kind=HEADER)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_search_server_answers_is_a_text_or_a_tool_error(keys, name, answer, status, kind):
    with respx.mock(using="httpcore2") as router:
        headers = [(b"Content-Type", kind.encode("latin-1"))]
        router.route().mock(return_value=httpx.Response(status, content=answer, headers=headers))
        assert said(web_search(name, per_second=0, timeout=2), "tea") is not None


@given(page=st.lists(st.sampled_from(SCRAPS), max_size=40).map("".join), status=st.sampled_from([200, 202, 403, 500]))
@settings(max_examples=40)
def test_whatever_pages_ddgs_gets_is_a_text_or_a_tool_error(page, status):
    class Answer:
        status_code = status
        text = f'<div class="result results"><h2><a href="{page}">{page}</a></h2><p class="s">{page}</p></div>'
        content = text.encode("utf-8", "replace")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpClient, "request", lambda *_, **__: Answer())
        patch.setattr("orchestrator.tools._search._searching.ATTEMPTS", 1)
        assert said(web_search("ddgs", per_second=0), "tea") is not None


# --- What files hold ---

MARKS = (*"a*?[]!\\/# ^.", "**/", "[!", "a-z", "z-a", "\t", "é")
LINES = st.lists(st.sampled_from(MARKS), max_size=8).map("".join)


def test_every_short_line_of_gitignore_is_a_text_or_a_tool_error(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "harbour.py").write_text("def harbour(): pass\n", "utf-8")
    lines = ["".join(marks) for length in (1, 2, 3) for marks in product(MARKS, repeat=length)]
    (tmp_path / "folder" / ".gitignore").write_text("\n".join([*lines, "!harbour.py"]), "utf-8")
    assert said(code_search(tmp_path / "folder", db=tmp_path / "db"), "harbour") is not None


@given(
    ignored=st.one_of(
        st.lists(LINES, max_size=30).map(lambda lines: "\n".join(lines).encode()), st.binary(max_size=30)
    ),
    code=st.one_of(
        st.binary(max_size=200),
        st.lists(st.sampled_from(SCRAPS), max_size=30).map(lambda text: "".join(text).encode("utf-8", "surrogatepass")),
    ),
    language=st.sampled_from(["py", "js", "ts", "sql", "go", "java", "rs", "c", "cpp", "cs", "rb", "php", "sh"]),
)
@settings(max_examples=6)
def test_whatever_a_folder_holds_can_be_searched_or_is_a_tool_error(tmp_path_factory, ignored, code, language):
    folder = tmp_path_factory.mktemp("folder")
    (folder / ".gitignore").write_bytes(ignored)
    (folder / f"a.{language}").write_bytes(code)
    assert said(code_search(folder, db=tmp_path_factory.mktemp("db") / "db"), "harbour") is not None
