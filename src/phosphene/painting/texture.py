"""What is done to a moved picture before it is repainted: sharpening and grain."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from phosphene.painting.noise import drawn

KERNEL = (0.25, 0.5, 0.25)  # binomial: the blur that one resample comes closest to


def sharpen(picture: torch.Tensor, amount: float) -> torch.Tensor:
    """Unsharp mask: the picture, and `amount` of what a small blur takes from it.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    amount : float
        0 leaves it.

    Returns
    -------
    Tensor
        Same shape and range.
    """
    if amount <= 0.0:
        return picture
    padded = F.pad(picture, (1, 1, 1, 1), mode="reflect")
    side, middle, _ = KERNEL
    across = side * (padded[..., :-2] + padded[..., 2:]) + middle * padded[..., 1:-1]
    blurred = side * (across[..., :-2, :] + across[..., 2:, :]) + middle * across[..., 1:-1, :]
    return (picture + amount * (picture - blurred)).clamp_(0.0, 1.0)


def grain(picture: torch.Tensor, deviation: float, seed: int) -> torch.Tensor:
    """Add seeded unit noise, drawn on the CPU so that it does not depend on the device.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    deviation : float
        Standard deviation; 0 leaves the picture.
    seed : int

    Returns
    -------
    Tensor
        Same shape and range.
    """
    if deviation <= 0.0:
        return picture
    # Another stream than the engine's, which draws from the seed itself.
    noise = drawn(picture.shape, seed ^ 0x9E3779B9, picture.device)
    return (picture + deviation * noise).clamp_(0.0, 1.0)
