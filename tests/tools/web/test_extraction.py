"""The text of a page: each displayed word of the main part, in order, and nothing that is not displayed."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.tools._web.extraction import extracted
from orchestrator.tools._web.media_types import media_type
from orchestrator.tools._web.styles import read_style

PROSE = [
    f"<p>Paragraph {number} of plain prose about harbour {number * 7} and its ferries, which leave in the morning.</p>"
    for number in range(1, 9)
]
_INLINE = """a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark my-note nobr output
q s samp slot small span strike strong sub sup time tt u unknown var x-y-z"""
_BLOCKS = """address article aside blockquote center dd details dialog-like dir div dl dt fieldset figcaption figure
form h1 h2 h3 h4 h5 h6 header hgroup legend li main menu ol p pre search section summary table tbody td th tr ul"""
HIDING = [
    "<span hidden>{}</span>",
    "<div hidden=''>{}</div>",
    "<p style='display:none'>{}</p>",
    "<p style='color: red; DISPLAY : NONE !important'>{}</p>",
    "<b style='display:/* x */none'>{}</b>",
    "<i style='visibility: hidden'>{}</i>",
    "<div style='opacity: 0.0'>{}</div>",
    "<span style='font-size:0px'>{}</span>",
    "<div style='position:absolute; left:-9999px'>{}</div>",
    "<div style='height:0; overflow:hidden'>{}</div>",
    "<div style='overflow: hidden; width: 1px; height: 1px'>{}</div>",
    "<span class='a d-none b'>{}</span>",
    "<span class=hidden>{}</span>",
    "<span aria-hidden=true>{}</span>",
    "<template>{}</template>",
    "<noscript>{}</noscript>",
    "<script>{}</script>",
    "<style>{}</style>",
    "<!-- {} -->",
    "<dialog>{}</dialog>",
    "<div popover>{}</div>",
    "<datalist><option>{}</datalist>",
    "<select><option>red<option>{}</select>",
    "<iframe>{}</iframe>",
    "<video>{}</video>",
    "<object><p>{}</p></object>",
    "<svg><title>{}</title></svg>",
    "<math><annotation>{}</annotation></math>",
    "<img alt='{}'>",
    "<a title='{}'>link</a>",
    "<input value='{}'>",
    "<meta name=description content='{}'>",
]

UNSEEN = [
    *("font:0/0 a", "font-size:.01px", "opacity:1e-9", "filter:opacity(0)", "transform:scale(0)", "color:transparent"),
    *(
        "width:0;height:0;overflow:clip",
        "position:absolute;top:-500vh",
        "position:fixed;left:-200vw",
        r"display:non\65",
    ),
    *(
        "font: italic 400 0px/1.5 serif",
        "font-size:0.001em",
        "font-size:0%",
        "font-size:1px",
        "font-size:calc(0px)",
        "font:400 0/0 a",
    ),
    *("opacity:0%", "opacity:.001", "opacity:-1", "opacity: calc(0)", "-webkit-filter:blur(1px) opacity(1%)"),
    *("transform:rotate(3deg) scaleX(0)", "transform:matrix(0,0,0,0,0,0)", "transform:scale3d(0,0,0)", "scale:0"),
    *("transform:translateX(-9999px)", "transform:translate(0, -200vh)", "translate:-100vw", "inset:-9999px auto auto"),
    *("max-height:0;overflow-y:hidden", "inline-size:0px;overflow:hidden", "height:.5px;OVERFLOW:CLIP"),
    *("position:absolute;left:-999em", "margin-top:-3000pt", "margin:-9999px 0 0 0", "position:fixed;top:100vh"),
    *("color:#0000", "color:rgba(0,0,0,0)", "color:rgb(9 9 9 / 1%)", "color:#fff;background:white"),
    *("-webkit-text-fill-color:transparent", r"d\69 splay:none", r"\64isplay:\6e one", "text-indent:-9999px"),
    *("clip:rect(1px,1px,1px,1px)", "clip:rect(0 0 0 0)", "clip-path:inset(50%)", "clip-path:circle(0)"),
    *("clip-path:polygon(0 0, 0 0, 0 0)", "x{};display:none", "content-visibility:hidden", "visibility:/**/collapse"),
    *("color:transparent;text-shadow:none", "color:transparent;background-clip:text", "clip-path:inset(0 0 100% 0)"),
]
SEEN = [
    *("font:12px/0 a", "font-size:.9em", "opacity:.5", "opacity:1e0", "filter:opacity(80%)", "transform:scale(.5)"),
    *("transform:scale(-1)", "width:0;height:0", "overflow:hidden", "max-width:100%;overflow:hidden", "left:-20px"),
    *("color:#000", "color:#00000080", "color:var(--x)", "color:red;background:white", "margin-left:-100%"),
    *(
        "clip:auto",
        "clip:rect(0, 100px, 50px, 0)",
        "clip-path:inset(10%)",
        "clip-path:circle(50%)",
        "content:'display:none'",
    ),
    *("background:url(x?display:none)", "displays:none", "--display:none", "transform:translateX(-50%)"),
    *(
        "background-image:linear-gradient(red,blue);background-clip:text;color:transparent",
        "font:bold caption",
        "font:900 1em a",
    ),
    *(
        "color:transparent;text-shadow:0 0 5px black",
        "transform:matrix(1,0,0,1,0,0)",
        "top:5000px",
        "position:fixed;top:0",
    ),
    *("font:inherit", "display:block", "visibility:visible", "min-height:0;overflow:hidden", "", ";;", "{", "/*"),
]


def text_of(body: str, kind: str = "text/html") -> str:
    return extracted(body.encode(), media_type(kind))[2]


def article(inside: str) -> str:
    return text_of(f"<article>{''.join(PROSE[:4])}{inside}{''.join(PROSE[4:])}</article>")


def numbered(text: str) -> list[str]:
    return re.findall(r"w\d+", text)


def tree(children: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    element = st.builds(
        lambda tag, inside: [f"<{tag}>", *inside, f"</{tag}>"],
        st.sampled_from(f"{_INLINE} {_BLOCKS}".split()),
        children,
    )
    return st.lists(element | children, max_size=4).map(lambda lists: [piece for each in lists for piece in each])


TREES = st.recursive(st.sampled_from([["W"], [" "], ["<br>"], [" W, "], ["<img>"]]), tree, max_leaves=30)


PAGES = [
    "<article>{}</article>",
    "<body><nav>Home</nav><main>{}</main><footer>Imprint</footer>",
    "<body><div id=a><a href=/>Home</a> <a href=/b>Shop</a></div><div role=main>{}</div>",
    "<body>{}",
    "<html><head><title>T</title></head><body><app-root><div><form>{}</form></div></app-root></body></html>",
]


@given(TREES, st.sampled_from(PAGES))
@settings(max_examples=300)
def test_every_word_is_in_the_text_in_its_order(pieces, page):
    count = iter(range(10_000))
    body = "".join(f"w{next(count)}".join(piece.split("W")) for piece in pieces).replace("aside>", "section>")
    text = text_of(page.format("".join([*PROSE[:4], body, *PROSE[4:]])))
    assert numbered(text) == numbered(body)
    assert "harbour 56" in text
    assert "Imprint" not in text
    assert "Shop" not in text


@given(st.text(max_size=60))
def test_text_is_displayed_as_it_is_written(text):
    said = text_of(f"<article><p>{escape(text)}</p></article>")
    assert (
        said.split() == re.sub("[\0\xad\u200b\u2060\ufeff]", lambda match: "\ufffd" * (match[0] == "\0"), text).split()
    )


@pytest.mark.parametrize("hiding", HIDING)
def test_what_is_not_displayed_is_not_in_the_text(hiding):
    said = article(f"<p>before {hiding.format('Secret')} after</p>")
    assert "Secret" not in said
    assert "before" in said
    assert "after" in said


@pytest.mark.parametrize("style", UNSEEN)
def test_text_that_an_inline_style_hides_is_left_out(style):
    said = article(f'<div>before <b style="{style}">Secret <i>word</i></b> after</div><p style="{style}">Secret</p>')
    assert "Secret" not in said
    assert "word" not in said
    assert "before after" in said


@pytest.mark.parametrize("style", SEEN)
def test_text_that_an_inline_style_shows_is_kept(style):
    assert "Open" in article(f'<p>before</p><p style="{style}">Open</p>')


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p style=visibility:hidden>a <b style=visibility:visible>seen</b> b</p>", "seen"),
        ("<p style=visibility:hidden>a <b>b <i style=visibility:visible>seen</i> <q>c</q></b></p>d", "seen\n\nd"),
        ("<p style=visibility:collapse>a <b style=visibility:inherit>b</b> c</p>d", "d"),
        ("<p style=visibility:visible><b style=visibility:hidden>a</b>seen</p>", "seen"),
        ("<div style=visibility:hidden>a<p style=visibility:visible>x <b style=visibility:hidden>b</b> y", "x y"),
        ("<p style=font-size:0>a <b style=font-size:16px>seen</b> b <i style=font-size:2em>c</i></p>", "seen"),
        ("<p style=font-size:0>a <b style=font-size:x>b</b> <i style=font-size:large>seen</i></p>", "seen"),
        ("<p style=color:transparent>a <b style=color:red>seen</b> <i style=color:#0000>b</i></p>", "seen"),
        ("<p style=display:none>a <b style=display:block>b</b></p>c", "c"),
        ("<p style=opacity:0>a <b style=opacity:1>b</b></p>c", "c"),
        ("<ol style=visibility:hidden><li>a<li style=visibility:visible>seen</ol>", "1. seen"),
    ],
)  # fmt: skip
def test_an_element_in_hidden_text_may_be_displayed(html, text):
    assert text_of(f"<article>{html}</article>") == text


@given(st.text() | st.text("abc-:;(){}[]!/*\\\"'#0%,. ", max_size=60) | st.lists(st.sampled_from(
    [*UNSEEN, *SEEN, "color:", "transform:matrix(", "clip:rect(1px auto", ")", "/*", "inset(", "font:", "rgb(", "\\"]
), max_size=6).map(";".join))  # fmt: skip
def test_any_text_is_a_style(text):
    said = read_style(text)
    assert {type(said.hides), *map(type, said.texts.values())} == {bool}


@given(st.sampled_from(["display:none", "opacity:0", "font-size:0", "visibility:hidden"]), st.data())
def test_a_style_is_read_however_it_is_spelled(style, data):
    def spelled(sign: str) -> str:
        ways = [sign, sign.upper(), f"\\{ord(sign):06x}", f"\\{ord(sign):x} "] if sign.isalpha() else [sign]
        return str(data.draw(st.sampled_from(ways)))

    name, value = style.split(":")
    blank = st.sampled_from(["", " ", "/**/", " /* ; */\n"])
    text = f"color:red;{''.join(map(spelled, name))}{data.draw(blank)}:{data.draw(blank)}{''.join(map(spelled, value))}"
    said = read_style(text + data.draw(st.sampled_from(["", ";", " !important", "; color:blue"])))
    assert said.hides or any(said.texts.values())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>At <time>noon</time> on <output>5</output> May", "At noon on 5 May"),
        ("<div>The office is closed on Monday.</div>", "The office is closed on Monday."),
        ("a<div>b</div>c<section>d</section>e", "a\nb\nc\n\nd\n\ne"),
        ("<label>Name</label><input><label>Age</label>", "Name Age"),
        ("Press <button>Save</button>, then <kbd>Ctrl</kbd>+<kbd>C</kbd>.", "Press Save, then Ctrl+C."),
        ("<details><summary>More</summary>The rest</details>", "More\nThe rest"),
        ("<dl><dt>Tea<dd>A drink<dt>Bun<dd>A cake</dl>", "Tea\nA drink\nBun\nA cake"),
        ("<figure><img src=x><figcaption>The harbour</figcaption></figure>", "The harbour"),
        ("<fieldset><legend>Size</legend>small</fieldset>", "Size\nsmall"),
        ("H<sub>2</sub>O, 10<sup>6</sup>, the 1<sup>st</sup>", "H2O, 10^6, the 1st"),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢(kan)"),
        ("<my-note>note</my-note><other-note>two</other-note>", "note two"),
        ("wo<b>r</b>d, <i>a</i> <u>b</u>, fer<wbr>ry", "word, a b, ferry"),
        ("Ferien&shy;haus, 5&nbsp;km, zero&#x200B;width", "Ferienhaus, 5 km, zerowidth"),
        ("<del>$10</del> $5", "~~$10~~ $5"),
        ("<q>So</q> he said", "“So” he said"),
        ("x < 5 and y > 3, <code>Vec&lt;T&gt;</code>", "x < 5 and y > 3, Vec<T>"),
        ("<h2>Head</h2><h2></h2>text<hr>more", "## Head\n\ntext\n\nmore"),
        ("<ul><li>a<ul><li>b</ul><li><li>c</ul>d", "- a\n  - b\n- c\n\nd"),
        ("<ol start=3><li>a<li value=9>b<li>c</ol>", "3. a\n9. b\n10. c"),
        ("<ol start=x><li value=99999999999999999999>a</ol>", "1. a"),
        ("<blockquote><p>a</p><p>b<br>c</p></blockquote>", "> a\n\n> b\n> c"),
        ("<pre>\nif x:\n    <b>y</b>\n</pre>end", "```\nif x:\n    y\n```\n\nend"),
        ("<p>a<br>b<br><br>c", "a\nb\n\nc"),
        ("<table><caption>T<tr><th>A<th>B<th>C<tr><td>1<td><td>2<tr><td><td>7<td></table>x",
         "T\nA | B | C\n1 | | 2\n| 7\n\nx"),
        ("<table><tr><td><p>a</p><td><p>b</p></table>", "a | b"),
        ("<math><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac></math>",
         "x=((a+1)/2)"),
        ("<math><msup><mi>c</mi><mn>2</mn></msup></math>", "c^2"),
        ("<svg><text>north</text><text>south</text></svg>", "north south"),
        ("<select><option>red<option>blue<option selected>green</select>", "red green"),
        ("<textarea>a\n  b</textarea>", "a\n  b"),
        ("<div class='hidden md:block'>shown on wide screens</div>", "shown on wide screens"),
        ("<p style='opacity:0.5; font-size:0.9em; margin-left:-20px; height:0.5em'>seen</p>", "seen"),
        ("<b class=sr-only>4 of 5 stars</b><b aria-hidden=true>★★★★☆</b>", "4 of 5 stars"),
        ("<dialog open>Hello</dialog>", "Hello"),
        ("<div><template shadowrootmode=open>in the shadow</template></div>", "in the shadow"),
        ("<blockquote>Said.<footer>He</footer></blockquote><aside>Aside.</aside>", "> Said.\n> He\n\nAside."),
    ],
)  # fmt: skip
def test_elements_are_written_as_they_are_displayed(html, text):
    assert text_of(f"<article>{html}</article>") == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<body><header><h1>T</h1></header><div><p>{}</div><div>Closed.</div>", "# T\n\n{}\n\nClosed."),
        ("<div><a href=/>Home</a></div><div><p>{}</p></div><div><a href=/x>More pages</a></div>", "{}"),
        ("<main>short</main><div>{}</div>", "short\n\n{}"),
        ("<div role=navigation>Menu</div><p>{}</p><aside>Advert</aside><div role=search>Find</div>", "{}"),
        ("<nav><p>{}</p></nav>", "{}"),
        ("<footer>{}</footer>", "{}"),
        ("<body style='opacity:0' hidden>{}", "{}"),
        ("<article>one {}</article><article>two {}</article>", "one {}\n\ntwo {}"),
        ("<title>T</title><article>{}", "{}"),
        ("{}", "{}"),
    ],
)  # fmt: skip
def test_the_main_part_is_found(html, text):
    prose = "The ferries of the harbour leave in the morning."
    assert text_of(html.replace("{}", prose)) == text.replace("{}", prose)


def test_xhtml_is_read_as_xml():
    page = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/>
    <script src="x"/></head><body><p><![CDATA[a < b & c]]></p><div/><p>the end</p></body></html>"""
    assert text_of(page, "application/xhtml+xml") == "a < b & c\n\nthe end"


