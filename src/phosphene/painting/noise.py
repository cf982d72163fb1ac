"""Seeded noise: the same on every device, and moving with the camera."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numba
import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from phosphene.painting.engine import Engine
    from phosphene.score.score import Score


CELLS = 4  # cells of the field along each side of a latent pixel
IN_VIEW = 0.6  # share of the field's cells in view below which it is laid out anew
APART = (5, 13)  # cells between the noises of two steps of one frame
SPLIT = 0x5DEECE66D  # keeps the noise that splits a cell apart from that which renews the field


class SceneNoise:
    """White noise that is fixed to the scene: it moves with the camera, and is renewed in part.

    The noise is a field of cells, `CELLS` to each side of a latent pixel, on a torus. Each frame
    reads the cells where its homography takes them from, and sums those of a latent pixel. A cell
    that is read n times, as when the camera moves in, is split into n independent parts whose mean
    is that of the cell: the Brownian bridge of Deng et al., "Infinite-Resolution Integral Noise
    Warping" (ICLR 2025). So every frame's noise is white and has unit variance, whatever the
    motion. The idea is that of Chang et al., "How I Warped Your Noise" (ICLR 2024).

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of the latents.
    size : tuple of int
        Width and height of the picture in px.
    seed : int
        Of the first picture, whose noise the field begins with.
    """

    def __init__(self, shape: tuple[int, int, int], size: tuple[int, int], seed: int) -> None:
        self._shape = shape
        self._scales = CELLS * shape[2] / size[0], CELLS * shape[1] / size[1]
        self._field, self._place = self._laid_out(seed), np.eye(3)
        self._seed = seed
        self._is_new = True  # as `drawn` gives it, nothing of it moved

    @classmethod
    def of(cls, engine: Engine, score: Score, seed: int) -> SceneNoise | None:
        """The noise for an engine's latents; None where the engine takes none."""
        shape = getattr(engine, "noise_shape", None)
        return None if shape is None else cls(shape, (score.width, score.height), seed)

    def move(self, matrix: NDArray[np.float64], renewal: float, seed: int) -> None:
        """Move the field by one step of the camera, and renew a share of it.

        Parameters
        ----------
        matrix : ndarray, shape (3, 3)
            From `phosphene.painting.warp.step_matrix`.
        renewal : float
            0 to 1. At 1 the noise is that of `drawn` with this seed.
        seed : int
            The frame's.
        """
        self._seed, self._is_new = seed, renewal >= 1.0
        if self._is_new:
            self._field, self._place = self._laid_out(seed), np.eye(3)
            return
        self._place = matrix @ self._place
        self._place = self._place / self._place[2, 2]
        if renewal > 0.0:
            fresh = _normal(self._field.shape, seed)
            self._field = np.sqrt(1.0 - renewal, dtype=np.float32) * self._field
            self._field += np.sqrt(renewal, dtype=np.float32) * fresh

    def seen(self, count: int = 1) -> torch.Tensor:
        """The noise of this frame, on the CPU.

        Parameters
        ----------
        count : int
            Of how many steps, each with noise of its own.

        Returns
        -------
        Tensor, float32, shape (count, channels, height, width)
        """
        channels, height, width = self._shape
        if self._is_new:
            return drawn((count, channels, height, width), self._seed, torch.device("cpu"))
        sources, reads = _sources(self._back(), *self._field.shape[1:])
        noises = []
        for k in range(count):
            # On the torus, a shifted field is another noise that moves in the same way.
            field = np.roll(self._field, (k * APART[0], k * APART[1]), axis=(1, 2))
            noises.append(_read(field, sources, reads, self._seed + k))
        if np.count_nonzero(reads) < IN_VIEW * reads.size:
            self._field, self._place = noises[0], np.eye(3)
        cells = torch.from_numpy(np.stack(noises))
        return cells.view(count, channels, height, CELLS, width, CELLS).sum((3, 5)) / CELLS

    @property
    def state(self) -> dict[str, torch.Tensor]:
        """All that the frames to come depend on, for a checkpoint."""
        return {
            "noise": torch.from_numpy(self._field),
            "noise_place": torch.from_numpy(self._place),
        }

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Continue from the state of an earlier run, where it is of the same shape."""
        field = state.get("noise")
        if field is not None and field.shape == self._field.shape:
            self._field, self._place = field.numpy(), state["noise_place"].numpy()
            self._is_new = False

    def _laid_out(self, seed: int) -> NDArray[np.float32]:
        """A new field, whose sums are the noise that `drawn` gives."""
        channels, height, width = self._shape
        sums = drawn((1, *self._shape), seed, torch.device("cpu"))[0].numpy()
        cells = _normal((channels, height, CELLS, width, CELLS), seed)
        cells += (sums / CELLS)[:, :, None, :, None] - cells.mean((2, 4), keepdims=True)
        return cells.reshape(channels, CELLS * height, CELLS * width)

    def _back(self) -> NDArray[np.float64]:
        """From a cell of this frame to its place in the field; whole numbers are cells' centres."""
        to_cells = np.diag([*self._scales, 1.0])
        to_cells[:2, 2] = 0.5 * (to_cells.diagonal()[:2] - 1.0)
        return np.asarray(to_cells @ np.linalg.inv(self._place) @ np.linalg.inv(to_cells))


