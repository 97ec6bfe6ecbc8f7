"""Measure the text of pages: how many words are kept, and how much around them. The table of decision 60.

git clone https://github.com/mozilla/readability && pip install -e '.[search]'
python benchmarks/page_text.py readability/test/test-pages

Each folder there holds a page, ``source.html``, and what people take for its content, ``expected.html``. Words are
counted. Times are of one process that is already running, without title and date.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from time import process_time

from lxml import html
from trafilatura import extract, html2txt

from orchestrator.tools._web import extraction
from orchestrator.tools._web.media_types import media_type

LONGEST = 10_000  # characters that READ_PAGE returns
UTF_8 = media_type("text/html; charset=utf-8")


def ours(page: bytes) -> str:
    return extraction.extracted(page, UTF_8)[2]


def trafilatura(page: bytes) -> str:
    text = page.decode("utf-8", "replace")
    return extract(text, output_format="markdown", include_comments=False) or html2txt(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    folders = sorted(path.parent for path in parser.parse_args().folder.glob("*/source.html"))
    pages = [((each / "source.html").read_bytes(), expected(each / "expected.html")) for each in folders]
    extraction._about = lambda _: ("", "")  # type: ignore[assignment] # noqa: SLF001
    print(
        f"| {len(pages)} pages | recall | precision | recall within {LONGEST:,} characters | recall < 0.8 | seconds |"
    )
    print("|---|---|---|---|---|---|")
    for name, extractor in (("trafilatura", trafilatura), ("READ_PAGE", ours)):
        print(f"| {name} | {' | '.join(row(extractor, pages))} |")


def expected(path: Path) -> str:
    tree = html.fromstring(path.read_text("utf-8"))
    for element in tree.iter("noscript", "script", "style"):
        element.text = ""
    return " ".join(" ".join(tree.itertext()).split())


def row(extractor: Callable[[bytes], str], pages: list[tuple[bytes, str]]) -> list[str]:
    extractor(pages[0][0])  # loads what is loaded once
    start = process_time()
    texts = [extractor(page) for page, _ in pages]
    seconds = process_time() - start
    recalls = [shared(text, content) / count(content) for text, (_, content) in zip(texts, pages, strict=True)]
    precisions = [shared(text, content) / count(text) for text, (_, content) in zip(texts, pages, strict=True)]
    begun = [(text[:LONGEST], content[:LONGEST]) for text, (_, content) in zip(texts, pages, strict=True)]
    return [
        f"{mean(recalls):.3f}",
        f"{mean(precisions):.3f}",
        f"{mean(shared(text, content) / count(content) for text, content in begun):.3f}",
        f"{sum(recall < 0.8 for recall in recalls)}",
        f"{seconds:.2f}",
    ]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def count(text: str) -> int:
    return max(1, words(text).total())


def shared(one: str, other: str) -> int:
    return (words(one) & words(other)).total()


if __name__ == "__main__":
    main()
