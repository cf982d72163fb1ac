"""Canny edges on tensors, on any device, without a copy to the host."""

from __future__ import annotations

import torch
from torch.nn import functional

LOW, HIGH = 100.0, 200.0  # of 8-bit gradients: the thresholds of ControlNet's training pictures
REACH = 64  # maximum px from a weak pixel along the edge to a strong one
NARROW = 0.41421356  # tangent of 22.5 degrees


def canny(picture: torch.Tensor) -> torch.Tensor:
    """The edges of a picture, as OpenCV's `Canny` finds them in 8 bits.

    J. Canny, "A Computational Approach to Edge Detection", IEEE PAMI 8(6), 1986. Weak edges are
    kept within `REACH` of a strong pixel, along the edge.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1

    Returns
    -------
    Tensor
        Same shape: 1 on edges and 0 elsewhere.
    """
    levels = functional.pad((picture * 255.0).round(), (1, 1, 1, 1), mode="replicate")
    left, right = levels[..., :-2], levels[..., 2:]
    across = (right - left)[..., :-2, :] + 2 * (right - left)[..., 1:-1, :]
    across = across + (right - left)[..., 2:, :]
    up, down = levels[..., :-2, :], levels[..., 2:, :]
    along = (down - up)[..., :-2] + 2 * (down - up)[..., 1:-1] + (down - up)[..., 2:]
    strength, channel = (across.abs() + along.abs()).max(1, keepdim=True)
    across, along = across.gather(1, channel), along.gather(1, channel)
    around = functional.pad(strength, (1, 1, 1, 1))
    height, width = picture.shape[-2:]

    def at(y: int, x: int) -> torch.Tensor:
        return around[..., 1 + y : 1 + y + height, 1 + x : 1 + x + width]

    steep = along.abs()
    flat = across.abs()
    same = (across < 0) == (along < 0)
    ridge = torch.where(
        steep < NARROW * flat,
        (strength > at(0, -1)) & (strength >= at(0, 1)),
        torch.where(
            NARROW * steep > flat,
            (strength > at(-1, 0)) & (strength >= at(1, 0)),
            torch.where(
                same,
                (strength > at(-1, -1)) & (strength > at(1, 1)),
                (strength > at(-1, 1)) & (strength > at(1, -1)),
            ),
        ),
    )
    weak = (ridge & (strength > LOW)).float()
    edges = (ridge & (strength > HIGH)).float()
    for _ in range(REACH):
        edges = functional.max_pool2d(edges, 3, 1, 1) * weak
    return edges.expand_as(picture)
