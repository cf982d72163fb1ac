"""The plot of a song's analysis: waveform, bands, drums, notes and tempo."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from phosphene.plotting.rows import columns, draw_sections
from phosphene.plotting.sheet import AXIS, SECTION_HEIGHT, SheetRow, mark_music, named, sheet
from phosphene.plotting.style import BAR, BEAT, INK, OKABE_ITO
from phosphene.score.channels import Curve
from phosphene.song.song import Song

#: Low, middle and high: close to red, green and blue, but distinct for everyone.
BANDS = {"bass": OKABE_ITO[1], "mids": OKABE_ITO[2], "treble": OKABE_ITO[0]}
DRUMS = {"kick": OKABE_ITO[1], "snare": OKABE_ITO[2], "hat": OKABE_ITO[0]}
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_CHROMA = [f"chroma_{note.lower().replace('#', 's')}" for note in NOTES]
_SOUND, _ROW, _DRUMS, _NOTES = 1.7, 0.9, 0.8, 1.3  # inches
_LEAST = 0.15  # weaker hits are not drawn
KEYS = (
    Line2D([], [], color=BAR, linewidth=1.2, label="bar"),
    Line2D([], [], color=BEAT, linewidth=1.6, label="beat"),
)


def draw_song(song: Song, title: str) -> Figure:
    """Draw the analysis of a song, 1600 px wide.

    Parameters
    ----------
    song : Song
        With the built-in features.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        With its own canvas; pyplot is not used.
    """
    end = song.duration
    edges = np.linspace(0.0, end, int(AXIS) + 1)

    def music(axes: Axes) -> None:
        mark_music(axes, song, 0.0, end, AXIS)

    def sound(axes: Axes) -> None:
        music(axes)
        _draw_sound(axes, song, edges)

    def bands(axes: Axes) -> None:
        music(axes)
        for name, colour in BANDS.items():
            axes.plot(edges[:-1], _in_columns(song, name, edges), color=colour, linewidth=1.0)
        _scaled(axes, "bands", BANDS)

    def drums(axes: Axes) -> None:
        music(axes)
        for lane, (name, colour) in enumerate(DRUMS.items()):
            heights = _in_columns(song, name, edges)
            strong = heights >= _LEAST
            tops = lane + 0.9 * heights[strong]
            axes.vlines(edges[:-1][strong], lane, tops, color=colour, linewidth=1.0)
        axes.set_ylim(0, len(DRUMS))
        axes.set_yticks([])
        _named_beside(axes, "drums", DRUMS)

    def loudness(axes: Axes) -> None:
        music(axes)
        lines = {"loudness": INK, "brightness": OKABE_ITO[4]}
        for name, colour in lines.items():
            axes.plot(edges[:-1], _in_columns(song, name, edges), color=colour, linewidth=1.2)
        _scaled(axes, "loudness", lines)

    def notes(axes: Axes) -> None:
        rows = [_in_columns(song, name, edges) for name in _CHROMA]
        axes.imshow(
            rows, extent=(0.0, end, -0.5, 11.5), aspect="auto", origin="lower", cmap="Greys",
            vmin=0.0, vmax=1.0, interpolation="nearest",
        )  # fmt: skip
        axes.set_yticks(range(0, 12, 2), NOTES[::2])
        named(axes, "notes")

    def tempo(axes: Axes) -> None:
        music(axes)
        _draw_tempo(axes, song)
        named(axes, "tempo, BPM")

    def sections(axes: Axes) -> None:
        draw_sections(axes, song.sections, 0.0, end, AXIS)
        named(axes, "sections")

    rows: list[SheetRow] = [(_SOUND, sound)]
    if song.sections:
        rows.append((SECTION_HEIGHT, sections))
    rows += [(_ROW, bands), (_DRUMS, drums), (_ROW, loudness), (_NOTES, notes)]
    if len(song.beats) > 1:
        rows.append((_ROW, tempo))
    return sheet(rows, song, 0.0, end, title, KEYS)


def _in_columns(song: Song, name: str, edges: Curve) -> Curve:
    """The maximum of a feature in each pixel column, shape (n_columns,)."""
    feature = song.feature(name)
    if not len(feature.values):
        return np.zeros(len(edges) - 1)
    first = np.clip(np.rint(edges[:-1] / feature.hop).astype(int), 0, len(feature.values) - 1)
    return np.maximum.reduceat(feature.values, first)


def _draw_sound(axes: Axes, song: Song, edges: Curve) -> None:
    """The waveform; each column is coloured by the levels of the bands."""
    times, low, high, _ = columns(song, 0.0, song.duration, len(edges) - 1)
    levels = np.array([_in_columns(song, name, edges) for name in BANDS])
    usual = levels.mean(axis=1, keepdims=True)
    # Relative to the song's mean, and squared: otherwise all music has the colour of its bass.
    weights = (levels / np.where(usual > 0, usual, 1.0)) ** 2 + 1e-9
    colours = (weights / weights.sum(axis=0)).T @ np.array([to_rgb(c) for c in BANDS.values()])
    place = np.clip(np.searchsorted(edges, times, side="right") - 1, 0, len(colours) - 1)
    bars = [((t, a), (t, b)) for t, a, b in zip(times, low, high, strict=True)]
    axes.add_collection(LineCollection(bars, colors=colours[place], linewidths=0.8))
    loudest = max(float(np.max(np.abs([low, high]))), 1e-6)
    axes.set_ylim(-1.05 * loudest, 1.05 * loudest)
    axes.set_yticks([])
    _named_beside(axes, "", BANDS)


def _draw_tempo(axes: Axes, song: Song) -> None:
    """The tempo of each beat; jumps by a factor of two show half or double tempo."""
    tempi = 60.0 / np.diff(song.beats)
    axes.step(song.beats[:-1], tempi, where="post", color=INK, linewidth=1.0)
    low, high = np.percentile(tempi, [2, 98])
    room = max(0.15 * (high - low), 0.03 * high)
    axes.set_ylim(low - room, high + room)


def _scaled(axes: Axes, name: str, colours: dict[str, str]) -> None:
    axes.set_ylim(0.0, 1.05)
    axes.set_yticks([0.0, 1.0])
    _named_beside(axes, name, colours)


def _named_beside(axes: Axes, name: str, colours: dict[str, str]) -> None:
    """The row's name above it, and the legend of its colours to the right, the last on top."""
    named(axes, name)
    for k, (label, colour) in enumerate(colours.items()):
        axes.text(
            1.012, (k + 0.5) / len(colours), label, color=colour, fontsize=10, va="center",
            transform=axes.transAxes,
        )  # fmt: skip