def test_a_page_that_is_nested_too_deeply_says_that_it_is_cut_off():
    said = text_of("<p>begin</p>" + "<div>" * 3_000 + "deep" + "</div>" * 3_000)
    assert said == "begin\n\n… the rest of the page cannot be read: its elements are nested too deeply"


@pytest.mark.parametrize("tag", ["div", "span", "b", "my-box"])
def test_a_page_whose_words_are_all_nested_too_deeply_says_so(tag):
    said = text_of(f"<{tag}>" * 3_000 + "deep" + f"</{tag}>" * 3_000)
    assert said == "its elements are nested too deeply"


def test_nested_quotations_do_not_fill_the_memory():
    assert len(text_of("<blockquote>" * 1_500 + "a<br>" * 10_000)) < 500_000


@pytest.mark.parametrize(
    "page", ["", " ", "<!-- x -->", "<frameset><frame></frameset>", "<script>x</script>", "\0", "<"]
)
def test_a_page_without_words_has_no_text(page):
    assert text_of(page).strip("<\ufffd") == ""


@pytest.mark.parametrize(
    ("head", "about"),
    [
        ("<title>All\n about  tea</title>", ("All about tea", "")),
        ('<title>Tea</title><meta property="article:published_time" content="2026-01-02">', ("Tea", "2026-01-02")),
        ('<script type="application/ld+json">{"headline": [[[}</script><title>Tea</title>', ("Tea", "")),
        ('<script type="application/ld+json">' + "[" * 100_000 + "</script><title>Tea</title>", ("Tea", "")),
        ("<title></title>", ("", "")),
        ("<title>T</title><svg><title>S</title></svg>", ("T", "")),
        ("<svg><title>S</title></svg><title>T</title>", ("T", "")),
        ("<svg><g><title>S</title></g></svg><p>x<title>T</title>", ("T", "")),
        ("<svg><title>S</title></svg>", ("", "")),
        ("<svg><title>S</title></svg><h1>H</h1><p class=post-title>P", ("H", "")),
    ],
)  # fmt: skip
def test_title_and_date_are_of_the_page(head, about):
    assert extracted(f"<head>{head}</head><body><p>Leaves.".encode(), media_type("text/html"))[:2] == about


