"""Colour match: the feedback loop's colours are held to the scene's own, against drift and burn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from numpy.typing import NDArray

MOST_GAIN = (
    1.25  # one frame's contrast may be raised by this at most, so that noise is not blown up
)


@dataclass(frozen=True)
class Palette:
    """Mean and standard deviation of a picture's channels; tensors of shape (1, 3, 1, 1)."""

    mean: torch.Tensor
    deviation: torch.Tensor

    @classmethod
    def of(cls, picture: torch.Tensor) -> Palette:
        """The palette of a picture, shape (1, 3, height, width)."""
        deviation, mean = torch.std_mean(picture, dim=(2, 3), keepdim=True)
        return cls(mean, deviation)


def mixed(palettes: Sequence[Palette], weights: NDArray) -> Palette:
    """Palettes mixed by a frame's prompt weights, shape (n_prompts,), which add up to 1."""
    pairs = [(p, float(w)) for p, w in zip(palettes, weights, strict=True) if w > 0]
    mean = sum((w * p.mean for p, w in pairs[1:]), start=pairs[0][1] * pairs[0][0].mean)
    deviation = sum(
        (w * p.deviation for p, w in pairs[1:]), start=pairs[0][1] * pairs[0][0].deviation
    )
    return Palette(mean, deviation)


def hold_colour(picture: torch.Tensor, anchor: Palette, share: float) -> torch.Tensor:
    """Bring a picture's palette a share of the way to an anchor.

    The global colour transfer of Reinhard et al., "Color Transfer between Images" (2001), in RGB
    and as float; the anchor moves with the prompts, so that a scene keeps its own palette.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    anchor : Palette
    share : float
        0 leaves the picture, 1 gives it the anchor's mean and deviation.

    Returns
    -------
    Tensor
        Same shape and range.
    """
    own = Palette.of(picture)
    gain = (anchor.deviation / own.deviation.clamp_min(1e-4)).clamp(1.0 / MOST_GAIN, MOST_GAIN)
    gain = 1.0 + share * (gain - 1.0)
    mean = own.mean + share * (anchor.mean - own.mean)
    return ((picture - own.mean) * gain + mean).clamp_(0.0, 1.0)
