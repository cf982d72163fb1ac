"""Painting at a size that a model was trained on, and resizing to the film's size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import numba
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from phosphene.painting.engine import Engine
from phosphene.painting.motion.bands import LOOSE, in_bands
from phosphene.painting.motion.noise import SceneNoise
from phosphene.score.score import Row

MULTIPLE = 8  # px per latent pixel in the Stable Diffusion family
BEYOND = 1.25  # times the trained size: `worlds` paints one scene at 320 x 320, two at 384 x 384
LOBES = 3  # of the Lanczos kernel
TINY = 1e-6  # weight of a pixel that is left out on a CPU

Size = tuple[int, int]


def excess(width: int, height: int, trained: Sequence[Size]) -> float:
    """By what factor the sides of a picture exceed those of the training pictures.

    Parameters
    ----------
    width, height : int
        px.
    trained : sequence of (int, int)
        Widths and heights in px; empty if they are not known.
    """
    if not trained:
        return 0.0
    area = max(across * down for across, down in trained)
    side = max(max(size) for size in trained)
    return max(sqrt(width * height / area), max(width, height) / side)


def painted_size(width: int, height: int, trained: Sequence[Size] = ()) -> Size:
    """The size at which to paint a film: multiples of 8, and no larger than the model can.

    Parameters
    ----------
    width, height : int
        Size of the film in px.
    trained : sequence of (int, int)
        Sizes that the model is trained on; empty to paint at any size.

    Returns
    -------
    width, height : int
        In the proportions of the film, as far as multiples of 8 allow.
    """
    times = excess(width, height, trained)
    if times <= BEYOND:
        return -(-width // MULTIPLE) * MULTIPLE, -(-height // MULTIPLE) * MULTIPLE
    across, down = (max(1, round(side / times / MULTIPLE)) for side in (width, height))
    return across * MULTIPLE, down * MULTIPLE


class Resized:
    """Wraps an engine that paints at another size than the film's.

    Pictures are enlarged with a Lanczos kernel, and reduced with its least-squares inverse, so that
    a painted picture returns to the engine unchanged.

    Parameters
    ----------
    engine : Engine
        For pictures of the size `painted`.
    painted, film : (int, int)
        Widths and heights in px.
    """

    def __init__(self, engine: Engine, painted: Size, film: Size) -> None:
        self.device = engine.device
        self.noise_shape = getattr(engine, "noise_shape", None)
        self._engine: Any = engine
        self._painted = painted
        matrices = [lanczos(*lengths) for lengths in zip(painted, film, strict=True)]
        kind = _Band if engine.device.type == "cpu" else _Matrix
        self._enlarge = [kind(matrix, engine.device) for matrix in matrices]
        self._reduce = [kind(np.linalg.pinv(matrix), engine.device) for matrix in matrices]

    @property
    def unet(self) -> Any:
        """The module that evaluates the model; see `DiffusionEngine.unet`."""
        return self._engine.unet

    @unet.setter
    def unet(self, module: Any) -> None:
        self._engine.unet = module

    @property
    def disparity(self) -> Callable[[torch.Tensor], torch.Tensor] | None:
        """Gives the inverse distances of a picture to the engine's ControlNets of depth."""
        found: Callable[[torch.Tensor], torch.Tensor] | None = self._engine.disparity
        return found

    @disparity.setter
    def disparity(self, of_film: Callable[[torch.Tensor], torch.Tensor]) -> None:
        def of_small(picture: torch.Tensor) -> torch.Tensor:
            found = of_film(self._enlarged(picture).clamp_(0.0, 1.0))
            size = self._painted[::-1]
            return F.interpolate(found, size, mode="bilinear", antialias=True)

        self._engine.disparity = of_small

    def first(self, row: Row) -> torch.Tensor:
        """The first picture, enlarged; see `Engine.first`."""
        return self._enlarged(self._engine.first(row)).clamp_(0.0, 1.0)

    def img2img(self, picture: torch.Tensor, row: Row, *noise: SceneNoise) -> torch.Tensor:
        """The picture repainted; see `Engine.img2img`.

        Detail too fine for the engine's size is kept with a weight of 1 - strength.
        """
        across, down = self._reduce
        small = across(down(picture).mT).mT.contiguous()
        kept = 1.0 - row.strength
        painted = self._engine.img2img(small.clamp(0.0, 1.0), row, *noise)
        return (self._enlarged(painted - kept * small) + kept * picture).clamp_(0.0, 1.0)

    def _enlarged(self, picture: torch.Tensor) -> torch.Tensor:
        across, down = self._enlarge
        return down(across(picture.mT).mT)


