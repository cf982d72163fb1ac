"""The kernel that pictures are resampled with: eight taps, sharp enough to be used every frame.

A picture in a feedback loop is resampled thousands of times, so a kernel's gain is raised to that
power: below 1 the detail goes, above 1 it grows into ringing. At a quarter cycle per pixel and half
a pixel of shift the usual cubic (a = -0.75) has 0.972, and 1.029 at an eighth; this one has 0.9977,
and nowhere more than 1.0008.
"""

from __future__ import annotations

import torch

TAPS = 8
BEFORE = TAPS // 2 - 1  # taps before the pixel that the position lies in, or at
BEHIND = TAPS // 2
BETA = 6.4  # of the Kaiser window: lower loses less and rings more
PHASES = 256


def weights(phase: torch.Tensor) -> torch.Tensor:
    """A sinc under a Kaiser window, of unit sum.

    Parameters
    ----------
    phase : Tensor, any shape, 0 to 1
        How far a position lies behind its pixel, in px.

    Returns
    -------
    Tensor, shape (*phase.shape, TAPS)
        The weight of each pixel from `BEFORE` before the position's own.
    """
    tap = torch.arange(TAPS, device=phase.device, dtype=phase.dtype) - BEFORE
    away = phase[..., None] - tap
    inside = (1.0 - (away * (2.0 / TAPS)) ** 2).clamp_min(0.0)
    lobes = torch.sinc(away) * torch.special.i0(BETA * inside.sqrt())
    return lobes / lobes.sum(-1, keepdim=True)


def table() -> torch.Tensor:
    """The weights at `PHASES` + 1 phases from 0 to 1; float32, shape (PHASES + 1, TAPS).

    Between two phases they are linear to 2e-5.
    """
    return weights(torch.linspace(0.0, 1.0, PHASES + 1, dtype=torch.float64)).float()
