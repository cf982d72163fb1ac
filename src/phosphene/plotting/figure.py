"""The plot of a project: rows over one time axis, from the waveform to the prompts."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phosphene.plotting.data import PlotData
from phosphene.plotting.rows import (
    FONT,
    draw_channel,
    draw_sections,
    draw_sound,
    draw_strip,
    label_room,
    runs,
)
from phosphene.plotting.sheet import (
    AXIS,
    SECTION_HEIGHT,
    SOUND_HEIGHT,
    STRIP_HEIGHT,
    SheetRow,
    channel_height,
    clock,
    mark_music,
    named,
    sheet,
)
from phosphene.plotting.style import BAR, BEAT, INK, QUIET, fitted
from phosphene.score.channels import CHANNELS

KEYS = (
    Line2D([], [], color=INK, linewidth=1.6, label="value"),
    Line2D([], [], color=QUIET, linewidth=0.9, linestyle=(0, (5, 4)), label="at rest"),
    Line2D([], [], color=BAR, linewidth=1.2, label="bar"),
    Line2D([], [], color=BEAT, linewidth=1.6, label="beat"),
)


def draw(plot: PlotData) -> Figure:
    """Draw a plot, 1600 px wide and as high as its channels need.

    Parameters
    ----------
    plot : PlotData

    Returns
    -------
    matplotlib.figure.Figure
        With its own canvas; pyplot is not used.
    """
    begin, end = float(plot.times[0]), float(plot.times[-1])
    rows = _rows(plot)
    return sheet(rows, plot.song, begin, end, plot.title, KEYS, notes(plot))


def _rows(plot: PlotData) -> list[SheetRow]:
    """The rows from top to bottom: the height and the drawing function of each."""
    song, score, times = plot.song, plot.score, plot.times
    begin, end = float(times[0]), float(times[-1])

    def music(axes: Axes) -> None:
        mark_music(axes, song, begin, end, AXIS)

    def sound(axes: Axes) -> None:
        music(axes)
        draw_sound(axes, song, begin, end, AXIS)

    def channel(name: str) -> Callable[[Axes], None]:
        def fill(axes: Axes) -> None:
            music(axes)
            value, parts = score.channels[name], plot.parts[name]
            draw_channel(axes, CHANNELS[name], times, value, parts, AXIS)

        return fill

    def prompts(axes: Axes) -> None:
        draw_strip(axes, times, score.weights, plot.prompts, AXIS)
        named(axes, "prompts")

    def sections(axes: Axes) -> None:
        draw_sections(axes, song.sections, begin, end, AXIS)
        named(axes, "sections")

    rows: list[SheetRow] = [(SOUND_HEIGHT, sound)]
    if song.sections:
        rows.append((SECTION_HEIGHT, sections))
    for name, parts in plot.parts.items():
        rows.append((channel_height(len(parts)), channel(name)))
    if any(plot.prompts):
        rows.append((STRIP_HEIGHT, prompts))
    return rows


def notes(plot: PlotData) -> list[str]:
    """The lines below a plot, each a sentence."""
    lines = []
    if plot.still:
        still = [f"{name} ({CHANNELS[name].neutral:g})" for name in plot.still]
        lines.append(f"At rest throughout and not shown: {', '.join(still)}.")
    if plot.silent:
        lines.append(f"Silenced by mute or solo: {', '.join(plot.silent)}.")
    for name, count in plot.score.clamped.items():
        channel = CHANNELS[name]
        lines.append(
            f"{name} exceeded its limits ({channel.low:g} to {channel.high:g}) in {count} frames "
            "and was clamped."
        )
    if not len(plot.song.beats):
        lines.append("No beats were detected in the song.")
    if unnamed := _unnamed(plot):
        lines.append(f"Prompts too short to be labelled: {'; '.join(unnamed)}.")
    return lines


def _unnamed(plot: PlotData) -> list[str]:
    """Prompts that are shown too briefly to be labelled in the strip, with their times."""
    times, weights = plot.times, plot.score.weights
    named: set[int] = set()
    briefly: dict[int, str] = {}
    for first, last, k in runs(weights):
        room = label_room(times, first, last, AXIS)
        if fitted(plot.prompts[k], room, FONT):
            named.add(k)
        else:
            briefly.setdefault(k, f"{clock(times[first], tenths=True)} {plot.prompts[k]}")
    return [text for k, text in briefly.items() if k not in named and plot.prompts[k]]
