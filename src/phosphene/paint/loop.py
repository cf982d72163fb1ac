"""The frame loop: each frame is the one before it, moved, held to its scene, and repainted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from phosphene.engines import DrawingEngine, Engine
from phosphene.paint.anchors import Anchor, hold, mixed
from phosphene.paint.pictures import read_image
from phosphene.paint.step import step_matrix
from phosphene.paint.texture import grain, sharpen
from phosphene.paint.warp import warp
from phosphene.score.score import Score


def first_picture(score: Score, engine: Engine) -> torch.Tensor:
    """The user's image, or a picture that the engine paints: near-full generation."""
    if score.image is None:
        return engine.first(score.row(0))
    return read_image(score.image, score.width, score.height).to(engine.device)


def paint(
    score: Score,
    engine: Engine,
    anchors: Sequence[Anchor] = (),
    after: tuple[int, torch.Tensor] | None = None,
) -> Iterator[torch.Tensor]:
    """Paint every frame of a Score.

    Parameters
    ----------
    score : Score
    engine : Engine
    anchors : sequence of Anchor, length n_prompts
        What the scene of each prompt is held to, as firmly as the Score says; empty to hold none.
    after : tuple of int and Tensor, optional
        Row and picture of a frame that an earlier run painted: goes on with the next one.

    Yields
    ------
    Tensor, float32, shape (1, 3, height, width), 0 to 1, on the engine's device
    """
    with torch.inference_mode():
        if after is None:
            done, picture = 0, first_picture(score, engine)
            yield picture
        else:
            done, picture = after[0], after[1].to(engine.device)
        for i in range(done + 1, len(score)):
            row = score.row(i)
            if isinstance(engine, DrawingEngine):
                picture = engine.draw(row)
            else:
                picture = warp(picture, step_matrix(row, score.width, score.height))
            if anchors and row.diffuses:  # what is not repainted would show the grain
                picture = hold(picture, mixed(anchors, row.weights), row)
            picture = grain(sharpen(picture, row.sharpen), row.noise, row.seed)
            if row.diffuses:
                picture = engine.img2img(picture, row)
            yield picture
