"""The data of a plot: the Score, and each layer's contribution to each channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phosphene.composing.trace import Trace
from phosphene.project.schema import Project
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.score import Score
from phosphene.score.timeline import exact_fps
from phosphene.song.song import Song

# Smaller differences are rounding, not motion.
_STILL = 1e-9


@dataclass(frozen=True)
class Part:
    """One layer's contribution to one channel, from `below` to `above`.

    Parameters
    ----------
    number : int
        Index of the layer, from 0; determines its colour in every channel.
    entry, use : str
        Its entry in the project file (`motion[1]`), and its modulator.
    below, above : ndarray, shape (n_frames,)
        The channel's value without and with the layer, clamped to the channel's limits, in its
        unit per frame of the Score.
    """

    number: int
    entry: str
    use: str
    below: Curve
    above: Curve


@dataclass(frozen=True)
class PlotData:
    """The data of a plot.

    Parameters
    ----------
    title : str
    song : Song
    score : Score
    parts : dict of str to list of Part
        By channel, in the order of the layers; only channels that move.
    still : tuple of str
        Channels that are at rest throughout.
    silent : tuple of str
        Layers that are silenced by `mute` or by another layer's `solo`.
    prompts : tuple of str
        The prompts without the common style, in the order of the Score.
    """

    title: str
    song: Song
    score: Score
    parts: dict[str, list[Part]]
    still: tuple[str, ...]
    silent: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()

    @property
    def times(self) -> Curve:
        """Start of each frame, and end of the last, in seconds; shape (n_frames + 1,)."""
        first = int(self.score.frames[0])
        return np.arange(first, first + len(self.score) + 1) / float(self.score.fps)


def plot_data(
    song: Song, project: Project, score: Score, trace: Trace, title: str = ""
) -> PlotData:
    """The contribution of each layer to a composition.

    Parameters
    ----------
    song : Song
    project : Project
    score : Score
        Composed of them.
    trace : Trace
        The trace of that composition.
    title : str

    Returns
    -------
    PlotData
    """
    frames = float(exact_fps(project.video.fps) / score.fps)
    width = score.width / project.video.width

    def shown(name: str, values: Curve) -> Curve:
        channel = CHANNELS[name]
        clamped = np.clip(values[score.frames], channel.low, channel.high)
        return channel.rescaled(clamped, frames, width)

    numbers = {entry: k for k, entry in enumerate(dict.fromkeys(s.entry for s in trace.steps))}
    parts: dict[str, list[Part]] = {}
    still = []
    for name, channel in CHANNELS.items():
        found = [
            Part(numbers[step.entry], step.entry, step.use, below, above)
            for step in trace.steps
            if step.channel == name
            and _differ(below := shown(name, step.base), above := shown(name, step.result))
        ]
        if found or _differ(score.channels[name], np.full(len(score), channel.neutral)):
            parts[name] = found
        else:
            still.append(name)
    style = ", " + project.prompts.style.strip()
    prompts = tuple(prompt.removesuffix(style) for prompt in score.prompts)
    return PlotData(title, song, score, parts, tuple(still), tuple(trace.silent), prompts)


def _differ(a: Curve, b: Curve) -> bool:
    return bool(np.max(np.abs(a - b)) > _STILL)
