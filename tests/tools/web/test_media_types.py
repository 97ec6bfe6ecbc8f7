"""Which pages are HTML, which are text, and which are neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.tools._web.media_types import MediaType, is_text, media_type

TEXT = """
text/plain text/csv text/vcard application/rss+xml application/atom+xml application/vnd.github+json
image/svg+xml application/geo+json application/problem+json application/ld+json application/json-seq
application/json5 application/x-ndjson application/jsonl application/yaml application/vnd.oai.openapi+yaml
application/toml application/javascript application/ecmascript application/sql application/graphql
application/x-sh application/x-tex application/rtf application/x-www-form-urlencoded application/mathml+xml
application/opensearchdescription+xml message/rfc822 multipart/related model/gltf+xml application/octet-stream
chemical/x-pdb
"""


@pytest.mark.parametrize(
    ("header", "essence", "charset"),
    [
        ("text/html", "text/html", ""),
        ("Text/HTML; Charset=UTF-8", "text/html", "UTF-8"),
        ('text/html;charset="utf-8"', "text/html", "utf-8"),
        ("text/html; charset='utf-8'", "text/html", "utf-8"),
        ("text/html ; a=b ; charset = gbk ; c", "text/html", "gbk"),
        ('text/html; title="; charset=koi8-r"; charset=gbk', "text/html", "gbk"),
        ("text/html; charset=gbk; charset=koi8-r", "text/html", "gbk"),
        ("text/html; charset=gbk, text/plain", "text/html", "gbk"),
        ("application/vnd.github+json", "application/vnd.github+json", ""),
        ("text/html;charset=", "text/html", ""),
        ("", "", ""),
        ("html", "", ""),
        ("*/*", "", ""),
        ("text/html charset=utf-8", "", ""),
        ("; charset=gbk", "", "gbk"),
        ("täxt/html", "", ""),
    ],
)
def test_a_header_is_read(header, essence, charset):
    assert media_type(header) == MediaType(essence, charset)


@given(st.text(max_size=80) | st.text('abc/;=", \\', max_size=80))
def test_any_header_can_be_read(header):
    kind = media_type(header)
    assert kind.essence == "" or kind.essence.count("/") == 1


@pytest.mark.parametrize(
    ("header", "body", "html"),
    [
        ("text/html", b"x", True),
        ("application/xhtml+xml", b"<?xml version='1.0'?><html/>", True),
        ("application/vnd.wap.xhtml+xml", b"", True),
        ("", b" \n<!doctype html>", True),
        ("", b"\xef\xbb\xbf<p>", True),
        ("application/octet-stream", b"<html>", True),
        ("nonsense", b"<html>", True),
        ("", b"<?xml version='1.0'?><rss>", False),
        ("", b"plain", False),
        ("text/plain", b"<html>", False),
        ("application/rss+xml", b"<rss>", False),
    ],
)
def test_html_is_told_by_its_type_or_else_by_its_start(header, body, html):
    assert media_type(header).is_html(body) == html


@pytest.mark.parametrize(
    "header",
    TEXT.split(),
)
def test_any_type_whose_bytes_are_text_is_text(header):
    assert media_type(header).can_be_text()


@pytest.mark.parametrize("header", ["image/png", "audio/mpeg", "video/mp4", "font/woff2", "model/gltf-binary"])
def test_pictures_sounds_and_fonts_are_no_text(header):
    assert not media_type(header).can_be_text()


@pytest.mark.parametrize(
    "start", ["%PDF-1.7\n", "PK\x03\x04", "\x7fELF\x02", "GIF\x01", "a" * 1_000 + "\0", "\x1f\x8b"]
)
def test_bytes_that_only_binary_data_has_are_no_text(start):
    assert not is_text(start)


@pytest.mark.parametrize(
    "text", ["", "plain", "tab\t line\r\n page\f escape \x1b[0m", "é中🙂", "a %PDF-", "a" * 2_000 + "\0"]
)
def test_all_else_is_text(text):
    assert is_text(text)
