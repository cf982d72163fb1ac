"""The camera of the preview: where it stands in every frame, computed as the engine `none` does.

The page only draws. The poses over the endless plane come from `phosphene.engines.preview.poses`,
and the steps from `phosphene.painting.step`, the same numbers that a render moves its pictures by.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from phosphene.engines.preview.plane import (
    OCTAVES,
    PERIOD,
    SHADES,
    STEP,
    TEXEL,
    hues,
    octave_rows,
    tiles,
)
from phosphene.engines.preview.poses import poses
from phosphene.painting.step import step_matrix
from phosphene.score.score import Score
from phosphene.studio.wire import packed

SEEN = 2  # planes in a frame, at most
POSE = 11  # plane, octave, turn (4), lean (2), position (2), share


def camera(score: Score) -> bytes:
    """The steps and poses of every frame, packed for the page.

    Parameters
    ----------
    score : Score

    Returns
    -------
    bytes
        `steps`, float64, shape (n_frames, 9), row by row: a point of the frame before to its place
        in this one. `poses`, float64, shape (n_frames, 2, 11). `octaves`, float64, shape (n, 8):
        plane, octave, and how its tile lies. `hues`, float64, shape (n_prompts,), in radians.
    """
    rows = [score.row(i) for i in range(len(score))]
    steps = [step_matrix(row, score.width, score.height) for row in rows]
    unit = float(np.sqrt(min(score.width, score.height) / 512.0))
    table = np.zeros((len(score), SEEN, POSE))
    lying: dict[tuple[int, int], list[float]] = {}
    for frame, seen in enumerate(poses(steps, score.width, score.height, TEXEL * unit)):
        for k, pose in enumerate(seen[:SEEN]):
            table[frame, k] = (
                pose.plane, pose.octave, *pose.turn.ravel(), *pose.lean, *pose.position, pose.share,
            )  # fmt: skip
            if not all((pose.plane, pose.octave + n) in lying for n in range(OCTAVES)):
                for n, row in enumerate(octave_rows(pose.plane, pose.octave)):
                    lying[pose.plane, pose.octave + n] = row.tolist()
    arrays = {
        "steps": np.array(steps).reshape(-1, 9),
        "poses": table,
        "octaves": np.array([[*key, *row] for key, row in lying.items()]),
        "hues": np.array(hues(score.prompts)),
    }
    return packed({"unit": unit, "kept": OCTAVES, "shades": SHADES}, arrays)


@cache
def plane() -> bytes:
    """The tiles of the endless plane, packed: distances to lines, and hazes."""
    lines, hazes = tiles()
    return packed({"period": PERIOD, "step": STEP}, {"lines": lines, "hazes": hazes})
