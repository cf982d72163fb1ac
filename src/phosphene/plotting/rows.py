"""The rows of a plot: the waveform, strips of shares, and channels with their layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from numpy.typing import NDArray

from phosphene.plotting.data import Part
from phosphene.plotting.sheet import LEGEND_LINE
from phosphene.plotting.style import INK, LOUD, OKABE_ITO, QUIET, SOUND, fitted, layer_style, length
from phosphene.score.channels import Channel, Curve
from phosphene.song.song import Section, Song

ROOM = 155  # px beside a row for a layer's name and entry


def thinned(times: Curve, values: Curve, count: int) -> tuple[Curve, Curve]:
    """Steps to draw: the frames themselves, or the minimum and maximum of each pixel column.

    Parameters
    ----------
    times : ndarray, shape (n_frames + 1,)
        Start of each frame, and end of the last.
    values : ndarray, shape (n_frames,)
    count : int
        Number of columns; with several frames per column, only the extremes are kept.

    Returns
    -------
    times, values : ndarray, shape (n_points,)
    """
    if len(values) <= count:
        return times, np.append(values, values[-1])
    edges = np.linspace(0, len(values), count + 1).astype(int)[:-1]
    both = np.stack([np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)], 1)
    return np.repeat(times[edges], 2), both.ravel()


def draw_channel(
    axes: Axes, channel: Channel, times: Curve, value: Curve, parts: list[Part], width: float
) -> None:
    """Draw one channel.

    Parameters
    ----------
    axes : Axes
    channel : Channel
    times : ndarray, shape (n_frames + 1,)
        Seconds.
    value : ndarray, shape (n_frames,)
        The final value, in the channel's unit.
    parts : list of Part
        In the order of the layers.
    width : float
        Length of the axis in pixels.
    """
    count = int(width)
    axes.axhline(channel.neutral, color=QUIET, linewidth=0.9, linestyle=(0, (5, 4)), zorder=1)
    for level, part in enumerate(parts):
        colour, hatch = layer_style(part.number)
        x, below = thinned(times, part.below, count)
        _, above = thinned(times, part.above, count)
        axes.fill_between(
            x, below, above, step="post", facecolor=colour, edgecolor=colour, alpha=0.4,
            linewidth=0.0, hatch=hatch or None, zorder=2 + 0.1 * level,
        )  # fmt: skip
        axes.plot(
            x, np.where(above == below, np.nan, above), color=colour, linewidth=0.9,
            drawstyle="steps-post", zorder=3 + 0.1 * level,
        )  # fmt: skip
    x, folded = thinned(times, value, count)
    axes.plot(x, folded, color=INK, linewidth=1.3, drawstyle="steps-post", zorder=8)
    axes.margins(y=0.14)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
    axes.yaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    axes.tick_params(axis="y", colors=QUIET)
    _name(axes, channel)
    _list(axes, parts)


def _name(axes: Axes, channel: Channel) -> None:
    name = axes.annotate(
        channel.name, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
        fontsize=11.5, fontweight="bold", color=INK, va="bottom",
    )  # fmt: skip
    axes.annotate(
        channel.unit, (1, 0), (8, 0), xycoords=name, textcoords="offset points", fontsize=9.5,
        color=QUIET, va="bottom",
    )  # fmt: skip


def _list(axes: Axes, parts: list[Part]) -> None:
    """List the layers beside the row, each with its colour."""
    for line, part in enumerate(parts):
        colour, hatch = layer_style(part.number)
        down = -72 * LEGEND_LINE * (line + 0.5)
        axes.annotate(
            "      ", (1, 1), (10, down), xycoords="axes fraction", textcoords="offset points",
            fontsize=7, va="center", annotation_clip=False,
            bbox={"facecolor": colour + "66", "edgecolor": colour, "hatch": hatch, "pad": 2.0},
        )  # fmt: skip
        use = fitted(part.use, ROOM, 10, lines=1)
        name = axes.annotate(
            use, (1, 1), (34, down), xycoords="axes fraction", textcoords="offset points",
            fontsize=10, color=INK, va="center", parse_math=False,
        )  # fmt: skip
        axes.annotate(
            _entry(part.entry, ROOM - length(use, 10)), (1, 0), (6, 0), xycoords=name,
            textcoords="offset points", fontsize=8.5, color=QUIET, va="bottom", parse_math=False,
        )  # fmt: skip


def _entry(entry: str, room: float) -> str:
    """A layer's entry, without `motion` if it is too long, as in a look."""
    short = entry if length(entry, 8.5) <= room else entry.removeprefix("motion")
    return fitted(short, room, 8.5, lines=1)


