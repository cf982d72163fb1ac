"""The plot of a project: rows over one time axis, from the waveform to the prompts."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phosphene.plotting.picture import Picture
from phosphene.plotting.rows import (
    FONT,
    draw_channel,
    draw_sound,
    draw_strip,
    label_room,
    runs,
    shares,
)
from phosphene.plotting.sheet import (
    AXIS,
    SECTION_HEIGHT,
    SOUND_HEIGHT,
    STRIP_HEIGHT,
    Row,
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
        labels = [section.label for section in song.sections]
        draw_strip(axes, times, shares(song.sections, times), labels, AXIS, lines=1)
        named(axes, "sections")

    rows: list[Row] = [(SOUND_HEIGHT, sound)]
    if song.sections:
        rows.append((SECTION_HEIGHT, sections))
    for name, parts in picture.parts.items():
        rows.append((channel_height(len(parts)), channel(name)))
    if any(picture.prompts):
        rows.append((STRIP_HEIGHT, prompts))
    return rows


def notes(picture: Picture) -> list[str]:
    """The lines below a plot, each a sentence."""
    lines = []
    if picture.still:
        still = [f"{name} ({CHANNELS[name].neutral:g})" for name in picture.still]
        lines.append(f"At rest throughout and left out: {', '.join(still)}.")
    if picture.silent:
        lines.append(f"Silenced by mute or solo: {', '.join(picture.silent)}.")
    for name, count in picture.score.clamped.items():
        channel = CHANNELS[name]
        lines.append(
            f"{name} left its limits ({channel.low:g} to {channel.high:g}) in {count} frames and "
            "was clamped there."
        )
    if not len(picture.song.beats):
        lines.append("No beats were detected in the song.")
    if unnamed := _unnamed(picture):
        lines.append(f"Prompts too short to be labelled: {'; '.join(unnamed)}.")
    return lines


def _unnamed(picture: Picture) -> list[str]:
    """Prompts that are shown too briefly to be labelled in the strip, with their times."""
    times, weights = picture.times, picture.score.weights
    named: set[int] = set()
    briefly: dict[int, str] = {}
    for first, last, k in runs(weights):
        room = label_room(times, first, last, AXIS)
        if fitted(picture.prompts[k], room, FONT):
            named.add(k)
        else:
            briefly.setdefault(k, f"{clock(times[first], tenths=True)} {picture.prompts[k]}")
    return [text for k, text in briefly.items() if k not in named and picture.prompts[k]]
