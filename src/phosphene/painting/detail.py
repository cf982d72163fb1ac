"""Detail: matching the scene's fine structure, sharpening and grain.

Every resample and every pass through a VAE loses some detail; comparing band energies shows how
much.
"""

from __future__ import annotations

from typing import TypeVar

import torch
import torch.nn.functional as F

from phosphene.painting.motion.noise import seeded_noise

BINOMIAL = (0.25, 0.5, 0.25)
SPACINGS = (1, 2)  # px between the taps of each blur: bands around 1/3 and 1/6 cycle per pixel
MAX_GAIN = 1.3  # of a band per frame; the smallest gain is its inverse
GRAIN = 0.02  # maximum deviation of the noise that replaces what a gain cannot restore
FLOOR = 1e-4  # deviation below which there is nothing to amplify
MASK = 0xFFFFFFFF
Words = TypeVar("Words", int, torch.Tensor)


def bands(picture: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Split a picture into undecimated wavelet bands, the finest first, and the rest.

    The "algorithme a trous" of Holschneider et al. (1989): the taps of each blur are twice as far
    apart.

    Parameters
    ----------
    picture : Tensor, shape (1, channels, height, width)

    Returns
    -------
    list of Tensor, and Tensor
        They add up to the picture.
    """
    fine = []
    for spacing in SPACINGS:
        softer = _blurred(picture, spacing)
        fine.append(picture - softer)
        picture = softer
    return fine, picture


def detail_of(lightness: torch.Tensor) -> torch.Tensor:
    """Deviation of each band of a lightness (1, 1, height, width); shape (n_bands,)."""
    return _deviations(bands(lightness)[0])


def hold_detail(
    lightness: torch.Tensor, anchor: torch.Tensor, share: float, seed: int
) -> torch.Tensor:
    """Move the energy of the fine bands of lightness a share of the way to an anchor's.

    Each band is amplified or attenuated within `MAX_GAIN`. A remaining deficit is added as noise in
    that band, which the engine turns into detail. Does not synchronise with the device.

    Parameters
    ----------
    lightness : Tensor, float32, shape (1, 1, height, width)
        In OKLab: detail is visible mainly in lightness.
    anchor : Tensor, shape (n_bands,)
        From `detail_of`.
    share : float
        0 leaves the picture unchanged.
    seed : int
        Seed of the frame's noise.

    Returns
    -------
    Tensor
        Same shape.
    """
    if share <= 0.0:
        return lightness
    fine, rest = bands(lightness)
    gain, added = detail_gains(_deviations(fine), anchor, share)
    height, width = lightness.shape[-2:]
    noise, _ = bands(white(height, width, seed, lightness.device))
    grain = added / _deviations(noise)
    for k, band in enumerate(fine):
        rest = rest + gain[k] * band + grain[k] * noise[k]
    return rest


def detail_gains(
    own: torch.Tensor, anchor: torch.Tensor, share: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """The gain of each band, and the deviation of the noise to add; shapes (n_bands,)."""
    gain = 1.0 + share * ((anchor / own.clamp_min(FLOOR)).clamp(1.0 / MAX_GAIN, MAX_GAIN) - 1.0)
    missing = (anchor**2 - (gain * own) ** 2).clamp_min(0.0).sqrt()
    return gain, (share * missing).clamp_max(GRAIN)


def _deviations(found: list[torch.Tensor]) -> torch.Tensor:
    return torch.stack([band.square().mean().sqrt() for band in found])


def _blurred(picture: torch.Tensor, spacing: int) -> torch.Tensor:
    side, middle, _ = BINOMIAL
    padded = F.pad(picture, (spacing,) * 4, mode="reflect")
    inner = slice(spacing, -spacing)
    near, far = slice(None, -2 * spacing), slice(2 * spacing, None)
    across = side * (padded[..., near] + padded[..., far]) + middle * padded[..., inner]
    return side * (across[..., near, :] + across[..., far, :]) + middle * across[..., inner, :]


def sharpen(picture: torch.Tensor, amount: float) -> torch.Tensor:
    """Unsharp mask: add `amount` times what a small blur removes.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    amount : float
        0 leaves the picture unchanged.

    Returns
    -------
    Tensor
        Same shape and range.
    """
    if amount <= 0.0:
        return picture
    # The binomial blur is close to that of a resample.
    return (picture + amount * (picture - _blurred(picture, 1))).clamp_(0.0, 1.0)


def grain(picture: torch.Tensor, deviation: float, seed: int) -> torch.Tensor:
    """Add seeded normal noise, drawn on the CPU so that it does not depend on the device.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    deviation : float
        Standard deviation; 0 leaves the picture unchanged.
    seed : int

    Returns
    -------
    Tensor
        Same shape and range.
    """
    if deviation <= 0.0:
        return picture
    # A different stream from the engine's, which uses the seed itself.
    noise = seeded_noise(picture.shape, seed ^ 0x9E3779B9, picture.device)
    return (picture + deviation * noise).clamp_(0.0, 1.0)


def white(height: int, width: int, seed: int, device: torch.device) -> torch.Tensor:
    """Uniform noise of mean 0 and deviation 1: a hash of the seed and each pixel's index.

    The hash uses integers only, so it is the same to the bit on every device: lowbias32 of
    Wellons, "Prospecting for hash functions" (2018).

    Parameters
    ----------
    height, width : int
        px.
    seed : int
    device : torch.device

    Returns
    -------
    Tensor, float32, shape (1, 1, height, width)
    """
    pixels = torch.arange(height * width, device=device, dtype=torch.int64)
    words = _hashed((pixels + hash_start(seed)) & MASK)
    uniform = (words >> 8).float() * 2.0**-24  # 24 bits fit into a float32
    noise: torch.Tensor = ((uniform - 0.5) * 12.0**0.5).view(1, 1, height, width)
    return noise


def hash_start(seed: int) -> int:
    """The word of the first pixel of a seed's noise, before it is hashed."""
    return _hashed(seed & MASK) + _hashed(seed >> 32 & MASK) & MASK


def _hashed(words: Words) -> Words:
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        words = (words ^ (words >> shift)) * factor & MASK
    return words ^ (words >> 16)
