"""A sheet: a title, rows over one time axis, and notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phosphene.plotting import layout
from phosphene.plotting.colours import BAR, INK, QUIET
from phosphene.plotting.fitting import fitted
from phosphene.plotting.layout import AXIS
from phosphene.plotting.times import mark_seconds, number_bars
from phosphene.song.song import Song

#: Height in inches, and the function that draws it.
Row = tuple[float, Callable[[Axes], None]]


def sheet(
    rows: Sequence[Row],
    song: Song,
    begin: float,
    end: float,
    title: str,
    keys: Sequence[Line2D],
    notes: Sequence[str] = (),
) -> Figure:
    """Draw rows from top to bottom, 1600 px wide and as high as they need.

    Parameters
    ----------
    rows : sequence of (float, callable)
    song : Song
        Its bars are numbered above the first row.
    begin, end : float
        Range of the axis in seconds.
    title : str
    keys : sequence of Line2D
        Key of the lines that all rows share, beside the title.
    notes : sequence of str

    Returns
    -------
    matplotlib.figure.Figure
        With its own canvas; pyplot is not used.
    """
    said = [line for note in notes for line in _lines(note)]
    page = layout.Layout(tuple(height for height, _ in rows), len(said))
    figure = Figure(figsize=(layout.WIDTH, page.height), dpi=layout.DPI, facecolor="white")
    FigureCanvasAgg(figure)
    for number, (_, fill) in enumerate(rows):
        axes = figure.add_axes(page.box(number))
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(BAR)
        axes.tick_params(bottom=False, labelbottom=False, labelsize=9, color=BAR)
        fill(axes)
        axes.set_xlim(begin, end)
        if number == 0:
            number_bars(axes, song, begin, end, AXIS)
    mark_seconds(axes, begin, end)
    _head(figure, page, title, keys)
    for number, line in enumerate(said):
        figure.text(
            layout.LEFT / layout.WIDTH, page.note(number), line, fontsize=9.5, color=QUIET,
            va="bottom", parse_math=False,
        )  # fmt: skip
    return figure


def named(axes: Axes, name: str) -> None:
    """Write the name of a row above its left end."""
    axes.annotate(
        name, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
        fontsize=11.5, fontweight="bold", color=INK, va="bottom",
    )  # fmt: skip


def _head(figure: Figure, page: layout.Layout, title: str, keys: Sequence[Line2D]) -> None:
    up = 1.0 - 0.3 / page.height
    room = (layout.WIDTH - layout.LEFT - 5.5) * layout.DPI
    figure.text(
        layout.LEFT / layout.WIDTH, up, fitted(title, room, 14, lines=1), fontsize=14, color=INK,
        va="center", parse_math=False,
    )  # fmt: skip
    figure.legend(
        handles=list(keys), loc="center right", bbox_to_anchor=(1.0 - 0.15 / layout.WIDTH, up),
        ncols=len(keys), frameon=False, fontsize=10, labelcolor=INK, handlelength=1.8,
        columnspacing=1.6, borderpad=0, borderaxespad=0,
    )  # fmt: skip


def _lines(note: str) -> list[str]:
    room = (layout.WIDTH - layout.LEFT - 0.3) * layout.DPI
    return fitted(note, room, 9.5, lines=8).splitlines()
