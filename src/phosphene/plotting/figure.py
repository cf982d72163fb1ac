"""The whole plot: rows of one time axis, from the sound at the top to the prompts below."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phosphene.plotting import layout
from phosphene.plotting.colours import BAR, BEAT, INK, QUIET
from phosphene.plotting.curves import draw_channel
from phosphene.plotting.fitting import fitted
from phosphene.plotting.layout import AXIS
from phosphene.plotting.notes import notes
from phosphene.plotting.picture import Picture
from phosphene.plotting.sound import draw_sound
from phosphene.plotting.strip import draw_strip, shares
from phosphene.plotting.times import mark_music, mark_seconds, number_bars
from phosphene.score.channels import CHANNELS

Row = tuple[float, Callable[[Axes], None]]


def draw(picture: Picture) -> Figure:
    """Draw a plot: 1600 px wide, as high as its channels need.

    Parameters
    ----------
    picture : Picture

    Returns
    -------
    matplotlib.figure.Figure
        With its own canvas; pyplot is not used.
    """
    rows = _rows(picture)
    said = [line for note in notes(picture) for line in _lines(note)]
    page = layout.Layout(tuple(height for height, _ in rows), len(said))
    figure = Figure(figsize=(layout.WIDTH, page.height), dpi=layout.DPI, facecolor="white")
    FigureCanvasAgg(figure)
    begin, end = float(picture.times[0]), float(picture.times[-1])
    for number, (_, fill) in enumerate(rows):
        axes = figure.add_axes(page.box(number))
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(BAR)
        axes.tick_params(bottom=False, labelbottom=False, labelsize=9, color=BAR)
        fill(axes)
        axes.set_xlim(begin, end)
        if number == 0:
            number_bars(axes, picture.song, begin, end, AXIS)
    mark_seconds(axes, begin, end)
    _head(figure, page, picture.title)
    for number, line in enumerate(said):
        figure.text(
            layout.LEFT / layout.WIDTH, page.note(number), line, fontsize=9.5, color=QUIET,
            va="bottom", parse_math=False,
        )  # fmt: skip
    return figure


def _rows(picture: Picture) -> list[Row]:
    """The rows from top to bottom: the height of each, and what fills it."""
    song, score, times = picture.song, picture.score, picture.times
    begin, end = float(times[0]), float(times[-1])

    def music(axes: Axes) -> None:
        mark_music(axes, song, begin, end, AXIS)

    def sound(axes: Axes) -> None:
        music(axes)
        draw_sound(axes, song, begin, end, AXIS)

    def channel(name: str) -> Callable[[Axes], None]:
        def fill(axes: Axes) -> None:
            music(axes)
            value, parts = score.channels[name], picture.parts[name]
            draw_channel(axes, CHANNELS[name], times, value, parts, AXIS)

        return fill

    def prompts(axes: Axes) -> None:
        draw_strip(axes, times, score.weights, picture.prompts, AXIS)
        _named(axes, "prompts")

    def sections(axes: Axes) -> None:
        labels = [section.label for section in song.sections]
        draw_strip(axes, times, shares(song.sections, times), labels, AXIS, lines=1)
        _named(axes, "sections")

    rows: list[Row] = [(layout.SOUND_HEIGHT, sound)]
    if song.sections:
        rows.append((layout.SECTION_HEIGHT, sections))
    for name, parts in picture.parts.items():
        rows.append((layout.channel_height(len(parts)), channel(name)))
    if any(picture.prompts):
        rows.append((layout.STRIP_HEIGHT, prompts))
    return rows


def _named(axes: Axes, name: str) -> None:
    axes.annotate(
        name, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
        fontsize=11.5, fontweight="bold", color=INK, va="bottom",
    )  # fmt: skip


def _head(figure: Figure, page: layout.Layout, title: str) -> None:
    up = 1.0 - 0.3 / page.height
    room = (layout.WIDTH - layout.LEFT - 5.5) * layout.DPI
    figure.text(
        layout.LEFT / layout.WIDTH, up, fitted(title, room, 14, lines=1), fontsize=14, color=INK,
        va="center", parse_math=False,
    )  # fmt: skip
    keys = [
        Line2D([], [], color=INK, linewidth=1.6, label="value"),
        Line2D([], [], color=QUIET, linewidth=0.9, linestyle=(0, (5, 4)), label="at rest"),
        Line2D([], [], color=BAR, linewidth=1.2, label="bar"),
        Line2D([], [], color=BEAT, linewidth=1.6, label="beat"),
    ]
    figure.legend(
        handles=keys, loc="center right", bbox_to_anchor=(1.0 - 0.15 / layout.WIDTH, up),
        ncols=4, frameon=False, fontsize=10, labelcolor=INK, handlelength=1.8, columnspacing=1.6,
        borderpad=0, borderaxespad=0,
    )  # fmt: skip


def _lines(note: str) -> list[str]:
    room = (layout.WIDTH - layout.LEFT - 0.3) * layout.DPI
    return fitted(note, room, 9.5, lines=8).splitlines()