class _Matrix:
    """Multiplies each column of a picture by a matrix, shape (rows, height).

    Takes pictures of shape (1, 3, height, width), and returns (1, 3, rows, width).
    """

    def __init__(self, matrix: NDArray[np.floating], device: torch.device) -> None:
        self._matrix = torch.from_numpy(matrix.astype(np.float32)).to(device)

    def __call__(self, picture: torch.Tensor) -> torch.Tensor:
        return self._matrix @ picture


class _Band:
    """A `_Matrix` on a CPU that only has the weights above `TINY`, which are next to each other."""

    def __init__(self, matrix: NDArray[np.floating], device: torch.device) -> None:
        columns = matrix.shape[1]
        weighs = np.abs(matrix) > TINY
        starts, ends = weighs.argmax(1), columns - weighs[:, ::-1].argmax(1)
        width = int((ends - starts).max())
        self._starts = np.minimum(starts, columns - width)
        places = self._starts[:, None] + np.arange(width)
        self._weights = np.take_along_axis(matrix, places, 1).astype(np.float32)

    def __call__(self, picture: torch.Tensor) -> torch.Tensor:
        rows, (_, channels, _, width) = len(self._starts), picture.shape
        result = torch.empty(1, channels, rows, width)
        lines = picture.contiguous().numpy()[0]
        in_bands(rows, _add_lines, lines, self._starts, self._weights, result.numpy()[0])
        return result


@numba.njit(nogil=True, cache=True, fastmath=LOOSE)
def _add_lines(lines, starts, weights, result, first, last):  # type: ignore[no-untyped-def]
    """Fill rows of a picture with weighted sums of neighbouring lines of another one.

    lines, result: (3, height, width). starts: (rows,), the first line of each sum. weights: (rows,
    n), one for each line of a sum.
    """
    for channel in range(len(lines)):
        for y in range(first, last):
            result[channel, y] = 0.0
            for n in range(weights.shape[1]):
                weight, line = weights[y, n], lines[channel, starts[y] + n]
                for x in range(len(line)):
                    result[channel, y, x] += weight * line[x]


def lanczos(small: int, large: int) -> NDArray[np.float64]:
    """The matrix that resamples a line of pixels with a Lanczos kernel, mirrored at its ends.

    Parameters
    ----------
    small, large : int
        Pixels before and after; the ends of both lines coincide.

    Returns
    -------
    ndarray, shape (large, small)
        Rows add up to 1.
    """
    places = (np.arange(large) + 0.5) * small / large - 0.5
    taps = np.floor(places).astype(int)[:, None] + np.arange(1 - LOBES, 1 + LOBES)
    offsets = places[:, None] - taps
    weights = np.sinc(offsets) * np.sinc(offsets / LOBES)
    folded = np.abs((taps + 0.5) % (2 * small) - small)  # mirrored at the outermost pixels
    columns = small - 1 - np.floor(folded).astype(int)
    matrix = np.zeros((large, small))
    np.add.at(matrix, (np.arange(large)[:, None], columns), weights)
    scaled: NDArray[np.float64] = matrix / matrix.sum(1, keepdims=True)
    return scaled
