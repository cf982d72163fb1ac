"""The shared time axis: seconds below, bars above, lines at beats and bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from phosphene.plotting.colours import BAR, BEAT, QUIET
from phosphene.song.song import Song

SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)
BARS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


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


def lines(song: Song, begin: float, end: float, width: float) -> tuple[list[float], list[float]]:
    """Beats and bars that are far enough apart to be distinct.

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
    beats, bars = lines(song, begin, end, width)
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