@pytest.mark.parametrize(
    "page",
    [
        '<meta name="date" content="2 January 2026">',
        '<meta name="DC.date.issued" content="2026-01-02T10:00:00Z">',
        '<meta http-equiv=date content="Fri, 02 Jan 2026 10:00:00 GMT">',
        '<script type="application/ld+json">{"datePublished": "2026-01-02T10:00:00+01:00"}</script>',
        '<script type="application/ld+json">{"a": [{"dateEnd": "2026-03-02", "datePublished":"2026-01-02"}]}</script>',
        '<time datetime="2026-01-02T10:00">Friday</time>',
        "<p>Published on <time>January 2, 2026</time></p>",
        "<span itemprop=datePublished content=2026-01-02>on Friday</span>",
        "<span itemprop=datePublished>2026-01-02</span>",
        "<link rel=canonical href=https://a.example/2026/01/02/tea>",
        '<meta property="og:url" content="https://a.example/2026/01/02/tea">',
        '<p>© 2024. Order by 2025-12-24.</p><meta property="article:published_time" content="2026-01-02">',
    ],
)  # fmt: skip
def test_the_date_of_publication_is_the_one_that_the_page_states(page):
    assert extracted(f"{page}<p>Leaves.".encode(), media_type("text/html"))[1] == "2026-01-02"


