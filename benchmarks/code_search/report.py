"""Writes the results as Markdown and as pictures. Knows results; not systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

# NDCG@10 that semble publishes for the same repositories, for two versions of its model (benchmarks/results in its
# repository).
PUBLISHED = {
    "potion-code-16M": {
        "chi": 0.853, "click": 1.0, "cobra": 0.959, "express": 0.910, "flask": 0.865, "redux": 0.914, "requests": 0.965,
        "zod": 0.614,
    },
    "potion-code-16M-v2": {
        "chi": 0.870, "click": 1.0, "cobra": 0.971, "express": 0.949, "flask": 0.887, "redux": 0.918, "requests": 0.967,
        "zod": 0.643,
    },
}  # fmt: skip
_MEASURES = ("ndcg10", "recall5", "recall10", "hit1", "hit5", "hit10", "mrr", "precision5")
_NAMES = ("NDCG@10", "recall@5", "recall@10", "hit@1", "hit@5", "hit@10", "MRR", "precision@5")


def write(results: dict[str, Any], folder: Path) -> None:
    """Write `RESULTS.md` and the pictures from the parts that are in ``results``."""
    parts = ["# Code retrieval: results", _HEAD]
    if "repositories" in results:
        parts += _repositories(results["repositories"])
        _bars(results["repositories"], folder / "quality.png")
    if "others" in results:
        parts += _others(results["others"])
    for name, systems in results.get("own", {}).items():
        parts += _own(name, systems)
    if "ablation" in results:
        parts += _ablation(results["ablation"])
    if "growth" in results:
        parts += _growth(results["growth"])
        _curves(results["growth"], folder / "growth.png")
    (folder / "RESULTS.md").write_text("\n".join(parts) + "\n", encoding="utf-8")


_HEAD = """
Written by `python -m benchmarks.code_search`; the numbers are in `results.json`. Quality depends on no machine.
Speeds under Growth were taken on two idle cores, those of other tables under other loads: compare them within a table.
With one right answer to a question precision@5 cannot pass 0.2.
"""


def _repositories(systems: dict[str, Any]) -> list[str]:
    ours = systems["hybrid, function"]["by repository"]
    published = {model: {name: row[name] for name in ours if name in row} for model, row in PUBLISHED.items()}
    lines = [
        "## Files that answer a question: published annotations",
        "",
        f"{next(iter(systems.values()))['queries']} questions. A file counts once, at its first hit.",
        "",
    ]
    lines += ["![NDCG@10 by system](quality.png)", ""]
    lines += _table(
        ("system", *_NAMES, "chunks", "p50 ms", "p99 ms"),
        (
            (
                label,
                *_measures(row["all"]),
                f"{row['chunks']:,}" if row["chunks"] else "",
                f"{row['p50 ms']:.1f}",
                f"{row['p99 ms']:.1f}",
            )
            for label, row in systems.items()
        ),
    )
    lines += ["", "NDCG@10 by repository; semble as it publishes it, for two versions of its model:", ""]
    rows = [
        (label, *_of_each(row["by repository"], ours), f"{row['mean of repositories']:.3f}")
        for label, row in systems.items()
    ]
    rows += [
        (f"semble, published ({model})", *(f"{row[name]:.3f}" for name in ours), f"{sum(row.values()) / len(row):.3f}")
        for model, row in published.items()
    ]
    lines += _table(("system", *ours, "mean"), rows)
    for group in ("by category", "by language"):
        keys = systems["hybrid, function"][group]
        lines += ["", f"NDCG@10 {group}:", ""]
        lines += _table(("system", *keys), ((label, *_of_each(row[group], keys)) for label, row in systems.items()))
    lines += [
        "",
        "`semble here` is its ranking over BM25: its weights, which it downloads at the first use, were not to be had.",
    ]
    return lines


def _others(systems: dict[str, Any]) -> list[str]:
    repositories = systems["hybrid, function"]["by repository"]
    head = ("system", *repositories, "all", "recall@5", "MRR")
    rows = (
        (
            label,
            *_of_each(row["by repository"], repositories),
            *(f"{row['all'][measure]:.3f}" for measure in ("ndcg10", "recall5", "mrr")),
        )
        for label, row in systems.items()
    )
    return [
        "\n## Files that answer a question: Java, Rust, C and PHP",
        "",
        f"{systems['hybrid, function']['queries']} questions of our own (`sets/others`). NDCG@10:",
        "",
        *_table(head, rows),
    ]


def _own(name: str, systems: dict[str, Any]) -> list[str]:
    count, chunks = systems["hybrid, function"]["queries"], systems["hybrid, function"]["chunks"]
    head = (
        f"\n## Lines that answer a question: {name}",
        "",
        f"{count} questions, {chunks:,} chunks: {systems['hybrid, function']['about']}.",
        "",
    )
    return [*head, *_table(("system", *_NAMES), ((label, *_measures(row["all"])) for label, row in systems.items()))]


def _ablation(rows: dict[str, dict[str, float]]) -> list[str]:
    head = ("ranking", *next(iter(rows.values())))
    body = ((label, *(f"{value:.3f}" for value in row.values())) for label, row in rows.items())
    return ["\n## What each part of the ranking is worth", "", _ABLATION, "", *_table(head, body)]


_ABLATION = """
The `function` chunks with one part of `Ranking` off. The eight and the others by NDCG@10 (mean of the repositories); by
MRR the library's functions that are held out, spans and sql.
""".strip()

_GROWTH = """
Made-up functions of real words, and in the first row the standard library, asked by its docstrings. `function` chunks,
the static embedder, vectors in Chroma. Chunks a second are from the call to the open index, with the second in which
Chroma is loaded. CPU is that of both processes; of it in Chroma is what putting vectors into its log and its graph
takes, beside which that process does nothing else. Memory is the peak of indexing.
""".strip()


def _growth(rows: list[dict[str, Any]]) -> list[str]:
    names = (
        "chunks",
        "chunks a second",
        "CPU ms a chunk",
        "of it in Chroma",
        "a file anew s",
        "p50 ms",
        "p99 ms",
        "disk MB",
        "memory MB",
        "vector recall@10",
    )
    lines = [
        "\n## Growth",
        "",
        _GROWTH,
        "",
    ]
    lines += ["![How an index grows](growth.png)", ""]
    return lines + _table(names, ([_short(row.get(name)) for name in names] for row in rows))


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}" if value < 1.5 else f"{value:.1f}"


def _measures(row: dict[str, float]) -> list[str]:
    return [f"{row[measure]:.3f}" for measure in _MEASURES]


def _of_each(group: dict[str, Any], keys: Any) -> list[str]:
    return [f"{group[key]['ndcg10']:.3f}" for key in keys]


def _table(head: Any, rows: Any) -> list[str]:
    columns = list(head)
    lines = ["| " + " | ".join(columns) + " |", "|---" + "|---:" * (len(columns) - 1) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _bars(systems: dict[str, Any], file: Path) -> None:
    labels = list(systems)[::-1]
    values = [systems[label]["all"]["ndcg10"] for label in labels]
    figure = Figure(figsize=(8, 0.4 * len(labels) + 1), layout="constrained")
    axes = figure.subplots()
    axes.barh(labels, values, color=["#2b6cb0" if label.startswith("hybrid") else "#a0aec0" for label in labels])
    for place, value in enumerate(values):
        axes.text(value + 0.005, place, f"{value:.3f}", va="center")
    axes.set(xlim=(0, 1.05), xlabel="NDCG@10")
    figure.savefig(file, dpi=100)


def _curves(rows: list[dict[str, Any]], file: Path) -> None:
    rows = [row for row in rows if row["size"]]
    sizes = [row["chunks"] for row in rows]
    shown = (("p50 ms", "p99 ms"), ("disk MB", "memory MB"), ("chunks a second",), ("vector recall@10",))
    figure = Figure(figsize=(14, 3.2), layout="constrained")
    axes = figure.subplots(1, len(shown))
    for one, names in zip(axes, shown, strict=True):
        for name in names:
            one.plot(sizes, [row[name] for row in rows], marker="o", label=name)
        one.set(xscale="log", xlabel="chunks", ylim=(0, None))
        one.legend()
    figure.savefig(file, dpi=100)
