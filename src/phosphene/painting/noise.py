"""Seeded noise: the same on every device, and fixed to the scene, so that it moves with the camera.

Noise that is fixed to the screen makes every frame a different picture: the model finds the same
shapes at the same places, wherever the camera has moved the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

import numba
import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from phosphene.painting.engine import Engine
    from phosphene.score.score import Score

CELLS = 4  # cells of the field along each side of a latent pixel
IN_VIEW = 0.6  # share of the field's cells in view below which the field is replaced by the view
APART = (5, 13)  # cells between the noises of two steps of one frame
SPLIT = 0x5DEECE66D  # between the seeds that renew the field and those that split its cells
LEVELS = 4096
# The values of new cells: normal quantiles, scaled to unit variance. Sums of cells are normal.
_quantiles = np.array([NormalDist().inv_cdf((k + 0.5) / LEVELS) for k in range(LEVELS)])
NORMAL = (_quantiles / _quantiles.std()).astype(np.float32)
LEVEL = np.uint64(LEVELS - 1)

Cells = NDArray[np.float32]


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
        On the device.
    """
    generator = torch.Generator().manual_seed(seed)
    return to_device(torch.randn(tuple(shape), generator=generator), device)


def to_device(noise: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Copy noise to the device without waiting for it.

    CUDA copies from page-locked memory: a copy of more than 64 KiB from other memory would wait for
    all queued work.
    """
    if device.type == "cuda":
        noise = noise.pin_memory()
    return noise.to(device, non_blocking=True)


class SceneNoise:
    """White noise that is fixed to the scene: it moves with the camera, and is partly renewed.

    The noise is a field of cells on a torus, `CELLS` to each side of a latent pixel. Each frame
    samples the cells through the camera's homography, and sums those of each latent pixel. A cell
    that is sampled n times, as when zooming in, is split into n independent parts whose mean is
    that of the cell: the Brownian bridge of Deng et al., "Infinite-Resolution Integral Noise
    Warping" (ICLR 2025). So the noise of every frame is white and has unit variance for any motion.
    The idea is that of Chang et al., "How I Warped Your Noise" (ICLR 2024).

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of the latents.
    size : tuple of int
        Width and height of the picture in px.
    seed : int
        Seed of the first picture, with whose noise the field begins.
    """

    def __init__(self, shape: tuple[int, int, int], size: tuple[int, int], seed: int) -> None:
        self._shape, self._seed = shape, seed
        self._scales = CELLS * shape[2] / size[0], CELLS * shape[1] / size[1]
        # Shape (height, width, channels); None while the noise is that of `drawn` with the seed.
        self._field: Cells | None = None
        self._place = np.eye(3)

    @classmethod
    def of(cls, engine: Engine, score: Score, seed: int) -> SceneNoise | None:
        """The noise for an engine's latents; None if the engine does not take any."""
        shape = getattr(engine, "noise_shape", None)
        return None if shape is None else cls(shape, (score.width, score.height), seed)

    def move(self, matrix: NDArray[np.float64], renewal: float, seed: int) -> None:
        """Move the field by one step of the camera, and renew a share of its variance.

        Parameters
        ----------
        matrix : ndarray, shape (3, 3)
            From `phosphene.painting.step.step_matrix`.
        renewal : float
            0 to 1. The correlation with the noise before is sqrt(1 - renewal). At 1 the noise is
            that of `drawn` with this seed.
        seed : int
            The frame's.
        """
        if renewal >= 1.0:
            self._field, self._place = None, np.eye(3)
        else:
            field = self._laid_out() if self._field is None else self._field
            if renewal > 0.0:
                field = _mixed(field, np.sqrt(1.0 - renewal), np.sqrt(renewal), _key(seed))
            self._field = field
            self._place = matrix @ self._place
            self._place = self._place / self._place[2, 2]
        self._seed = seed

    def seen(self, count: int = 1) -> torch.Tensor:
        """The noise of this frame, on the CPU.

        Parameters
        ----------
        count : int
            Number of steps, each with its own noise.

        Returns
        -------
        Tensor, float32, shape (count, channels, height, width)
        """
        channels, height, width = self._shape
        if self._field is None:
            return drawn((count, channels, height, width), self._seed, torch.device("cpu"))
        field = self._field
        sources, reads = _sources(self._back(), *field.shape[:2])
        in_view = np.count_nonzero(reads)
        replaces = in_view < IN_VIEW * reads.size
        sums = np.zeros((count, height, width, channels), np.float32)
        for k in range(count):
            # On the torus, a shifted field is different noise that moves in the same way.
            shifted = np.roll(field, (k * APART[0], k * APART[1]), axis=(0, 1)) if k else field
            view = np.empty_like(field) if k == 0 and replaces else field[:0]
            _sample(shifted, sources, reads, _key(self._seed + SPLIT * (k + 1)), sums[k], view)
            if len(view):
                self._field, self._place = view, np.eye(3)
        return torch.from_numpy(sums).permute(0, 3, 1, 2).contiguous().div_(CELLS)

    @property
    def state(self) -> dict[str, torch.Tensor]:
        """Everything that the following frames depend on, for a checkpoint."""
        state = {"noise_seed": torch.tensor(self._seed)}
        if self._field is not None:
            state["noise"] = torch.from_numpy(self._field)
            state["noise_place"] = torch.from_numpy(self._place)
        return state

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Continue from the state of an earlier run, unless its field has another shape."""
        channels, height, width = self._shape
        field, seed = state.get("noise"), state.get("noise_seed")
        if seed is None or field is None:
            self._field, self._seed = None, self._seed if seed is None else int(seed)
        elif field.shape == (CELLS * height, CELLS * width, channels):
            self._field, self._seed = field.numpy(), int(seed)
            self._place = state["noise_place"].numpy()

    def _laid_out(self) -> Cells:
        """A new field, whose sums are the noise of `drawn`."""
        channels, height, width = self._shape
        sums = drawn((1, *self._shape), self._seed, torch.device("cpu"))[0].numpy()
        blank = np.zeros((height, CELLS, width, CELLS, channels), np.float32)
        cells: Cells = _mixed(blank, 0.0, 1.0, _key(self._seed))
        means = cells.mean((1, 3), keepdims=True)
        cells += (sums.transpose(1, 2, 0) / CELLS)[:, None, :, None] - means
        return cells.reshape(CELLS * height, CELLS * width, channels)

    def _back(self) -> NDArray[np.float64]:
        """Maps a cell of this frame to its place in the field; the centres are at integers."""
        to_cells = np.diag([*self._scales, 1.0])
        to_cells[:2, 2] = 0.5 * (to_cells.diagonal()[:2] - 1.0)
        return np.asarray(to_cells @ np.linalg.inv(self._place) @ np.linalg.inv(to_cells))


def _key(seed: int) -> np.uint64:
    """The start of a seed's own stream of words."""
    return np.uint64(seed * 0xD1342543DE82EF95 & (1 << 64) - 1)


@numba.njit(inline="always")
def _word(key, index):  # type: ignore[no-untyped-def]
    """64 random bits: SplitMix64, whose state after `index` steps is known.

    Steele et al., "Fast splittable pseudorandom number generators" (2014).
    """
    word = key + np.uint64(index + 1) * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@numba.njit(nogil=True, cache=True)
def _mixed(field, keep, add, key):  # type: ignore[no-untyped-def]
    """A field times `keep`, plus `add` times new noise: four cells for each word."""
    mixed = np.empty(field.shape, np.float32)
    old, new = field.ravel(), mixed.reshape(field.size)
    keep, add = np.float32(keep), np.float32(add)
    for i in range(0, field.size, 4):
        word = _word(key, i)
        for k in range(i, i + 4):
            new[k] = keep * old[k] + add * NORMAL[word & LEVEL]
            word >>= np.uint64(16)
    return mixed


@numba.njit(nogil=True, cache=True, error_model="numpy")
def _sources(back, height, width):  # type: ignore[no-untyped-def]
    """The source of each cell of the view, and how often each cell of the field is a source."""
    sources = np.empty(height * width, np.int32)
    reads = np.zeros(height * width, np.int32)
    leaning = back[2, 0] != 0.0 or back[2, 1] != 0.0
    depth = back[2, 2]
    for y in range(height):
        for x in range(width):
            if leaning:
                depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            from_x = np.floor((back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth + 0.5)
            from_y = np.floor((back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth + 0.5)
            if not (0.0 <= from_x < width and 0.0 <= from_y < height):
                from_x -= width * np.floor(from_x / width)
                from_y -= height * np.floor(from_y / height)
            # Near the horizon the place exceeds what a float can represent.
            inside = 0.0 <= from_x < width and 0.0 <= from_y < height
            source = np.int32(from_y) * width + np.int32(from_x) if inside else y * width + x
            sources[y * width + x] = source
            reads[source] += 1
    return sources, reads


@numba.njit(nogil=True, cache=True)
def _sample(field, sources, reads, key, sums, view):  # type: ignore[no-untyped-def]
    """Sum the sampled cells of each latent pixel, and keep them in `view` unless it is empty."""
    height, width, channels = field.shape
    cells = field.reshape(height * width, channels)
    left = reads.copy()
    rest = np.empty_like(cells)  # sum of the parts of a split cell that are left
    for y in range(height):
        for x in range(width):
            i = y * width + x
            source = sources[i]
            parts = left[source]
            total = sums[y // CELLS, x // CELLS]
            if reads[source] == 1:
                for c in range(channels):
                    total[c] += cells[source, c]
                    if len(view):
                        view[y, x, c] = cells[source, c]
                continue
            if parts == reads[source]:
                scale = np.float32(np.sqrt(np.float32(parts)))
                for c in range(channels):
                    rest[source, c] = scale * cells[source, c]
            # One of n parts with a given sum is normal with mean sum / n and variance 1 - 1 / n.
            share = np.float32(1.0) / np.float32(parts)
            deviation = np.sqrt(np.float32(1.0) - share)
            word = np.uint64(0)
            for c in range(channels):
                if c & 3 == 0:
                    word = _word(key, i * channels + c)
                part = share * rest[source, c] + deviation * NORMAL[word & LEVEL]
                word >>= np.uint64(16)
                rest[source, c] -= part
                total[c] += part
                if len(view):
                    view[y, x, c] = part
            left[source] -= 1
