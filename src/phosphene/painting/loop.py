"""The frame loop: each frame is the previous one, moved, held to its scene, and repainted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import torch

from phosphene.footage.motion import Map
from phosphene.painting.anchors import Anchor, hold, mix
from phosphene.painting.detail import grain, sharpen
from phosphene.painting.drawing import repainted
from phosphene.painting.engine import DrawingEngine, Engine
from phosphene.painting.inputs.guides import STRETCH, Guides
from phosphene.painting.inputs.opening import OpenInputs
from phosphene.painting.motion.camera import Camera, View, camera_of
from phosphene.painting.motion.noise import SceneNoise
from phosphene.painting.motion.step import Matrix
from phosphene.painting.pictures import read_image
from phosphene.painting.states import State, merged, needed, split, state_before
from phosphene.score.parts import Part
from phosphene.score.score import Row, Score


class Frame(NamedTuple):
    """A finished frame.

    `row` is its row in the Score; `picture` is float32, shape (1, 3, height, width), 0 to 1, on the
    engine's device; `state` is what `paint` needs to continue after it.
    """

    row: int
    picture: torch.Tensor
    state: State


@torch.inference_mode()  # of a generator, only while it runs
def paint(
    score: Score,
    engine: Engine,
    anchors: Sequence[Anchor] = (),
    after: tuple[int, State] | None = None,
    part: Part | None = None,
) -> Iterator[Frame]:
    """Paint every frame of a Score, scene by scene; dissolves are painted in both scenes.

    Parameters
    ----------
    score : Score
    engine : Engine
    anchors : sequence of Anchor, length n_prompts
        Target of each prompt's scene, applied with the Score's `colour_match` and `detail_match`;
        empty to hold nothing.
    after : tuple of int and State, optional
        Row and state of a frame of an earlier run; painting continues with the next one.
    part : Part, optional
        The part to paint; by default, all of the film.

    Yields
    ------
    Frame
    """
    part = Part.whole(score) if part is None else part
    begin, states = 0, {}
    if after is not None:
        saved = {name: torch.as_tensor(part) for name, part in after[1].items()}
        begin, states = after[0] + 1, split(score, after[0], saved)
    running: dict[int, Iterator[Frame]] = {}
    with OpenInputs(score, engine) as inputs:
        for i in part.painted[bisect_left(part.painted, begin) :]:
            running = {
                scene: running.get(scene)
                or paint_scene(
                    score, engine, scene, anchors, state_before(score, scene, i, states), inputs
                )
                for scene in part.seen(score, i)
            }
            frames = {scene: next(frames) for scene, frames in running.items()}
            states |= {scene: frame.state for scene, frame in frames.items()}
            states = needed(score, i, states)
            if score.seen(i)[0] not in part.scenes:  # a scene of this part dissolves in
                continue
            picture, *over = (frame.picture for frame in frames.values())
            for later in over:
                picture = torch.lerp(picture, later, score.share(i))
            yield Frame(i, picture, merged(score, i, states))


def paint_scene(
    score: Score,
    engine: Engine,
    scene: int,
    anchors: Sequence[Anchor] = (),
    after: tuple[int, State] | None = None,
    inputs: OpenInputs | None = None,
) -> Iterator[Frame]:
    """Paint the frames of one scene, in inference mode; parameters as of `paint`.

    Without `after` the scene starts from scratch: it depends only on the Score, its files and the
    engine.
    """
    span = score.span(scene)
    inputs = OpenInputs(score, engine) if inputs is None else inputs
    guides = inputs.guides
    if isinstance(engine, DrawingEngine):
        begin = span.start if after is None else after[0] + 1
        yield from _drawn(score, engine, scene, begin, guides)
        return
    noise = SceneNoise.of(engine, score, score.row(span.start, scene).seed)
    camera = camera_of(engine, score)
    if after is None:
        shown = painted = span.start
        picture = first_picture(score, engine, scene)
        picture = inputs.begun(picture, score.row(painted, scene), noise)
        here = camera.view(picture, painted)
        yield Frame(painted, picture, _state(painted, here, noise, camera))
    else:
        shown, state = after
        painted = int(state.get("painted", shown))
        picture = state["picture"].to(engine.device)
        here = camera.view(picture, painted, camera.restored(picture, state))
        if noise is not None:
            noise.restore(state)
    while painted < span.stop - 1:
        state = _state(painted, here, noise, camera)
        rows = _stretch(score, scene, painted, guides.moves)
        paths = list(accumulate(map(camera.step, rows), lambda path, step: step @ path))
        drifts = guides.drifts(rows)
        row, before = rows[-1], here
        if noise is not None:
            for each in rows:
                camera.move_noise(noise, each)
        if row.diffuses:
            moved = here.moved(paths[-1], guides.places(drifts[-1]))
            picture = kept = guides.mixed(moved.picture, row)
            if anchors:
                picture = hold(picture, mix(anchors, row.weights), row)
            picture = grain(sharpen(picture, row.sharpen), row.noise, row.seed)
            picture = engine.img2img(picture, row, *([] if noise is None else [noise]))
            if (share := inputs.masks.share(row, moved)) is not None:
                picture = torch.lerp(kept, picture, share)
            here = camera.view(picture, painted + len(rows), moved)
        skipped = _between(before, here, rows, paths, guides, drifts)
        for i, between in enumerate(skipped, painted + 1):
            if i == span.stop - 1:  # the end of the scene, from which another may continue
                state = _state(i, between, noise, camera)
            if i > shown:
                yield Frame(i, between.picture, state)
        painted += len(rows)
        if not row.diffuses:
            here = between
        else:
            yield Frame(painted, picture, _state(painted, here, noise, camera))


def _drawn(
    score: Score, engine: DrawingEngine, scene: int, begin: int, guides: Guides
) -> Iterator[Frame]:
    span = score.span(scene)
    for i in range(begin, span.stop):
        row = score.row(i, scene)
        picture = guides.mixed(engine.draw_moved(row), row)
        if repainted(score, row, i):
            picture = grain(sharpen(picture, row.sharpen), row.noise, row.seed)
            picture = engine.img2img(picture, row)
        yield Frame(i, picture, {"painted": torch.tensor(i), "picture": picture})


def first_picture(score: Score, engine: Engine, scene: int = 0) -> torch.Tensor:
    """The user's image, or a picture that the engine paints from nearly pure noise."""
    image = score.scenes[scene].image if scene else score.image
    if image is None:
        return engine.first(score.row(score.span(scene).start, scene))
    return read_image(image, score.width, score.height).to(engine.device)


