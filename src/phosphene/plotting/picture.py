"""What a plot shows, as plain numbers: the Score, and every layer's part in each channel."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from phosphene.project import Project
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.compose import Format, compose
from phosphene.score.score import Score
from phosphene.song.song import Song

# Smaller differences are rounding, not motion.
_STILL = 1e-9


@dataclass(frozen=True)
class Part:
    """What one layer brought to one channel: it took the value from `below` to `above`.

    Parameters
    ----------
    layer : int
        Its place in the project file: `motion[layer]`.
    label : str
        The modulator that it uses.
    below, above : ndarray, shape (n_frames,)
        The channel's value without and with the layer, in the channel's unit.
    """

    layer: int
    label: str
    below: Curve
    above: Curve


@dataclass(frozen=True)
class Picture:
    """All that a plot shows.

    Parameters
    ----------
    title : str
    song : Song
    score : Score
    parts : dict of str to list of Part
        By channel, in the order in which the layers are folded; only channels that move.
    still : tuple of str
        The channels that are at rest throughout.
    prompts : tuple of str
        The prompts without the style that they share, in the order of the Score.
    """

    title: str
    song: Song
    score: Score
    parts: dict[str, list[Part]]
    still: tuple[str, ...]
    prompts: tuple[str, ...] = field(default=())

    @property
    def times(self) -> Curve:
        """When each frame appears, and last when the last one ends; shape (n_frames + 1,)."""
        first = int(self.score.frames[0])
        return np.arange(first, first + len(self.score) + 1) / float(self.score.fps)


def picture_of(
    song: Song, project: Project, form: Format | None = None, title: str = ""
) -> Picture:
    """Compose a project layer by layer.

    Parameters
    ----------
    song : Song
    project : Project
    form : Format, optional
        As `compose` takes it.
    title : str

    Returns
    -------
    Picture

    Raises
    ------
    ProjectError, PluginError
        As `compose` does.
    """
    steps = [
        compose(song, project.model_copy(update={"motion": project.motion[:count]}), form)
        for count in range(len(project.motion) + 1)
    ]
    score = steps[-1]
    parts: dict[str, list[Part]] = {}
    still = []
    for name, channel in CHANNELS.items():
        found = [
            Part(index, layer.use, steps[index].channels[name], above)
            for index, layer in enumerate(project.motion)
            if _moved(steps[index].channels[name], above := steps[index + 1].channels[name])
        ]
        if found or _moved(score.channels[name], np.full(len(score), channel.neutral)):
            parts[name] = found
        else:
            still.append(name)
    style = ", " + project.prompts.style.strip()
    prompts = tuple(prompt.removesuffix(style) for prompt in score.prompts)
    return Picture(title, song, score, parts, tuple(still), prompts)


def _moved(a: Curve, b: Curve) -> bool:
    return bool(np.max(np.abs(a - b)) > _STILL)
