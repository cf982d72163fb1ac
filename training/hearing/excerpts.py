"""Random, augmented excerpts of the practice songs, which are kept in memory."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.hearing.paths import CACHE

FRAMES, BATCH = 1500, 4  # excerpts of 30 s
_STRETCH = 0.12  # maximum change of the tempo, as a logarithm


class Excerpts:
    """Excerpts of the songs of some of the chunks."""

    def __init__(self, chunks: slice) -> None:
        self.chunks, self.loaded = chunks, set[Path]()
        self.bands: list[np.ndarray] = []
        self.marks: list[np.ndarray] = []
        self.load_new()

    def load_new(self) -> None:
        """Load the songs made since the last call."""
        for path in sorted(CACHE.glob("songs-*[0-9].npz"))[self.chunks]:
            if path in self.loaded:
                continue
            self.loaded.add(path)
            chunk = np.load(path)
            bands, marks, ends = chunk["bands"], chunk["marks"], chunk["ends"]
            for begin, end in itertools.pairwise(ends):
                self.bands.append(bands[begin:end])
                self.marks.append(marks[begin:end])

    def excerpt(self, rng: np.random.Generator, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Bands and marks of `FRAMES` frames, with random tempo, gain, equalisation and noise."""
        if rng.random() < 0.02:
            return _silence(self.bands[index]), _silence(self.marks[index])
        bands, marks = self.bands[index], self.marks[index]
        start = int(rng.integers(-100, max(len(bands) - FRAMES + 100, 1)))
        rate = np.exp(rng.uniform(-_STRETCH, _STRETCH)) if rng.random() < 0.7 else 1.0
        rows = start + rate * np.arange(FRAMES)
        x, y = _interpolated(bands, rows), _interpolated(marks, rows)
        gain = rng.normal(0, 0.4) + np.interp(
            np.arange(x.shape[1]), [0, 27, 54, 80], rng.normal(0, 0.35, 4)
        )
        power = np.expm1(x) * np.exp(gain).astype(np.float32)
        if rng.random() < 0.3:  # noise floor
            power += np.float32(np.exp(rng.uniform(-2, 2)))
        if rng.random() < 0.4:  # transposition
            power = np.roll(power, int(rng.integers(-6, 7)), axis=1)
        if rng.random() < 0.3:  # missing bands
            power[:, (low := int(rng.integers(0, 81))) : low + int(rng.integers(4, 25))] = 0
        return np.log1p(power), y

    def batch(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """A batch of excerpts: bands (n, FRAMES, 81), and marks (n, FRAMES, 2)."""
        pairs = [self.excerpt(rng, int(i)) for i in rng.integers(0, len(self.bands), BATCH)]
        return tuple(torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))


def _silence(like: np.ndarray) -> np.ndarray:
    return np.zeros((FRAMES, like.shape[1]), np.float32)


def _interpolated(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`values` linearly interpolated at fractional rows; zero outside the song."""
    first = np.floor(rows).astype(int)
    share = (rows - first).astype(np.float32)[:, None]
    inside = ((first >= 0) & (first < len(values)))[:, None]
    low, high = (
        values[np.clip(at, 0, len(values) - 1)].astype(np.float32) for at in (first, first + 1)
    )
    return np.where(inside, (1 - share) * low + share * high, np.float32(0))
