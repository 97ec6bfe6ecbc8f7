"""Writes a report as Markdown with SVG files, and as one HTML file that includes them. Knows reports; no experiment.

The HTML is made of the Markdown, so both say the same. All text is escaped: nothing in it becomes a link, an image or
HTML.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from string import Template

from orchestrator.experiments._data import text_of
from orchestrator.experiments._report import THE_NOTES, Answer, Block, Code, Figure, Report, Section, Table, section

_NUMBER = re.compile(r"[−–-]?[\d,]*\.?\d*%?")
_MARKUP = re.compile(r"[\\`*\[\]<&|~]|(?<![^\W_])_|_(?![^\W_])|^(?:>|[-+#](?=[-# ]|$))")


def write(report: Report, folder: Path) -> list[Path]:
    """Write a report into a folder: NAME.md with its NAME-….svg, and NAME.html.

    Returns:
        The paths of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        f"# {_escaped(report.title)}\n\n{_escaped(report.lead)}",
        THE_NOTES,
        "## Answers\n\n" + "\n".join(map(_answer, report.answers)),
        *map(_part, report.sections),
        _part(section("Decision", report.decision, f"Confidence: {report.confidence}")),
    ]
    if report.edges:
        parts.append(_part(section("Edge cases", Table(("case", "impact", "mitigation"), report.edges))))
    markdown = "\n\n".join(parts) + "\n"
    figures = [block for each in report.sections for block in each.blocks if isinstance(block, Figure)]
    files = {f"{report.name}.md": markdown, f"{report.name}.html": _html(report.title, markdown, figures)}
    files |= {f"{figure.name}.svg": figure.svg for figure in figures}
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return [folder / name for name in files]


def _answer(answer: Answer) -> str:
    held = {True: "(expectation held: yes) ", False: "(expectation held: no) ", None: ""}[answer.held]
    return f"- **{_escaped(answer.question)}** {held}{_escaped(answer.answer)}  \n  *Rule: {_escaped(answer.rule)}*"


def _part(section: Section) -> str:
    return "\n\n".join([f"## {_escaped(section.heading)}", *map(_block, section.blocks)])


def _block(block: Block) -> str:
    match block:
        case Table(header, rows, caption):
            right = [all(map(_NUMBER.fullmatch, column)) for column in zip(*rows, strict=True)] or [False] * len(header)
            lines = [map(_escaped, header), ["---:" if each else "---" for each in right]]
            lines += [map(_escaped, row) for row in rows]
            table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
            return f"{_escaped(caption)}\n\n{table}" if caption else table
        case Figure(name, _, caption):
            return f"![{_escaped(caption)}]({name}.svg)"
        case Code(text):
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            return f"{fence}\n{text}\n{fence}"
        case text:
            return _escaped(text)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.splitlines()).strip())


def _html(title: str, markdown: str, figures: list[Figure]) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - in the extra `experiments`

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = re.sub(r"\(expectation held: (yes|no)\)", r'(expectation held: <b class="\1">\1</b>)', body)
    body = body.replace("<h2>Decision</h2>", '<h2 class="decision">Decision</h2>')
    svgs = {figure.name: figure.svg for figure in figures}
    body = re.sub(
        r'<p><img src="([^"]+)\.svg" alt="([^"]*)" /></p>',
        lambda image: f"<figure>{svgs[image[1]]}<figcaption>{image[2]}</figcaption></figure>",
        body,
    )
    return Template(text_of("report.html")).substitute(title=escape(title), body=body)
