"""OKLab: colour as lightness and two opponent hues, even to the eye, on any device.

Ottosson, "A perceptual color space for image processing" (2020); sRGB is IEC 61966-2-1.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # from linear sRGB  # fmt: skip
OPPONENTS = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # from the cube roots of the cones  # fmt: skip
FROM_CONES, FROM_OPPONENTS = np.linalg.inv(CONES), np.linalg.inv(OPPONENTS)


def to_oklab(picture: torch.Tensor) -> torch.Tensor:
    """A picture in OKLab.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
        sRGB.

    Returns
    -------
    Tensor, same shape
        Lightness from 0 to 1, green to red and blue to yellow from about -0.3 to 0.3.
    """
    toe = picture * (1.0 / 12.92)
    linear = torch.where(picture > 0.04045, ((picture + 0.055) / 1.055) ** 2.4, toe)
    return _turned(_turned(linear, CONES) ** (1.0 / 3.0), OPPONENTS)


def from_oklab(lab: torch.Tensor) -> torch.Tensor:
    """A picture in sRGB, 0 to 1, of one in OKLab; what no screen can show is clamped."""
    linear = _turned(_turned(lab, FROM_OPPONENTS) ** 3, FROM_CONES).clamp_(0.0, 1.0)
    toe = linear * 12.92
    return torch.where(linear > 0.0031308, 1.055 * linear ** (1.0 / 2.4) - 0.055, toe)


def _turned(picture: torch.Tensor, matrix: NDArray[np.float64]) -> torch.Tensor:
    # Python numbers go in with the kernels: no copy to the device.
    one, two, three = picture[:, 0], picture[:, 1], picture[:, 2]
    rows = [(a * one).add_(two, alpha=b).add_(three, alpha=c) for a, b, c in matrix.tolist()]
    return torch.stack(rows, 1)
