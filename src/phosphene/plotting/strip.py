"""Labelled strips over time: the sections of a song, and shares such as the prompts' weights."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from phosphene.plotting.colours import INK, OKABE_ITO
from phosphene.plotting.fitting import fitted
from phosphene.score.channels import Curve
from phosphene.song.song import Section

# Greys, so that the strip is not mistaken for a layer; neighbours differ.
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
