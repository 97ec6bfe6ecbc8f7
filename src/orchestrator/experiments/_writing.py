"""Writes a report as Markdown with SVG files, and as one HTML file that includes them. Knows reports; no experiment."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from orchestrator.experiments._report import Answer, Block, Code, Figure, Report, Section, Table

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1e293b;background:#fff}
h1{line-height:1.2}h2{margin-top:2.2rem;border-bottom:1px solid #e2e8f0}
table{border-collapse:collapse;margin:.8rem 0;font-size:.9rem;display:block;overflow-x:auto}
td,th{border:1px solid #cbd5e1;padding:.25rem .6rem;text-align:left;vertical-align:top}th{background:#f1f5f9}
td.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1rem 0;overflow-x:auto;background:#fff}figcaption,caption{color:#64748b;font-size:.85rem;text-align:left}
svg{max-width:100%;height:auto}pre{background:#f8fafc;border:1px solid #e2e8f0;padding:.7rem;overflow-x:auto;color:#1e293b}
.yes{color:#15803d}.no{color:#b91c1c}.rule{color:#64748b;font-size:.85rem}.decision{border-left:4px solid #2563eb;padding-left:1rem}
@media(prefers-color-scheme:dark){body{background:#0f172a;color:#e2e8f0}th{background:#1e293b}td,th{border-color:#334155}}
"""
_NUMBER = re.compile(r"[−–-]?[\d,]*\.?\d*%?")


def write(report: Report, folder: Path) -> list[Path]:
    """Write a report into a folder: NAME.md with its NAME-….svg, and NAME.html.

    Returns:
        The paths of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sections = _whole(report)
    files = {f"{report.name}.md": markdown(report, sections), f"{report.name}.html": html(report, sections)}
    for section in sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                files[f"{block.name}.svg"] = block.svg
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return [folder / name for name in files]


def _whole(report: Report) -> tuple[Section, ...]:
    """The sections of the report, and those that every report has."""
    rest = [Section("Decision", (report.decision, f"Confidence: {report.confidence}"))]
    if report.edges:
        rest.append(Section("Edge cases", (Table(("case", "impact", "mitigation"), report.edges),)))
    return (*report.sections, *rest)


def markdown(report: Report, sections: tuple[Section, ...]) -> str:
    """Return a report with these sections as Markdown."""
    lines = [f"# {report.title}", "", report.lead, "", "## Answers", ""]
    for answer in report.answers:
        lines += [f"- **{answer.question}** {_held(answer)}{answer.answer}  ", f"  *Rule: {answer.rule}*"]
    for section in sections:
        lines += ["", f"## {section.heading}"]
        for block in section.blocks:
            lines += ["", _markdown(block)]
    return "\n".join(lines) + "\n"


def html(report: Report, sections: tuple[Section, ...]) -> str:
    """Return a report with these sections as one HTML page."""
    answers = "".join(
        f'<tr><td>{escape(answer.question)}</td><td class="{_HELD[answer.held]}">{_HELD[answer.held]}</td>'
        f'<td>{escape(answer.answer)}<div class="rule">Rule: {escape(answer.rule)}</div></td></tr>\n'
        for answer in report.answers
    )
    body = "".join(
        f"<h2>{escape(section.heading)}</h2>\n"
        f"{'<div class=decision>' if section.heading == 'Decision' else '<div>'}"
        f"{''.join(map(_html, section.blocks))}</div>\n"
        for section in sections
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(report.title)}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>\n'
        f"<h1>{escape(report.title)}</h1>\n<p>{escape(report.lead)}</p>\n<h2>Answers</h2>\n"
        f"<table><tr><th>question</th><th>expectation held</th><th>answer</th></tr>\n{answers}</table>\n"
        f"{body}</body></html>\n"
    )


_HELD = {True: "yes", False: "no", None: ""}  # the words, which are also the CSS classes in STYLE


def _held(answer: Answer) -> str:
    return "" if answer.held is None else f"(expectation held: {_HELD[answer.held]}) "


def _markdown(block: Block) -> str:
    match block:
        case Table(header, rows, caption):
            cells = [header, tuple("---" for _ in header), *rows]
            lines = [
                "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in cells
            ]
            return "\n".join([*([caption, ""] if caption else []), *lines])
        case Figure(name, _, caption):
            return f"![{caption}]({name}.svg)"
        case Code(text):
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
            return f"{fence}\n{text}\n{fence}"
        case text:
            return text


def _html(block: Block) -> str:
    match block:
        case Table(header, rows, caption):
            head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
            body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>\n" for row in rows)
            title = f"<caption>{escape(caption)}</caption>" if caption else ""
            return f"<table>{title}<tr>{head}</tr>\n{body}</table>\n"
        case Figure(_, svg, caption):
            return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>\n"
        case Code(text):
            return f"<pre>{escape(text)}</pre>\n"
        case text:
            return f"<p>{escape(text)}</p>\n"


def _cell(text: str) -> str:
    return f'<td class="n">{escape(text)}</td>' if _NUMBER.fullmatch(text) else f"<td>{escape(text)}</td>"
