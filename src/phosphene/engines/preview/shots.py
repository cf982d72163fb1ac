"""The shots of a film in the preview, with the camera's pose in every frame.

A shot is a scene that starts from scratch, and the scenes that continue it, as one camera path.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phosphene.engines.preview.plane import TEXEL
from phosphene.engines.preview.poses import pose_table
from phosphene.painting.motion.step import step_matrices
from phosphene.score.scenes import root
from phosphene.score.score import Score

PLANES = 1 << 20  # more than the camera meets between two frames


class Shot:
    """One camera path. Its frames are numbered from 0, in the order of the scenes.

    Parameters
    ----------
    score : Score
    first : int
        Index of the scene that starts from scratch.
    """

    def __init__(self, score: Score, first: int) -> None:
        indices = range(len(score.scenes))
        scenes = [k for k in indices if root(score.scenes, k) == first]
        spans = [np.arange(len(score))[score.span(k).start : score.span(k).stop] for k in scenes]
        self.first = first
        self.rows: NDArray[np.int64] = np.concatenate(spans)
        self.scenes = np.repeat(scenes, [len(span) for span in spans])
        frames = score.frames[self.rows].tolist()
        keys = zip(self.scenes.tolist(), frames, strict=True)
        self.places = {key: place for place, key in enumerate(keys)}
        channels = {name: curve[self.rows] for name, curve in score.channels.items()}
        size = score.width, score.height
        self.steps = step_matrices(channels, *size)
        self.poses = pose_table(self.steps, *size, TEXEL * unit(score))
        self.plane = score.scenes[first].start * PLANES
        self.image = score.scenes[first].image if first else score.image


def shots(score: Score) -> dict[int, Shot]:
    """Every shot of a film, by the index of the scene that begins it."""
    begins = [k for k, scene in enumerate(score.scenes) if scene.origin is None]
    return {first: Shot(score, first) for first in begins}


def unit(score: Score) -> float:
    """The scale of the drawing, which is 1 in a frame of 512 px."""
    return float(np.sqrt(min(score.width, score.height) / 512.0))
