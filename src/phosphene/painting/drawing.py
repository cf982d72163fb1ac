"""Films of engines that draw NumPy arrays: frames without PyTorch, whose import takes a second.

Guides, overlays, captions, dissolves, sharpening and grain are tensor operations. A film is drawn
here up to the first frame with one of them; `phosphene.painting.frames.painted` continues it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from phosphene.painting.grading import grade
from phosphene.painting.pictures import array_levels
from phosphene.painting.states import State, merged, needed, split
from phosphene.score.parts import Part
from phosphene.score.score import Row, Score


@runtime_checkable
class ArrayEngine(Protocol):
    """A `phosphene.painting.engine.DrawingEngine` that also draws without PyTorch."""

    def draw_array(self, row: Row, repaints: bool) -> NDArray[np.float32]:
        """The frame of `draw_moved`, and of `img2img` if it is repainted, as an array."""
        ...


def drawn(
    score: Score,
    engine: ArrayEngine,
    after: tuple[int, State] | None = None,
    part: Part | None = None,
) -> Iterator[tuple[int, State, NDArray[np.uint8]]]:
    """Draw the frames of a Score, graded and in 8 bits, up to the first that needs PyTorch.

    Parameters
    ----------
    score : Score
    engine : ArrayEngine
    after, part
        As of `phosphene.painting.loop.paint`.

    Yields
    ------
    (int, dict of str to ndarray, ndarray)
        Row, state after it, and pixels: uint8, shape (height, width, 3).
    """
    part = Part.whole(score) if part is None else part
    begin, states = (0, {}) if after is None else (after[0] + 1, split(score, *after))
    for i in part.painted[bisect_left(part.painted, begin) :]:
        if not _is_plain(score, i):
            return
        row = score.row(i)
        picture = engine.draw_array(row, repainted(score, row, i))
        states[row.scene] = {"painted": np.array(i), "picture": picture}
        states = needed(score, i, states)
        yield i, merged(score, i, states), array_levels(grade(picture, row))


def repainted(score: Score, row: Row, i: int) -> bool:
    """Whether a drawn row is repainted: not the first of a scene that starts from scratch."""
    starts = i == score.span(row.scene).start and score.scenes[row.scene].origin is None
    return bool(row.diffuses) and not starts


def _is_plain(score: Score, i: int) -> bool:
    """Whether row i is nothing but a drawn frame and its grade."""
    row, inputs = score.row(i), score.inputs
    return (
        len(score.seen(i)) == 1
        and row.sharpen <= 0.0
        and row.noise <= 0.0
        and not any(guide.clip.shows(row.frame) for guide in inputs.guides)
        and not any(overlay.opacity(row.frame) > 0.0 for overlay in inputs.overlays)
        and not any(caption.opacity(row.frame) > 0.0 for caption in score.captions)
    )