def _state(painted: int, view: View, noise: SceneNoise | None, camera: Camera) -> State:
    noise_state = {} if noise is None else noise.state
    return {
        "painted": torch.tensor(painted),
        "picture": view.picture,
        **camera.state(view),
        **noise_state,
    }


def _stretch(score: Score, scene: int, painted: int, guided: bool) -> list[Row]:
    """The rows after `painted` up to the next repaint; at most `STRETCH` if guides move pixels."""
    rows = []
    stop = score.span(scene).stop
    for i in range(painted + 1, min(stop, painted + 1 + STRETCH) if guided else stop):
        rows.append(score.row(i, scene))
        if rows[-1].diffuses:
            break
    return rows


def _between(
    before: View,
    after: View,
    rows: Sequence[Row],
    paths: Sequence[Matrix],
    guides: Guides,
    drifts: Sequence[Map | None],
) -> Iterator[View]:
    """The frames of a stretch that are not repainted: the view before them, moved.

    If the cadence skips their repaint, they fade into the next repainted frame along the camera's
    path. If strength or renewal rises in that frame, as on a beat, they do not, so that the change
    is not visible early.
    """
    skipped, last = rows[: len(rows) - rows[-1].diffuses], rows[-1]
    rises = any(row.strength < last.strength or row.renewal < last.renewal for row in skipped[-1:])
    fades = last.diffuses and not rises and all(row.strength > 0.0 for row in skipped)
    for i, path in enumerate(paths[: len(skipped)], 1):
        drift = drifts[i - 1]
        view = before.moved(path, guides.places(drift))
        if fades:
            left = guides.back(rows, i, drifts)
            back = after.moved(path @ np.linalg.inv(paths[-1]), guides.places(left))
            blended = torch.lerp(view.picture, back.picture, i / len(rows))
            view = replace(view, picture=blended)
        yield view
