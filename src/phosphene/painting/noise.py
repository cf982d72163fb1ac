"""Seeded noise, the same on every device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import torch

MASK = 0xFFFFFFFF
Words = TypeVar("Words", int, torch.Tensor)


def drawn(shape: Sequence[int], seed: int, device: torch.device) -> torch.Tensor:
    """Normal noise, drawn on the CPU so that it does not depend on the device.

    Parameters
    ----------
    shape : sequence of int
    seed : int
    device : torch.device

    Returns
    -------
    Tensor, float32
        Of that shape, on the device.
    """
    generator = torch.Generator().manual_seed(seed)
    return to_device(torch.randn(tuple(shape), generator=generator), device)


def to_device(noise: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Noise on its way to the device, without waiting for it.

    CUDA copies from page-locked memory: from any other, a copy of more than 64 KiB waits for all
    the work that the device still has to do.
    """
    if device.type == "cuda":
        noise = noise.pin_memory()
    return noise.to(device, non_blocking=True)


def white(height: int, width: int, seed: int, device: torch.device) -> torch.Tensor:
    """Uniform noise of mean 0 and deviation 1: each pixel's number and the seed, hashed.

    Integer arithmetic only, so that it is the same to the bit everywhere. The hash is lowbias32 of
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
    words = _hashed((pixels + _hashed(seed & MASK) + _hashed(seed >> 32 & MASK)) & MASK)
    uniform = (words >> 8).float() * 2.0**-24  # 24 bits, which a float32 holds
    return ((uniform - 0.5) * 12.0**0.5).view(1, 1, height, width)


def _hashed(words: Words) -> Words:
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        words = (words ^ (words >> shift)) * factor & MASK
    return words ^ (words >> 16)