@pytest.mark.parametrize(
    "page",
    [
        "<p>Copyright © 2024 Foo</p>",
        "<p>Order by 2025-12-24.</p>",
        "<p>v2.11.2020</p>",
        "<p>Opening 01.02.2023</p>",
        "<p a1995=1>",
        "<h1>Sale until 2025-12-24</h1>",
        "<title>Sale until 2025-12-24</title>",
        "<p class=date>Order by 2025-12-24 10:00</p>",
        "<footer>Founded in 1995, © 1995–2024</footer>",
        "<meta name=description content='Until 2025-12-24 10:00'>",
        "<meta itemprop=copyrightYear content=2024>",
        "<meta property=og:image content=https://a.example/2020/01/02/x.png>",
        "<meta name=version content=2.11.2020>",
        '<script type="application/ld+json">{"@type": "Event", "startDate": "2025-12-24T10:00"}</script>',
        "<a href=https://a.example/2020/01/02/x><img src=/2020/01/02/x.png>more</a>",
        "<p>Open at <time>12:30</time> for <time datetime=PT3H30M>3 hours</time></p>",
        "<!-- 2025-12-24T10:00:00 --><script>var built = '2025-12-24T10:00:00'</script>",
    ],
)  # fmt: skip
def test_no_date_of_publication_is_invented(page):
    assert extracted(f"{page}<p>Leaves.".encode(), media_type("text/html"))[1] == ""


def test_a_page_whose_title_and_date_cannot_be_read_is_read(monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("orchestrator.tools._web.extraction.extract_metadata", fail)
    assert extracted(b"<title>Tea</title><p>Leaves", media_type("text/html")) == ("Tea", "", "Leaves")


@given(
    st.binary(max_size=200) | st.text("<>/ab!-=&;#x'\" \0", max_size=200).map(str.encode),
    st.sampled_from(["", "; charset=utf-16"]),
)
def test_any_bytes_are_a_page(body, parameter):
    title, date, text = extracted(body, media_type(f"text/html{parameter}"))
    for each in (title, date, text):
        each.encode()
