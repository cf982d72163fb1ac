"""Colour: OKLab, and matching a picture to its scene.

OKLab is a perceptually uniform space of lightness and two opponent axes: Ottosson, "A perceptual
color space for image processing" (2020). sRGB is IEC 61966-2-1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
MAX_CHANGE = 0.25  # of the deviation per frame over all axes, so that noise is not coloured
FLOOR = 0.005  # deviation in OKLab below which a picture counts as flat or grey
TINY = 1e-12
# Precision of the small matrices: two eigenvalues of a picture with two colours nearly vanish.
PRECISION = {"mps": torch.float32}  # Metal has no float64


@dataclass(frozen=True)
class Palette:
    """Mean and covariance of a picture's colours in OKLab; shapes (3, 1) and (3, 3)."""

    mean: torch.Tensor
    covariance: torch.Tensor

    @classmethod
    def of(cls, lab: torch.Tensor) -> Palette:
        """The palette of a picture in OKLab, shape (1, 3, height, width)."""
        colours = lab[0].flatten(1)
        mean = colours.mean(1, keepdim=True)
        centred = colours - mean
        return cls(mean, centred @ centred.T / colours.shape[1])


def hold_colour(lab: torch.Tensor, anchor: Palette, share: float) -> torch.Tensor:
    """Move a picture's palette a share of the way to an anchor.

    The linear transfer of Pitié and Kokaram, "The linear Monge-Kantorovitch linear colour mapping
    for example-based colour transfer" (2007), in OKLab with each axis in units of its deviation.
    Does not synchronise with the device.

    Parameters
    ----------
    lab : Tensor, float32, shape (1, 3, height, width)
        A picture in OKLab.
    anchor : Palette
    share : float
        0 leaves the picture unchanged; 1 gives it the anchor's mean, and its covariance within
        `MAX_CHANGE`.

    Returns
    -------
    Tensor
        Same shape.
    """
    if share <= 0.0:
        return lab
    change, towards = colour_map(Palette.of(lab), anchor, share)
    matched: torch.Tensor = lab + (change @ lab[0].flatten(1) + towards).view(lab.shape)
    return matched


def colour_map(own: Palette, anchor: Palette, share: float) -> tuple[torch.Tensor, torch.Tensor]:
    """What `hold_colour` adds to each colour: a linear map, shape (3, 3), and an offset, (3, 1)."""
    device, dtype = own.mean.device, own.mean.dtype
    precision = PRECISION.get(device.type, torch.float64)
    floor = torch.eye(3, device=device, dtype=precision) * FLOOR**2
    here, there = own.covariance.to(precision) + floor, anchor.covariance.to(precision) + floor
    deviation = here.diagonal().sqrt()
    units = deviation[:, None] * deviation
    change = transfer(here / units, there / units)
    change = change * (MAX_CHANGE / change.norm()).clamp_max(1.0)
    change = (share * change * (deviation[:, None] / deviation)).to(dtype)
    return change, share * (anchor.mean - own.mean) - change @ own.mean


def transfer(own: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """The Monge-Kantorovich map between two covariances, minus the identity.

    The map is own^-1 (own wanted)^1/2: of all linear maps from one covariance to the other, the one
    that moves colours least. The root of a 3 x 3 matrix has a closed form in its eigenvalues (Hoger
    and Carlson, "Determination of the stretch and rotation", 1984), and these in its invariants.

    Parameters
    ----------
    own, wanted : Tensor, shape (3, 3), positive definite

    Returns
    -------
    Tensor, shape (3, 3), symmetric
    """
    adjugate, det_own = _cofactors(own)
    _, det_wanted = _cofactors(wanted)
    both = own @ wanted
    trace = both.trace()
    # The eigenvalues of `both`, by trigonometry; their roots are the eigenvalues of its root.
    minors = 0.5 * (trace**2 - (both @ both).trace())
    radius = (trace**2 - 3.0 * minors).clamp_min(TINY).sqrt()
    cosine = trace**3 - 4.5 * trace * minors + 13.5 * det_own * det_wanted
    angle = (cosine / radius**3).clamp(-1.0, 1.0).acos() / 3.0
    thirds = [(angle + 2.0 * math.pi * k / 3.0).cos() for k in range(3)]
    values = (trace + 2.0 * radius * torch.stack(thirds)) / 3.0
    roots = values.clamp_min(TINY).sqrt()
    first = roots.sum()
    second = 0.5 * (first**2 - trace)
    ratio = (det_wanted / det_own).clamp_min(TINY).sqrt()
    root = first * ratio * adjugate + (first**2 - second) * wanted - wanted @ own @ wanted
    return root / (first - roots).prod() - torch.eye(3, device=own.device, dtype=own.dtype)


def _cofactors(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cofactors, the adjugate of a symmetric matrix, and determinant."""
    cofactors = torch.linalg.cross(matrix.roll(-1, 0), matrix.roll(-2, 0))
    return cofactors, (matrix[0] * cofactors[0]).sum()


def to_oklab(picture: torch.Tensor) -> torch.Tensor:
    """Convert a picture to OKLab.

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
    return _transformed(_transformed(linear, CONES) ** (1.0 / 3.0), OPPONENTS)


def from_oklab(lab: torch.Tensor) -> torch.Tensor:
    """Convert a picture from OKLab to sRGB, 0 to 1; colours outside the gamut are clamped."""
    linear = _transformed(_transformed(lab, FROM_OPPONENTS) ** 3, FROM_CONES).clamp_(0.0, 1.0)
    toe = linear * 12.92
    return torch.where(linear > 0.0031308, 1.055 * linear ** (1.0 / 2.4) - 0.055, toe)


def _transformed(picture: torch.Tensor, matrix: NDArray[np.float64]) -> torch.Tensor:
    # Python numbers are passed as kernel arguments, without a copy to the device.
    one, two, three = picture[:, 0], picture[:, 1], picture[:, 2]
    rows = [(a * one).add_(two, alpha=b).add_(three, alpha=c) for a, b, c in matrix.tolist()]
    return torch.stack(rows, 1)
