"""The state of each scene, and all of them merged into one for a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from phosphene.score.score import Score

State = Mapping[str, Any]
"""What the next frames depend on: the last repainted `picture`, its row, and the noise.

By name, as tensors; as NumPy arrays in a checkpoint, and of an engine that draws arrays.
"""


def state_before(
    score: Score, scene: int, i: int, states: Mapping[int, State]
) -> tuple[int, State] | None:
    """Row i - 1, and the state that a scene continues from; None if it starts from scratch."""
    if i > score.span(scene).start:
        # The scene may be missing from a checkpoint of another version of the project.
        return i - 1, states.get(scene, states[max(states)])
    origin = score.scenes[scene].origin
    if origin is None or origin not in states:
        return None
    return i - 1, {**states[origin], "painted": np.array(i - 1)}


def needed(score: Score, i: int, states: Mapping[int, State]) -> dict[int, State]:
    """The states that rows after row i need: of its scenes, and of scenes that return later."""
    return {
        scene: state
        for scene, state in states.items()
        if scene in score.seen(i)
        or any(
            later.origin == scene and score.span(index).start > i
            for index, later in enumerate(score.scenes)
        )
    }


def merged(score: Score, i: int, states: Mapping[int, State]) -> State:
    """One state after row i: that of the latest scene, and the others prefixed by their index."""
    latest = score.seen(i)[-1]
    others = {
        f"{scene}.{name}": part
        for scene, state in states.items()
        for name, part in state.items()
        if scene != latest
    }
    return {**states[latest], **others}


def split(score: Score, i: int, state: State) -> dict[int, State]:
    """The inverse of `merged`."""
    states: dict[int, dict[str, Any]] = {score.seen(i)[-1]: {}}
    for name, part in state.items():
        scene, dot, own = name.partition(".")
        index = int(scene) if dot and scene.isdecimal() else score.seen(i)[-1]
        states.setdefault(index, {})[own if dot else name] = part
    return dict(states)
