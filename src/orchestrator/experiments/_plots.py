"""Heat maps, bars and scatter plots as SVG. The same data give the same bytes. Knows matplotlib; no experiment.

Text stays text, in the reader's font. The ids in the SVG come from the name of the figure and are not random.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orchestrator.experiments._report import Figure
from orchestrator.runtime.extras import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#2563eb", "#ea580c", "#16a34a", "#9333ea", "#64748b")
SETTINGS: Any = {"svg.fonttype": "none", "font.size": 9, "axes.axisbelow": True}

Matrix = Sequence[Sequence[float]]


def heat_maps(name: str, caption: str, labels: Sequence[str], matrices: Mapping[str, Matrix]) -> Figure:
    """Return a figure with one heat map for each matrix. A cell shows its value, unless it is not a number."""
    size = max(3.2, 0.42 * len(labels) + 1.4)
    figure, axes = _axes(len(matrices), (size * len(matrices), size))
    for ax, (title, matrix) in zip(axes, matrices.items(), strict=True):
        ax.imshow(matrix, cmap="RdYlGn", vmin=-0.2, vmax=1)
        ax.set_xticks(range(len(labels)), labels, rotation=60, ha="right")
        ax.set_yticks(range(len(labels)), labels)
        ax.set_title(title)
        for row, line in enumerate(matrix):
            for column, value in enumerate(line):
                if value == value:  # noqa: PLR0124 - a number
                    ax.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=7)
    return _drawn(figure, name, caption)


def bars(
    name: str, caption: str, labels: Sequence[str], series: Mapping[str, Sequence[float]], unit: str = ""
) -> Figure:
    """Return a figure with a group of bars for each label, and in it one bar for each series."""
    figure, (ax,) = _axes(1, (max(5.0, 0.9 * len(labels) + 2), 3.2))
    width = 0.8 / max(1, len(series))
    for number, (title, values) in enumerate(series.items()):
        places = [at - 0.4 + width * (number + 0.5) for at in range(len(labels))]
        drawn = ax.bar(places, values, width, label=title, color=COLOURS[number % len(COLOURS)])
        ax.bar_label(
            drawn, fmt="%.2f", fontsize=6 if len(series) > 2 else 7, padding=1, rotation=90 * (len(series) > 2)
        )
    ax.set_xticks(range(len(labels)), labels)
    ax.set_ylabel(unit)
    ax.grid(axis="y", alpha=0.3)
    ax.margins(y=0.15)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)
    return _drawn(figure, name, caption)


def scatter(
    name: str,
    caption: str,
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    axes_titles: tuple[str, str],
    *,
    apart: bool = False,
) -> Figure:
    """Return a figure with the points of each series in one plot, or with one plot for each series (``apart``)."""
    count = len(series) if apart else 1
    figure, axes = _axes(count, (4.2 * count, 3.6))
    for number, (title, (xs, ys)) in enumerate(series.items()):
        ax = axes[number if apart else 0]
        few = len(xs) < 10
        ax.scatter(
            xs, ys, s=60 if few else 9, alpha=0.9 if few else 0.6, color=COLOURS[number % len(COLOURS)], label=title
        )
        ax.set_xlabel(axes_titles[0])
        ax.set_ylabel(axes_titles[1])
        ax.grid(alpha=0.3)
        ax.legend(frameon=False, fontsize=8)
    return _drawn(figure, name, caption)


def _axes(count: int, size: tuple[float, float]) -> tuple[Any, list[Axes]]:
    require("a plot", "experiments", "matplotlib")
    from matplotlib import rc_context  # noqa: PLC0415 - in the extra `experiments`; half a second
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

    with rc_context(SETTINGS):
        canvas = Canvas(figsize=size, layout="constrained")
        axes = canvas.subplots(1, count, squeeze=False)
    return canvas, list(axes[0])


def _drawn(figure: Any, name: str, caption: str) -> Figure:
    from matplotlib import rc_context  # noqa: PLC0415 - loaded by now

    buffer = io.StringIO()
    with rc_context(SETTINGS | {"svg.hashsalt": name}):  # a page has several figures, whose ids must differ
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    return Figure(name, svg[svg.index("<svg") :].strip() + "\n", caption)
