"""Reading frames back from the device while the next ones are painted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.painting.loop import State

# Devices that paint on while their frames are copied, and what marks the end of a copy.
ASYNCHRONOUS: dict[str, Callable[[], Any]] = {"cuda": torch.cuda.Event}
Painted = tuple[int, State, torch.Tensor]  # row, state after it, uint8 frame


def read_back(
    painted: Iterable[Painted], device: torch.device
) -> Iterator[tuple[int, State, NDArray[np.uint8]]]:
    """Bring each finished frame to the host.

    On CUDA a frame is copied into page-locked memory, and read when the work of the next frame has
    been handed to the device: the device never waits for the host, and the host only for the end
    of that one copy. There are two buffers: one frame is in flight at most. On the CPU nothing is
    copied.

    Parameters
    ----------
    painted : iterable of (int, dict of str to Tensor, Tensor)
        Row, state (`phosphene.painting.loop`), and the frame from
        `phosphene.painting.pictures.to_levels`, on `device`.
    device : torch.device

    Yields
    ------
    (int, dict of str to Tensor, ndarray)
        Row, state, and the frame on the host: uint8, shape (height, width, 3); on CUDA it is
        valid until the next one is asked for.
    """
    if device.type not in ASYNCHRONOUS:
        for row, state, levels in painted:
            yield row, state, levels.cpu().numpy()
        return
    buffers = [_Buffer(device), _Buffer(device)]
    before: tuple[int, State, _Buffer] | None = None
    for row, state, levels in painted:
        buffers.reverse()
        buffers[0].take(levels)
        if before is not None:
            yield before[0], before[1], before[2].read()
        before = row, state, buffers[0]
    if before is not None:
        yield before[0], before[1], before[2].read()


class _Buffer:
    """A frame's place in page-locked memory of the host."""

    def __init__(self, device: torch.device) -> None:
        self._event = ASYNCHRONOUS[device.type]()
        self._host: torch.Tensor | None = None

    def take(self, levels: torch.Tensor) -> None:
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
