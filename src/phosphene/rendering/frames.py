"""The frames of a Score, one after the other, without a film."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from phosphene.painting.anchors import is_held, scene_anchors
from phosphene.painting.engine import DrawingEngine
from phosphene.painting.readback import read_back
from phosphene.rendering.filming import painted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phosphene.painting.engine import Engine
    from phosphene.score.score import Score


def paint(score: Score, engine: Engine, *, hold: bool = True) -> Iterator[NDArray[np.uint8]]:
    """Paint every frame of a Score.

    Parameters
    ----------
    score : Score
    engine : Engine
        From `phosphene.load_engine`, or your own.
    hold : bool
        Hold the colours and the detail of each scene against drift, as firmly as the Score says.

    Yields
    ------
    np.ndarray, shape (height, width, 3), uint8
        RGB.
    """
    held = hold and is_held(score) and not isinstance(engine, DrawingEngine)
    anchors = scene_anchors(score, engine) if held else []
    for _, _, frame in read_back(painted(score, engine, anchors), engine.device):
        yield frame.copy()