def _normal(shape: Sequence[int], seed: int) -> NDArray[np.float32]:
    return np.random.Generator(np.random.SFC64(seed & (1 << 64) - 1)).standard_normal(
        shape, np.float32
    )


def _read(
    field: NDArray[np.float32], sources: NDArray[np.int32], reads: NDArray[np.int32], seed: int
) -> NDArray[np.float32]:
    """A field's cells as they are seen; one that is read n times gives n independent ones."""
    channels = len(field)
    read = np.empty((channels, len(sources)), np.float32)
    fresh = _normal(read.shape, seed ^ SPLIT) if reads.max() > 1 else read[:, :0]
    _gather(field.reshape(channels, -1), sources, reads, fresh, read)
    return read.reshape(field.shape)


@numba.njit(nogil=True, cache=True, error_model="numpy")
def _sources(back, height, width):  # type: ignore[no-untyped-def]
    """The cell that each one is read from, and how often each is read."""
    sources = np.empty(height * width, np.int32)
    reads = np.zeros(height * width, np.int32)
    for y in range(height):
        for x in range(width):
            depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
            from_x = np.floor((back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth + 0.5)
            from_y = np.floor((back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth + 0.5)
            from_x -= width * np.floor(from_x / width)
            from_y -= height * np.floor(from_y / height)
            # Towards the horizon there is no place that a float holds.
            inside = 0.0 <= from_x < width and 0.0 <= from_y < height
            source = np.int32(from_y) * width + np.int32(from_x) if inside else y * width + x
            sources[y * width + x] = source
            reads[source] += 1
    return sources, reads


@numba.njit(nogil=True, cache=True)
def _gather(field, sources, reads, fresh, read):  # type: ignore[no-untyped-def]
    channels, count = field.shape
    means = np.empty(count, np.float32)
    share = np.ones(count, np.float32)
    for i in range(count):
        if reads[i] > 1:
            share[i] = np.float32(1.0) / np.float32(reads[i])
    height = np.sqrt(share)
    for channel in range(channels):
        if fresh.size == 0:
            for i in range(count):
                read[channel, i] = field[channel, sources[i]]
            continue
        means[:] = 0.0
        for i in range(count):
            means[sources[i]] += fresh[channel, i] * share[sources[i]]
        for i in range(count):
            source = sources[i]
            own = field[channel, source] * height[source]
            if reads[source] > 1:
                own += fresh[channel, i] - means[source]
            read[channel, i] = own


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
