"""Finished frames: graded, in 8 bits, and copied to the host while the next ones are painted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.painting.anchors import Anchor, SceneAnchors, is_held
from phosphene.painting.engine import DrawingEngine, Engine
from phosphene.painting.grading import grade
from phosphene.painting.inputs.overlays import Captions, Overlays
from phosphene.painting.loop import paint as pictures
from phosphene.painting.pictures import to_levels
from phosphene.painting.states import State
from phosphene.score.parts import Part
from phosphene.score.score import Score

Painted = tuple[int, State, torch.Tensor]
"""Row, state after it, and pixels (see `phosphene.painting.pictures.to_levels`) of a frame."""
# Devices that copy asynchronously, and the type of event that marks the end of a copy.
ASYNCHRONOUS: dict[str, Callable[[], Any]] = {"cuda": torch.cuda.Event}


def paint(score: Score, engine: Engine, *, hold: bool = True) -> Iterator[NDArray[np.uint8]]:
    """Paint every frame of a Score.

    Parameters
    ----------
    score : Score
    engine : Engine
        From `phosphene.load_engine`, or your own.
    hold : bool
        Hold the colours and the detail of each scene against drift, as strongly as the Score says.

    Yields
    ------
    np.ndarray, shape (height, width, 3), uint8
        RGB.
    """
    held = hold and is_held(score) and not isinstance(engine, DrawingEngine)
    anchors = SceneAnchors(score, engine) if held else []
    for _, _, frame in read_back(painted(score, engine, anchors), engine.device):
        yield frame.copy()


@torch.inference_mode()
def painted(
    score: Score,
    engine: Engine,
    anchors: Sequence[Anchor],
    after: tuple[int, State] | None = None,
    part: Part | None = None,
) -> Iterator[Painted]:
    """Paint every frame, graded, with overlays and captions, in 8 bits.

    Parameters are those of `phosphene.painting.loop.paint`.
    """
    captions, overlays = Captions(score, engine.device), Overlays(score, engine.device)
    for index, picture, state in pictures(score, engine, anchors, after, part):
        row = score.row(index)
        shown = overlays.over(grade(picture, row), row)
        yield index, state, to_levels(captions.over(shown, row.frame))


@torch.inference_mode()
def read_back(
    frames: Iterable[Painted], device: torch.device
) -> Generator[tuple[int, State, NDArray[np.uint8]]]:
    """Copy each frame to the host.

    On CUDA a frame is copied to page-locked memory, and read after the work of the next frame is
    queued. The device never waits for the host, and the host waits only for that copy. At most one
    frame is in flight, between two buffers. On the CPU nothing is copied.

    Parameters
    ----------
    frames : iterable of (int, dict of str to Tensor, Tensor)
        Rows, states, and pixels on `device`, as from `painted`.
    device : torch.device

    Yields
    ------
    (int, dict of str to Tensor, ndarray)
        Row, state, and the pixels on the host: uint8, shape (height, width, 3). On CUDA they are
        valid until the next frame is requested.
    """
    if device.type not in ASYNCHRONOUS:
        for row, state, levels in frames:
            yield row, state, levels.cpu().numpy()
        return
    buffers = [_Buffer(device), _Buffer(device)]
    before: tuple[int, State, _Buffer] | None = None
    for row, state, levels in frames:
        buffers.reverse()
        buffers[0].copy(levels)
        if before is not None:
            yield before[0], before[1], before[2].read()
        before = row, state, buffers[0]
    if before is not None:
        yield before[0], before[1], before[2].read()


class _Buffer:
    """Page-locked memory of the host for one frame."""

    def __init__(self, device: torch.device) -> None:
        self._event = ASYNCHRONOUS[device.type]()
        self._host: torch.Tensor | None = None

    def copy(self, levels: torch.Tensor) -> None:
        if self._host is None:
            self._host = _page_locked(levels.shape)
        self._host.copy_(levels, non_blocking=True)
        self._event.record()

    def read(self) -> NDArray[np.uint8]:
        assert self._host is not None
        self._event.synchronize()
        return self._host.numpy()


def _page_locked(shape: torch.Size) -> torch.Tensor:
    return torch.empty(shape, dtype=torch.uint8, pin_memory=True)
