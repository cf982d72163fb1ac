"""The camera of the frame loop: over flat pictures, or over pictures with depth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F

from phosphene.painting.depth import SceneDepth
from phosphene.painting.engine import Engine
from phosphene.painting.motion.noise import SceneNoise
from phosphene.painting.motion.relief import Range, moved, sharpened, trace
from phosphene.painting.motion.step import Matrix, space_matrix, step_matrix
from phosphene.painting.motion.warp import resample_at, warp
from phosphene.score.score import Row, Score


@dataclass(frozen=True)
class View:
    """A picture as the camera sees it, without depth."""

    picture: torch.Tensor

    def moved(self, path: Matrix, places: torch.Tensor | None = None) -> View:
        """The picture after the camera has moved along a path; pixels from outside are mirrored.

        Parameters
        ----------
        path : ndarray
        places : Tensor, float32, shape (2, height, width), optional
            Place of each pixel, x and y in px, before a guide moved it.
        """
        if places is None:
            return View(warp(self.picture, path))
        back = [[float(part) for part in line] for line in np.linalg.inv(path)]
        x, y, depth = (a * places[0] + b * places[1] + c for a, b, c in back)
        return View(resample_at(self.picture, x / depth, y / depth))


@dataclass(frozen=True)
class DeepView(View):
    """A picture with depth.

    Parameters
    ----------
    picture : Tensor
    disparity : Tensor, float32, shape (1, 1, height, width)
    bounds : Range
        Of the disparity.
    row : int
        The row for which the depth was estimated.
    """

    disparity: torch.Tensor
    bounds: Range
    row: int = 0

    def moved(self, path: Matrix, places: torch.Tensor | None = None) -> DeepView:
        """The picture and its depth after the camera has moved along a path.

        A guide moves the picture alone.
        """
        picture, disparity = moved(self.picture, self.disparity, path, self.bounds)
        if places is not None:
            picture = resample_at(picture, places[0], places[1])
        return replace(self, picture=picture, disparity=disparity)


class Camera:
    """A camera over flat pictures.

    Parameters
    ----------
    score : Score
        Reads its size.
    """

    def __init__(self, score: Score) -> None:
        self._size = score.width, score.height

    def step(self, row: Row) -> Matrix:
        """The camera's step to a row; the steps of several rows are multiplied."""
        return step_matrix(row, *self._size)

    def view(self, picture: torch.Tensor, row: int, moved: View | None = None) -> View:
        """The view of a picture.

        Parameters
        ----------
        picture : Tensor
        row : int
            The row that it was painted for.
        moved : View, optional
            The view before, moved to this row: its depth is used until a new estimate is due.
        """
        return View(picture)

    def move_noise(self, noise: SceneNoise, row: Row) -> None:
        """Move the scene's noise by the step to a row."""
        noise.move(step_matrix(row, *self._size), row.renewal, row.seed)

    def state(self, view: View) -> dict[str, torch.Tensor]:
        """What later views depend on besides the picture, for a checkpoint."""
        return {}

    def restored(self, picture: torch.Tensor, state: Mapping[str, torch.Tensor]) -> View | None:
        """The view of an earlier run, as the argument `moved` of `view`."""
        return None


class DepthCamera(Camera):
    """A camera over pictures with depth.

    Parameters
    ----------
    score : Score
    depth : SceneDepth
    """

    def __init__(self, score: Score, depth: SceneDepth) -> None:
        super().__init__(score)
        self._depth = depth
        about = depth.settings
        near, far = (1.0 + about.strength * (1.0 / at - 1.0) for at in (about.near, about.far))
        self._bounds = Range(near, far)
        self._fixed: torch.Tensor | None = None
        self._cells: torch.Tensor | None = None  # the fixed depth of the cells of the noise

    def step(self, row: Row) -> Matrix:
        """See `Camera.step`; shape (4, 4)."""
        return space_matrix(row, *self._size)

    def view(self, picture: torch.Tensor, row: int, moved: View | None = None) -> DeepView:
        """See `Camera.view`."""
        disparity = self._fixed
        if disparity is None:
            every = self._depth.settings.every
            if isinstance(moved, DeepView) and row - moved.row < every:
                return replace(moved, picture=picture)
            disparity = self._depth.disparity(picture)
            if self._depth.spec.fixed:
                self._fixed = disparity
            else:
                disparity = sharpened(disparity, self._bounds)
        return DeepView(picture, disparity, self._bounds, row)

    def move_noise(self, noise: SceneNoise, row: Row) -> None:
        """Move the noise through a fixed depth; with an estimated one, as without depth.

        The noise is on the CPU: copying an estimate there in every frame would stall the device.
        """
        if self._fixed is None or row.renewal >= 1.0:
            super().move_noise(noise, row)
            return
        if self._cells is None:
            self._cells = F.interpolate(self._fixed.cpu(), noise.grid, mode="bilinear")
        to_cells = np.eye(4)
        to_cells[:3, :3] = noise.to_cells
        step = to_cells @ self.step(row) @ np.linalg.inv(to_cells)
        found = trace(self._cells, step, self._bounds)
        noise.move(step, row.renewal, row.seed, torch.stack([found.x, found.y]))

    def state(self, view: View) -> dict[str, torch.Tensor]:
        """See `Camera.state`: empty where the depth follows from the picture."""
        if self._fixed is not None or self._depth.settings.every == 1:
            return {}
        assert isinstance(view, DeepView)
        return {"depth": view.disparity, "depth_row": torch.tensor(view.row)}

    def restored(self, picture: torch.Tensor, state: Mapping[str, torch.Tensor]) -> View | None:
        """See `Camera.restored`."""
        depth = state.get("depth")
        if depth is None or depth.shape[-2:] != picture.shape[-2:]:
            return None
        return DeepView(picture, depth.to(picture.device), self._bounds, int(state["depth_row"]))


def camera_of(engine: Engine, score: Score) -> Camera:
    """The camera for an engine: with depth if the engine has it."""
    depth = getattr(engine, "depth", None)
    return Camera(score) if depth is None else DepthCamera(score, depth)
