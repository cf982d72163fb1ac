"""The frames of a render: its engine paints tensors, or draws arrays as far as possible."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from phosphene.engines.presets import load_batched
from phosphene.painting.depth import with_depth
from phosphene.painting.drawing import ArrayEngine, drawn
from phosphene.painting.engine import check_torch
from phosphene.painting.states import State
from phosphene.score.parts import Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from phosphene.painting.anchors import Anchor
    from phosphene.painting.engine import Engine
    from phosphene.rendering.render import Render

Frames: TypeAlias = "Generator[tuple[int, State, NDArray[np.uint8]]]"
"""The number of each frame, the state after it, and its pixels."""
SHOWN = "shown"  # key in a state of the frame's 8-bit pixels
Pixels = TypeVar("Pixels")


def load_painter(render: Render) -> tuple[Engine, Sequence[Anchor]]:
    """The engine of a render, and the anchors of its prompts."""
    score, spec, project = render.score, render.spec, render.project
    engine = load_batched(spec, project.model, score, render.batches)
    engine = with_depth(engine, render.depth, project.depth, score)
    if not spec.diffuses:
        return engine, []
    from phosphene.painting.anchors import SceneAnchors, is_held  # imports torch

    return engine, SceneAnchors(score, engine) if is_held(score) else []


def frames_of(
    render: Render, after: tuple[int, State] | None, part: Part | None = None, shows: bool = False
) -> Frames:
    """The frames of a render, or of a part of it, by their rows in the Score.

    Parameters
    ----------
    render : Render
    after, part
        As of `phosphene.painting.loop.paint`.
    shows : bool
        Add the pixels of each frame to its state.

    Raises
    ------
    EngineError
        If PyTorch cannot be imported, and a frame needs it.
    """
    score, rows = render.score, (part or Part.whole(render.score)).painted
    engine, anchors = load_painter(render)
    if isinstance(engine, ArrayEngine):
        plain = drawn(score, engine, after, part)
        for frame in with_pixels(plain) if shows else plain:
            yield frame
            after = frame[:2]
        if after is not None and after[0] == rows[-1]:
            return
    check_torch()
    from phosphene.painting.frames import painted, read_back

    painting = painted(score, engine, anchors, after, part)
    yield from read_back(with_pixels(painting) if shows else painting, engine.device)


def loop_of(render: Render, after: tuple[int, State] | None, shows: bool) -> Frames:
    """The frames of a seamless loop; parameters and errors as of `frames_of`."""
    check_torch()
    from phosphene.painting.frames import read_back
    from phosphene.painting.seamless import paint_loop

    engine, anchors = load_painter(render)
    painting = paint_loop(render.score, engine, anchors, render.lead, after)
    yield from read_back(with_pixels(painting) if shows else painting, engine.device)


def with_pixels(
    painting: Iterable[tuple[int, State, Pixels]],
) -> Iterator[tuple[int, State, Pixels]]:
    """Add the pixels of each frame to its state."""
    for row, state, levels in painting:
        yield row, {**state, SHOWN: levels}, levels
