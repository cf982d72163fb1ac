"""The engine `none`: a camera over an endless drawn plane, to preview the motion.

Every frame is drawn from the camera's pose, not from the previous frame. So the motion is exact
over any distance, and the last frame is as sharp as the first.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from phosphene.engines.preview.palettes import palettes
from phosphene.engines.preview.plane import SHADES, octave_rows, tiles
from phosphene.engines.preview.poses import poses
from phosphene.engines.preview.shots import Shot, shots, unit
from phosphene.engines.preview.view import develop, shine, strike
from phosphene.painting.motion.bands import in_bands
from phosphene.painting.motion.step import Matrix
from phosphene.painting.pictures import read_floats
from phosphene.score.scenes import root
from phosphene.score.score import Row, Score

if TYPE_CHECKING:
    import torch

SPARKS = 1200  # in a frame at strength 1, at 512 x 512
GLOWS = 4  # frames in which a spark is visible
FRONT = 0.12  # share of all shades over which two palettes mix, on both sides of their border


class Camera:
    """Shows an endless plane, or the user's image with the plane around and below it.

    Prompts are shown as colours, which blend while prompts morph. Strength is shown as the number
    of sparks. Each scene that starts from scratch is at another place of the plane.
    """

    def __init__(self, score: Score) -> None:
        self._width, self._height = score.width, score.height
        self._unit = unit(score)
        self._palettes = palettes(score.prompts)
        self._tiles = tiles()
        self._takes = {first: _Take(score, shot) for first, shot in shots(score).items()}
        self._roots = [root(score.scenes, k) for k in range(len(score.scenes))]

    @cached_property
    def device(self) -> torch.device:
        """See `phosphene.painting.engine.Engine`."""
        import torch  # takes a second, and previews hand over arrays

        return torch.device("cpu")

    def first(self, row: Row) -> torch.Tensor:
        """The plane at the start, or the user's image."""
        return self.draw_moved(row)

    def draw_moved(self, row: Row) -> torch.Tensor:
        """Draw a frame, with the sparks of earlier frames that still glow."""
        return _tensor(self.draw_array(row, False))

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """Add new sparks to the picture; their number follows strength."""
        lit = picture.numpy().copy()
        self._add_sparks(lit[0], row, 0)
        return _tensor(lit)

    def draw_array(self, row: Row, repaints: bool) -> NDArray[np.float32]:
        """Draw a frame without PyTorch; see `phosphene.painting.drawing.ArrayEngine`."""
        take = self._takes[self._roots[row.scene]]
        at = take.places[row.scene, row.frame]
        shades, seen = self._shades(row), take.poses[at]
        octaves = [octave_rows(pose.plane + take.plane, pose.octave) for pose in seen]
        light = np.zeros((self._height, self._width, 3), np.float32)
        picture = np.empty((3, self._height, self._width), np.float32)

        def expose(first: int, last: int) -> None:
            for pose, drawn in zip(seen, octaves, strict=True):
                where = (pose.turn, pose.lean, pose.position, drawn)
                looks = (shades, self._unit, np.float32(pose.share))
                shine(*self._tiles, *where, *looks, light, first, last)
            develop(light, take.image, take.sizes, take.back[at], picture, first, last)

        in_bands(self._height, expose)
        for age in range(1, min(GLOWS, at)):  # the first frame is not repainted
            before = take.row(at - age)
            if before.diffuses:
                self._add_sparks(picture, before, age)
        if repaints:
            self._add_sparks(picture, row, 0)
        return picture[None]

    def _shades(self, row: Row) -> NDArray[np.float32]:
        """The palette of a frame; while prompts morph, the new one spreads from shade to shade."""
        place = np.abs(np.linspace(-1.0, 1.0, SHADES, endpoint=False))
        low, high = np.maximum(place - FRONT, 0.0), np.minimum(place + FRONT, 1.0)
        ends = np.cumsum([0.0, *row.weights])
        ends[-1] = 1.0
        within = [np.clip(end, low, high) for end in ends]
        shares = np.diff(within, axis=0) / (high - low)
        palette: NDArray[np.float32] = np.einsum("ps,psc->sc", shares, self._palettes).astype(
            np.float32
        )
        return palette

    def _add_sparks(self, picture: NDArray[np.float32], row: Row, age: int) -> None:
        """Add the sparks of a row to the frame that is `age` frames later."""
        random = np.random.default_rng(row.seed)
        area = self._width * self._height / (512.0 * self._unit) ** 2
        count = round(SPARKS * area * row.strength**2)
        places = random.random((count, 2)) * (self._width, self._height)
        size = 0.8 + 2.6 * random.random(count) ** 6
        size *= self._unit * (0.6 + 1.33 * row.renewal)
        colours = 0.4 * self._shades(row)[random.integers(SHADES, size=count)] + 0.6
        take = self._takes[self._roots[row.scene]]
        at = take.places[row.scene, row.frame]
        step = np.eye(3)
        for later in take.steps[at + 1 : at + 1 + age]:
            step = later @ step
        moved = np.c_[places, np.ones(count)] @ step.T
        ahead = moved[:, 2] > 0.0
        moved = moved[ahead, :2] / moved[ahead, 2:]
        strike(picture, moved, size[ahead], (colours[ahead] * 0.55**age).astype(np.float32))


class _Take:
    """A shot as it is drawn, with the user's image if there is one."""

    def __init__(self, score: Score, shot: Shot) -> None:
        self._score, self._shot = score, shot
        self.places, self.steps, self.plane = shot.places, shot.steps, shot.plane
        self.poses = poses(shot.poses)
        self.back = _places(shot.steps)
        self.image, self.sizes = np.empty(0, np.float32), np.empty((0, 3), np.int64)
        if shot.image is not None:
            self.image, self.sizes = _sizes(read_floats(shot.image, score.width, score.height))

    def row(self, place: int) -> Row:
        """The row at a place of the shot."""
        return self._score.row(int(self._shot.rows[place]), int(self._shot.scenes[place]))


def _tensor(picture: NDArray[np.float32]) -> torch.Tensor:
    import torch

    return torch.from_numpy(picture)


def _places(steps: Matrix) -> list[Matrix]:
    """Maps a pixel of each frame to its place in the first one, up to a factor."""
    back = [np.eye(3)]
    for step in steps[1:]:
        place = back[-1] @ np.linalg.inv(step)
        back.append(place / np.abs(place).max())
    return back


def _sizes(picture: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A pyramid of an image, concatenated; and the offset, height and width of each level."""
    levels = [np.ascontiguousarray(picture[0].transpose(1, 2, 0))]
    while max(levels[-1].shape[:2]) > 1:
        height, width, _ = levels[-1].shape
        half = max((width + 1) // 2, 1), max((height + 1) // 2, 1)
        levels.append(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA))
    offsets = np.cumsum([0] + [level.size for level in levels[:-1]])
    sizes = [(offset, *level.shape[:2]) for offset, level in zip(offsets, levels, strict=True)]
    return np.concatenate([level.ravel() for level in levels]), np.array(sizes, np.int64)
