"""READ_PAGE from a real server that answers anything: a result or a ToolError, in time."""

from __future__ import annotations

import gzip
import time
import zlib
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tools.conftest import Website

from orchestrator.runtime.tool_runs import run_tool
from orchestrator.tools._web import page_text
from orchestrator.tools._web.extraction import extracted
from orchestrator.tools._web.page_text import Readable
from orchestrator.tools.read_page import read_page

SECONDS = 5.0
gzipped = partial(gzip.compress, mtime=0)
TOOL = read_page(seconds=SECONDS, allow=["127.0.0.0/8"])

odd = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=20)
values = {
    "Content-Type": st.builds(
        "{}{}{}".format,
        st.sampled_from(["text/html", "text/plain", "application/json", "application/xhtml+xml", "image/png", "x", ""]),
        st.sampled_from(["", "; charset=", ';charset="', "; charset*=", ", ", ";;"]),
        st.sampled_from(["undefined", "rot13", "utf-16", "gb2312", "idna", 'utf-8"', "unicode_escape"]) | odd,
    ),
    "Content-Encoding": st.sampled_from(["gzip", "deflate", "br", "identity", "gzip, gzip", "", ",,", "x-gzip"]) | odd,
    "Content-Length": st.sampled_from(["0", "3", "-1", "9" * 30, "x", "1, 1", "+5", "0x10"]) | odd,
    "Transfer-Encoding": st.sampled_from(["chunked", "gzip, chunked", "x"]) | odd,
    "Location": st.sampled_from(["/", "//", "http://[", "?x", "http://127.0.0.1:1/", "data:,x", "\xff"]) | odd,
    "X-\xff": odd,
}  # fmt: skip
headers = st.lists(
    st.sampled_from(list(values)).flatmap(lambda name: st.tuples(st.just(name), values[name])), max_size=4
)
pages = st.sampled_from(
    [
        "<html><head><meta charset=undefined><title>T</title></head><body><p>Words of a page",
        '<?xml version="1.0" encoding="rot13"?><rss><title>T</title></rss>',
        '<meta http-equiv=content-type content="text/html; charset=unicode_escape"><p>\\ud800 \\x',
        '{"a": "\\ud800"}',
        "&#xD800;&#1114112;<p style='&'>x",
    ]
).map(str.encode)
bodies = st.one_of(
    pages,
    st.binary(max_size=200),
    pages.map(gzipped),
    pages.map(lambda body: gzipped(body)[:-9]),
    pages.map(lambda body: gzipped(body) * 2),
    pages.map(zlib.compress),
    pages.map(lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    st.binary(max_size=20).map(lambda body: b"\xff\xfe" + body),
)
statuses = st.sampled_from(["200 OK", "200", "301 x", "302", "404 x", "999 x", "100 x", "204 x", "-1 x", "x", ""])


def answer(status: str, fields: list[tuple[str, str]], body: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body


@pytest.fixture
def website(monkeypatch):
    """A page is read in this process: a child for each would take half a second."""
    monkeypatch.setattr(page_text, "readable", lambda body, kind, seconds: Readable(*extracted(body, kind)))
    site = Website()
    yield site
    site.close()


@given(
    st.builds(answer, statuses, headers, bodies) | st.builds(answer, st.just("200 OK"), headers, bodies) | st.binary()
)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_server_answers_is_a_result_or_a_tool_error(website, sent):
    website.pages["/"] = lambda request: request.wfile.write(sent)
    start = time.monotonic()
    result = run_tool(TOOL, website.url)
    assert time.monotonic() - start < SECONDS + 1
    assert result.result.encode()
    assert result.ok or len(result.result) < 400


@given(st.text(max_size=80) | st.text("htps:/.[]@?#%\\127é\ud800 ", max_size=40))
@settings(deadline=None)
def test_any_address_is_a_result_or_a_tool_error(address):
    assert not run_tool(TOOL, address).ok
