"""The complete plot: rows over one time axis, from the sound to the prompts."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phosphene.plotting import layout
from phosphene.plotting.colours import BAR, BEAT, INK, QUIET
from phosphene.plotting.curves import draw_channel
from phosphene.plotting.layout import AXIS
from phosphene.plotting.notes import notes
from phosphene.plotting.picture import Picture
from phosphene.plotting.sheet import Row, named, sheet
from phosphene.plotting.sound import draw_sound
from phosphene.plotting.strip import draw_sections, draw_strip
from phosphene.plotting.times import mark_music
from phosphene.score.channels import CHANNELS

KEYS = (
    Line2D([], [], color=INK, linewidth=1.6, label="value"),
    Line2D([], [], color=QUIET, linewidth=0.9, linestyle=(0, (5, 4)), label="at rest"),
    Line2D([], [], color=BAR, linewidth=1.2, label="bar"),
    Line2D([], [], color=BEAT, linewidth=1.6, label="beat"),
)


def draw(picture: Picture) -> Figure:
    """Draw a plot, 1600 px wide and as high as its channels need.

    Parameters
    ----------
    picture : Picture

    Returns
    -------
    matplotlib.figure.Figure
        With its own canvas; pyplot is not used.
    """
    begin, end = float(picture.times[0]), float(picture.times[-1])
    rows = _rows(picture)
    return sheet(rows, picture.song, begin, end, picture.title, KEYS, notes(picture))


def _rows(picture: Picture) -> list[Row]:
    """The rows from top to bottom: the height and the drawing function of each."""
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
        named(axes, "prompts")

    def sections(axes: Axes) -> None:
        draw_sections(axes, song.sections, begin, end, AXIS)
        named(axes, "sections")

    rows: list[Row] = [(layout.SOUND_HEIGHT, sound)]
    if song.sections:
        rows.append((layout.SECTION_HEIGHT, sections))
    for name, parts in picture.parts.items():
        rows.append((layout.channel_height(len(parts)), channel(name)))
    if any(picture.prompts):
        rows.append((layout.STRIP_HEIGHT, prompts))
    return rows
