"""A sheet: a title, rows over one time axis, and notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from phosphene.plotting.style import BAR, BEAT, INK, QUIET, fitted
from phosphene.song.song import Song

WIDTH = 16.0  # 1600 px
LEFT, RIGHT = 0.85, 2.2
DPI = 100
#: Pixels from the first frame to the end of the last.
AXIS = (WIDTH - LEFT - RIGHT) * DPI
TOP, GAP = 0.95, 0.42
LEGEND_LINE = 0.19
FOOT_LINE = 0.2

SOUND_HEIGHT, SECTION_HEIGHT, CHANNEL_HEIGHT, STRIP_HEIGHT = 0.95, 0.36, 1.1, 0.5
SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
BARS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
#: Height in inches, and the function that draws it.
SheetRow = tuple[float, Callable[[Axes], None]]


def sheet(
    rows: Sequence[SheetRow],
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
        Legend of the lines in all rows, beside the title.
    notes : sequence of str

    Returns
    -------
    matplotlib.figure.Figure
        With its own canvas; pyplot is not used.
    """
    lines = [line for note in notes for line in _wrapped(note)]
    page = Layout(tuple(height for height, _ in rows), len(lines))
    figure = Figure(figsize=(WIDTH, page.height), dpi=DPI, facecolor="white")
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
    for number, line in enumerate(lines):
        figure.text(
            LEFT / WIDTH, page.note(number), line, fontsize=9.5, color=QUIET,
            va="bottom", parse_math=False,
        )  # fmt: skip
    return figure


def named(axes: Axes, name: str) -> None:
    """Write the name of a row above its left end."""
    axes.annotate(
        name, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
        fontsize=11.5, fontweight="bold", color=INK, va="bottom",
    )  # fmt: skip


def _head(figure: Figure, page: Layout, title: str, keys: Sequence[Line2D]) -> None:
    up = 1.0 - 0.3 / page.height
    room = (WIDTH - LEFT - 5.5) * DPI
    figure.text(
        LEFT / WIDTH, up, fitted(title, room, 14, lines=1), fontsize=14, color=INK,
        va="center", parse_math=False,
    )  # fmt: skip
    figure.legend(
        handles=list(keys), loc="center right", bbox_to_anchor=(1.0 - 0.15 / WIDTH, up),
        ncols=len(keys), frameon=False, fontsize=10, labelcolor=INK, handlelength=1.8,
        columnspacing=1.6, borderpad=0, borderaxespad=0,
    )  # fmt: skip


def _wrapped(note: str) -> list[str]:
    room = (WIDTH - LEFT - 0.3) * DPI
    return fitted(note, room, 9.5, lines=8).splitlines()


@dataclass(frozen=True)
class Layout:
    """The page's rows from top to bottom.

    Parameters
    ----------
    heights : tuple of float
        Heights of the rows in inches.
    notes : int
        Number of lines below the last row.
    """

    heights: tuple[float, ...]
    notes: int

    @property
    def height(self) -> float:
        """Height of the page in inches."""
        gaps = GAP * (len(self.heights) - 1)
        return TOP + sum(self.heights) + gaps + 0.45 + FOOT_LINE * self.notes + 0.1

    def box(self, row: int) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of a row, as fractions of the page."""
        above = TOP + sum(self.heights[: row + 1]) + GAP * row
        return (
            LEFT / WIDTH,
            1.0 - above / self.height,
            (WIDTH - LEFT - RIGHT) / WIDTH,
            self.heights[row] / self.height,
        )

    def note(self, line: int) -> float:
        """Vertical position of a line of notes, as a fraction of the page."""
        return (0.1 + FOOT_LINE * (self.notes - 1 - line)) / self.height


def channel_height(layers: int) -> float:
    """Height of a channel's row in inches, with room for the list of its layers."""
    return max(CHANNEL_HEIGHT, LEGEND_LINE * layers + 0.1)


def clock(seconds: float, tenths: bool = False) -> str:
    """A time as minutes and seconds: 1:05, or 1:05.5."""
    minutes, rest = divmod(round(seconds, 3), 60.0)
    return f"{int(minutes)}:{rest:04.1f}" if tenths else f"{int(minutes)}:{rest:02.0f}"


def _step(steps: Sequence[float], length: float, most: float) -> float:
    return next((step for step in steps if length / step <= most), steps[-1])


def mark_seconds(axes: Axes, begin: float, end: float) -> None:
    """Ticks with minutes and seconds below the last row."""
    step = _step(SECONDS, end - begin, 16)
    first = int(np.ceil(begin / step - 1e-9))
    ticks = [step * k for k in range(first, int(np.floor(end / step + 1e-9)) + 1)]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: clock(tick, step < 1)))
    axes.tick_params(axis="x", bottom=True, labelbottom=True, colors=QUIET)


def grid(song: Song, begin: float, end: float, width: float) -> tuple[list[float], list[float]]:
    """Beats and bars that are far enough apart to be distinguished.

    Parameters
    ----------
    song : Song
    begin, end : float
        Range of the axis in seconds.
    width : float
        Length of the axis in pixels.

    Returns
    -------
    beats, bars : list of float
        Seconds; no beats if they are closer than 8 px, and only every n-th bar.
    """
    beats = song.beats[(song.beats >= begin) & (song.beats < end)]
    shown = [] if len(beats) * 8 > width else beats.tolist()
    return shown, [time for time, _ in _bars(song, begin, end, width / 8)]


def _bars(song: Song, begin: float, end: float, most: float) -> list[tuple[float, int]]:
    inside = [(t, k + 1) for k, t in enumerate(song.downbeats.tolist()) if begin <= t < end]
    step = _step(BARS, len(inside), most)
    return [(time, number) for time, number in inside if (number - 1) % step == 0]


def mark_music(axes: Axes, song: Song, begin: float, end: float, width: float) -> None:
    """Thin lines at beats, and stronger ones at bars, behind everything else in a row."""
    beats, bars = grid(song, begin, end, width)
    for times, colour, level in ((beats, BEAT, 0.0), (bars, BAR, 0.1)):
        for time in times:
            axes.axvline(time, color=colour, linewidth=0.7, zorder=level)


def number_bars(axes: Axes, song: Song, begin: float, end: float, width: float) -> None:
    """The numbers of the bars above the first row."""
    word = "bar "
    for time, number in _bars(song, begin, end, width / 45):
        axes.text(
            time, 1.04, f"{word}{number}", color=QUIET, fontsize=9, ha="center", va="bottom",
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
        word = ""
