"""Seeded noise: the same on every device, and fixed to the scene, so that it moves with the camera.

With noise that is fixed to the screen, the model paints the same shapes at the same places of every
frame, although the camera has moved the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from phosphene.painting.motion.cells import CELLS, key_of, mixed, sample, sources_at, sources_of

if TYPE_CHECKING:
    from phosphene.painting.engine import Engine
    from phosphene.score.score import Score

IN_VIEW = 0.6  # share of the field's cells in view below which the field is replaced by the view
APART = (5, 13)  # cells between the noises of two steps of one frame
SPLIT = 0x5DEECE66D  # between the seeds that renew the field and those that split its cells

Cells = NDArray[np.float32]


def seeded_noise(shape: Sequence[int], seed: int, device: torch.device) -> torch.Tensor:
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


def to_device(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """Copy a tensor of the CPU to the device, on CUDA asynchronously.

    CUDA needs page-locked memory for that: a copy of more than 64 KiB from other memory would wait
    for all queued work. Metal would read the memory of a tensor that is already freed.
    """
    if device.type == "cuda":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


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
        # Shape (height, width, channels); None while the noise is `seeded_noise` of the seed.
        self._field: Cells | None = None
        self._place = np.eye(3)
        # With depth, in place of a matrix: the place in the field of each cell of the view.
        self._path: torch.Tensor | None = None

    @classmethod
    def of(cls, engine: Engine, score: Score, seed: int) -> SceneNoise | None:
        """The noise for an engine's latents; None if the engine does not take any."""
        shape = getattr(engine, "noise_shape", None)
        return None if shape is None else cls(shape, (score.width, score.height), seed)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of cells in view."""
        return CELLS * self._shape[1], CELLS * self._shape[2]

    @property
    def to_cells(self) -> NDArray[np.float64]:
        """Maps a pixel to its place in cells, whose centres are at integers; shape (3, 3)."""
        matrix = np.diag([*self._scales, 1.0])
        matrix[:2, 2] = 0.5 * (matrix.diagonal()[:2] - 1.0)
        return matrix

    def move(
        self,
        matrix: NDArray[np.float64],
        renewal: float,
        seed: int,
        back: torch.Tensor | None = None,
    ) -> None:
        """Move the field by one step of the camera, and renew a share of its variance.

        Parameters
        ----------
        matrix : ndarray, shape (3, 3)
            From `phosphene.painting.motion.step.step_matrix`.
        renewal : float
            0 to 1. The correlation with the noise before is sqrt(1 - renewal). At 1 the noise is
            that of `seeded_noise` with this seed.
        seed : int
            The frame's.
        back : Tensor, float32, shape (2, rows, columns), optional
            With depth, in place of the matrix: the place (x, y) of each cell of `grid` in the frame
            before, in cells.
        """
        if renewal >= 1.0:
            self._field, self._place, self._path = None, np.eye(3), None
        else:
            field = self._laid_out() if self._field is None else self._field
            if renewal > 0.0:
                field = mixed(field, np.sqrt(1.0 - renewal), np.sqrt(renewal), key_of(seed))
            self._field = field
            if back is not None:
                self._path = back if self._path is None else _composed(self._path, back)
            else:
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
            return seeded_noise((count, channels, height, width), self._seed, torch.device("cpu"))
        field = self._field
        if self._path is None:
            sources, reads = sources_of(self._back(), *field.shape[:2])
        else:
            sources, reads = sources_at(self._path.numpy())
        in_view = np.count_nonzero(reads)
        replaces = in_view < IN_VIEW * reads.size
        sums = np.zeros((count, height, width, channels), np.float32)
        for k in range(count):
            # On the torus, a shifted field is different noise that moves in the same way.
            shifted = np.roll(field, (k * APART[0], k * APART[1]), axis=(0, 1)) if k else field
            view = np.empty_like(field) if k == 0 and replaces else field[:0]
            sample(shifted, sources, reads, key_of(self._seed + SPLIT * (k + 1)), sums[k], view)
            if len(view):
                self._field, self._place, self._path = view, np.eye(3), None
        return torch.from_numpy(sums).permute(0, 3, 1, 2).contiguous().div_(CELLS)

    @property
    def state(self) -> dict[str, torch.Tensor]:
        """Everything that later frames depend on, for a checkpoint."""
        state = {"noise_seed": torch.tensor(self._seed)}
        if self._field is not None:
            state["noise"] = torch.from_numpy(self._field)
            state["noise_place"] = torch.from_numpy(self._place)
        if self._path is not None:
            state["noise_path"] = self._path
        return state

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Continue from the state of an earlier run, unless its field has another shape."""
        channels = self._shape[0]
        field, seed = state.get("noise"), state.get("noise_seed")
        if seed is None or field is None:
            self._field, self._seed = None, self._seed if seed is None else int(seed)
        elif field.shape == (*self.grid, channels):
            self._field, self._seed = field.numpy(), int(seed)
            self._place = state["noise_place"].numpy()
            self._path = state.get("noise_path")

    def _laid_out(self) -> Cells:
        """A new field, whose sums are the noise of `seeded_noise`."""
        channels, height, width = self._shape
        sums = seeded_noise((1, *self._shape), self._seed, torch.device("cpu"))[0].numpy()
        blank = np.zeros((height, CELLS, width, CELLS, channels), np.float32)
        cells: Cells = mixed(blank, 0.0, 1.0, key_of(self._seed))
        means = cells.mean((1, 3), keepdims=True)
        cells += (sums.transpose(1, 2, 0) / CELLS)[:, None, :, None] - means
        return cells.reshape(CELLS * height, CELLS * width, channels)

    def _back(self) -> NDArray[np.float64]:
        """Maps a cell of this frame to its place in the field; the centres are at integers."""
        to_cells = self.to_cells
        return np.asarray(to_cells @ np.linalg.inv(self._place) @ np.linalg.inv(to_cells))


def _composed(path: torch.Tensor, back: torch.Tensor) -> torch.Tensor:
    """The places in the field of the cells that are at some places in the frame before."""
    rows, columns = path.shape[1:]
    x = torch.arange(columns, dtype=torch.float32).expand(rows, columns)
    y = torch.arange(rows, dtype=torch.float32)[:, None].expand(rows, columns)
    drift = path - torch.stack([x, y])  # beyond the view it is that of the border
    grid = torch.stack([2.0 * back[0] / (columns - 1) - 1.0, 2.0 * back[1] / (rows - 1) - 1.0], -1)
    there = F.grid_sample(drift[None], grid[None], padding_mode="border", align_corners=True)[0]
    return back + there
