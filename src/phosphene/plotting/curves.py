"""One channel: its final value as a line, and the contribution of each layer as a band."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from phosphene.plotting.colours import INK, QUIET, layer_style
from phosphene.plotting.fitting import fitted, length
from phosphene.plotting.layout import LEGEND_LINE
from phosphene.plotting.picture import Part
from phosphene.score.channels import Channel, Curve

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