def columns(song: Song, begin: float, end: float, count: int) -> tuple[Curve, ...]:
    """The waveform in columns.

    Parameters
    ----------
    song : Song
    begin, end : float
        Seconds.
    count : int
        Maximum number of columns.

    Returns
    -------
    times, low, high, rms : ndarray, shape (n_columns,)
        Start of each column in seconds, and the extremes and the RMS of its samples.
    """
    first, last = (round(t * song.sample_rate) for t in (begin, end))
    samples = song.samples[first:last].astype(np.float64)
    if not len(samples):
        return (np.array([begin]), *(np.zeros(1) for _ in range(3)))
    edges = np.unique(np.linspace(0, len(samples), min(count, len(samples)) + 1).astype(int))[:-1]
    lengths = np.diff(np.append(edges, len(samples)))
    rms = np.sqrt(np.add.reduceat(samples**2, edges) / lengths)
    times = begin + edges / song.sample_rate
    return times, np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges), rms


def draw_sound(axes: Axes, song: Song, begin: float, end: float, width: float) -> None:
    """Draw the waveform; silence is a flat line."""
    times, low, high, rms = columns(song, begin, end, int(width))
    axes.fill_between(times, low, high, color=SOUND, linewidth=0.4)
    axes.fill_between(times, -rms, rms, color=LOUD, linewidth=0.4)
    loudest = max(float(np.max(np.abs([low, high]))), 1e-6)
    axes.set_ylim(-1.05 * loudest, 1.05 * loudest)
    axes.set_yticks([])


# Greys, so that the strip does not look like a layer; neighbours differ.
GREYS = ("#DADADA", "#F1F1F1", "#C6C6C6")
FONT = 9.5


def runs(weights: NDArray[np.float64]) -> list[tuple[int, int, int]]:
    """Runs in which one share is the largest: first row, row after the last, and its index."""
    largest = np.argmax(weights, axis=1)
    empty = np.max(weights, axis=1) <= 0
    changes = np.diff(largest).astype(bool) | np.diff(empty)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(largest)]
    return [(a, b, int(largest[a])) for a, b in pairwise(edges)]


def label_room(times: Curve, first: int, last: int, width: float) -> float:
    """Room for a label between two frames in pixels, on an axis of `width` pixels."""
    return float((times[last] - times[first]) / (times[-1] - times[0]) * width - 10)


def draw_sections(
    axes: Axes, sections: Sequence[Section], begin: float, end: float, width: float
) -> None:
    """Draw sections by role and label; equal labels have one colour, and the bars show the energy.

    Parameters
    ----------
    axes : Axes
    sections : sequence of Section
    begin, end : float
        Ends of the axis in seconds.
    width : float
        Length of the axis in pixels.
    """
    labels = list(dict.fromkeys(section.label for section in sections))
    for section in sections:
        first, last = max(section.start, begin), min(section.end, end)
        if first >= last:
            continue
        colour = OKABE_ITO[labels.index(section.label) % len(OKABE_ITO)]
        for height, alpha in ((1.0, 0.16), (section.energy, 0.3)):
            axes.bar(
                first, height, last - first, align="edge", color=colour, alpha=alpha, linewidth=0
            )
        axes.axvline(first, color="white", linewidth=1.0)
        text = f"{section.role} {section.label}".strip()
        room = (last - first) / (end - begin) * width - 6
        axes.text(
            (first + last) / 2, 0.5, fitted(text, room, FONT, 1), fontsize=FONT, color=INK,
            ha="center", va="center", parse_math=False, clip_on=True,
        )  # fmt: skip
    axes.set_ylim(0, 1)
    axes.set_yticks([])


def draw_strip(
    axes: Axes,
    times: Curve,
    weights: NDArray[np.float64],
    labels: Sequence[str],
    width: float,
    lines: int = 2,
) -> None:
    """Draw shares that add up to 1, each labelled where it is the largest.

    Parameters
    ----------
    axes : Axes
    times : ndarray, shape (n_frames + 1,)
        Seconds.
    weights : ndarray, shape (n_frames, n_labels)
        Rows add up to 1, or to 0 for no label.
    labels : sequence of str, length n_labels
    width : float
        Length of the axis in pixels.
    lines : int
        Maximum number of lines of a label.
    """
    tops = np.cumsum(weights, axis=1)
    tops = np.vstack([tops, tops[-1:]])
    below = np.zeros(len(tops))
    for k in range(weights.shape[1]):
        axes.fill_between(
            times, below, tops[:, k], facecolor=GREYS[k % len(GREYS)], edgecolor="white",
            linewidth=0.5, zorder=1,
        )  # fmt: skip
        below = tops[:, k]
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    for first, last, k in runs(weights):
        room = label_room(times, first, last, width)
        text = fitted(labels[k], room, FONT, lines) if weights[first, k] > 0 else ""
        axes.text(
            (times[first] + times[last]) / 2, 0.5, text, fontsize=FONT, color=INK, ha="center",
            va="center", linespacing=1.15, parse_math=False, clip_on=True,
        )  # fmt: skip
