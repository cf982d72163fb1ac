"""The frame loop: each frame is the previous one, moved, held to its scene, and repainted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import torch

from phosphene.painting.anchors import Anchor, hold, mixed
from phosphene.painting.detail import grain, sharpen
from phosphene.painting.engine import DrawingEngine, Engine
from phosphene.painting.noise import SceneNoise
from phosphene.painting.pictures import read_image
from phosphene.painting.step import Matrix, step_matrix
from phosphene.painting.warp import warp
from phosphene.score.score import Row, Score

State = Mapping[str, torch.Tensor]
"""What the next frames depend on: the last repainted `picture`, its row, and the noise."""


class Frame(NamedTuple):
    """A finished frame.

    `row` is its row in the Score; `picture` is float32, shape (1, 3, height, width), 0 to 1, on the
    engine's device; `state` is what `paint` needs to continue after it.
    """

    row: int
    picture: torch.Tensor
    state: State


def paint(
    score: Score,
    engine: Engine,
    anchors: Sequence[Anchor] = (),
    after: tuple[int, State] | None = None,
) -> Iterator[Frame]:
    """Paint every frame of a Score.

    Parameters
    ----------
    score : Score
    engine : Engine
    anchors : sequence of Anchor, length n_prompts
        Target of each prompt's scene, applied as firmly as the Score says; empty to hold nothing.
    after : tuple of int and State, optional
        Row and state of a frame of an earlier run; painting continues with the next one.

    Yields
    ------
    Frame
    """
    if isinstance(engine, DrawingEngine):
        yield from _drawn(score, engine, 0 if after is None else after[0] + 1)
        return
    with torch.inference_mode():
        noise = SceneNoise.of(engine, score)
        if after is None:
            shown, painted, picture = 0, 0, first_picture(score, engine)
            yield Frame(0, picture, _state(painted, picture, noise))
        else:
            shown, state = after
            painted = int(state.get("painted", shown))
            picture = state["picture"].to(engine.device)
            if noise is not None:
                noise.restore(state)
        while painted < len(score) - 1:
            state = _state(painted, picture, noise)
            rows, steps = _stretch(score, painted)
            paths = list(accumulate(steps, lambda path, step: step @ path))
            row, before = rows[-1], picture
            if noise is not None:
                for each, step in zip(rows, steps, strict=True):
                    noise.move(step, each.renewal, each.seed)
            if row.diffuses:
                picture = warp(picture, paths[-1])
                if anchors:
                    picture = hold(picture, mixed(anchors, row.weights), row)
                picture = grain(sharpen(picture, row.sharpen), row.noise, row.seed)
                picture = engine.img2img(picture, row, *([] if noise is None else [noise]))
            for i, between in enumerate(_between(before, picture, rows, paths), painted + 1):
                if i > shown:
                    yield Frame(i, between, state)
            painted += len(rows)
            if row.diffuses:
                yield Frame(painted, picture, _state(painted, picture, noise))


def _drawn(score: Score, engine: DrawingEngine, first: int) -> Iterator[Frame]:
    with torch.inference_mode():
        for i in range(first, len(score)):
            row = score.row(i)
            picture = engine.draw_moved(row)
            if i > 0 and row.diffuses:
                picture = grain(sharpen(picture, row.sharpen), row.noise, row.seed)
                picture = engine.img2img(picture, row)
            yield Frame(i, picture, _state(i, picture, None))


def first_picture(score: Score, engine: Engine) -> torch.Tensor:
    """The user's image, or a picture that the engine paints from nearly pure noise."""
    if score.image is None:
        return engine.first(score.row(0))
    return read_image(score.image, score.width, score.height).to(engine.device)


def _state(painted: int, picture: torch.Tensor, noise: SceneNoise | None) -> State:
    noise_state = {} if noise is None else noise.state
    return {"painted": torch.tensor(painted), "picture": picture, **noise_state}


def _stretch(score: Score, painted: int) -> tuple[list[Row], list[Matrix]]:
    """The rows after `painted` up to the next repaint, and the camera's step to each."""
    rows, steps = [], []
    for i in range(painted + 1, len(score)):
        rows.append(score.row(i))
        steps.append(step_matrix(rows[-1], score.width, score.height))
        if rows[-1].diffuses:
            break
    return rows, steps


def _between(
    before: torch.Tensor, after: torch.Tensor, rows: Sequence[Row], paths: Sequence[Matrix]
) -> Iterator[torch.Tensor]:
    """The frames of a stretch that are not repainted: the picture before them, moved.

    If the cadence skips their repaint, they fade into the next repainted frame along the camera's
    path. If strength or renewal rises with that frame, as on a beat, nothing of it is shown early.
    """
    skipped, last = rows[: len(rows) - rows[-1].diffuses], rows[-1]
    rises = any(row.strength < last.strength or row.renewal < last.renewal for row in skipped[-1:])
    fades = last.diffuses and not rises and all(row.strength > 0.0 for row in skipped)
    for i, path in enumerate(paths[: len(skipped)], 1):
        frame = warp(before, path)
        if fades:
            back = warp(after, path @ np.linalg.inv(paths[-1]))
            frame = torch.lerp(frame, back, i / len(rows))
        yield frame
