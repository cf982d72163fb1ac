"""The warp with depth: each pixel of the new frame is traced along its ray into the old picture.

The old picture is a relief: its surface has the distance of each pixel. For points at one distance
the step from frame to frame is a homography. As the distance along the ray of a new pixel varies,
its place in the old picture moves on a straight line, linearly in the inverse distance (Hartley and
Zisserman, "Multiple View Geometry", 2004, section 13.1). So the ray is followed in steps of at most
a pixel, from near to far, to where it meets the surface (Policarpo et al., "Real-Time Relief
Mapping on Arbitrary Polygonal Surfaces", 2005). Pixels are gathered independently, never scattered,
so the result is the same to the bit in each run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from phosphene.painting.motion.step import Matrix
from phosphene.painting.motion.warp import resample_at, warp

EDGE = 0.1  # share of the range of depth; a larger step from pixel to pixel is an edge
MAX_STEPS = 64  # along a ray; for more pixels of parallax, a step is longer than a pixel
SHORTEST = 0.02  # distance from the camera, as a share, at which the nearest points are cut off
REFINED = 4  # times that the place on a surface is interpolated, after the step that meets it
FARTHEST = 1e6  # px; places outside of it are those of a horizon
FRINGE = 1  # px around near things that move with them
SOFT, NARROWEST = 1 / 56, 5  # width of a soft edge: of the shorter side, and at least so many px
JUMP = 0.25  # share of the range of depth; a larger step within this width is an edge


class Range(NamedTuple):
    """The inverse distances of the nearest and the farthest points of a relief."""

    nearest: float
    farthest: float

    @property
    def edge(self) -> float:
        """The smallest step from pixel to pixel that is an edge."""
        return EDGE * max(self.nearest - self.farthest, 1e-6)


class Traced(NamedTuple):
    """Where the rays of the new pixels meet the relief.

    Parameters
    ----------
    x, y : Tensor, float32, shape (height, width)
        Place in the old picture, in px; it may be outside.
    disparity : Tensor, float32, shape (height, width)
        Inverse distance there, as seen from the old frame.
    hole : Tensor of bool, shape (height, width)
        Pixels that the old frame does not show: they are behind something nearer.
    """

    x: torch.Tensor
    y: torch.Tensor
    disparity: torch.Tensor
    hole: torch.Tensor


def sharpened(disparity: torch.Tensor, bounds: Range) -> torch.Tensor:
    """An estimated depth map with sharp edges, so that no surface spans from near to far.

    Parameters
    ----------
    disparity : Tensor, float32, shape (1, 1, height, width)
    bounds : Range

    Returns
    -------
    Tensor
        Near an edge each value is that of the nearer or the farther side, whichever it is closer
        to; elsewhere it is unchanged. The nearer side is widened by `FRINGE` pixels, whose colours
        in the picture are mixed from both sides.
    """
    width = max(NARROWEST, round(SOFT * min(disparity.shape[-2:]))) | 1
    jump = JUMP * (bounds.nearest - bounds.farthest)
    near, far = _around(disparity, width)
    sides = torch.where(near - disparity < disparity - far, near, far)
    steps = torch.where(near - far > jump, sides, disparity)
    near, far = _around(steps, 2 * FRINGE + 1)
    return torch.where(near - far > jump, near, steps)


def _around(disparity: torch.Tensor, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The nearest and the farthest of the values around each pixel."""
    return (
        F.max_pool2d(disparity, width, 1, width // 2),
        -F.max_pool2d(-disparity, width, 1, width // 2),
    )


def trace(disparity: torch.Tensor, matrix: Matrix, bounds: Range) -> Traced:
    """Follow the ray of each new pixel to the surface of the old frame.

    Behind an edge the ray enters a hole, which the old frame does not show. It is filled with the
    background beside the edge, mirrored at the edge.

    Parameters
    ----------
    disparity : Tensor, float32, shape (1, 1, height, width)
        Inverse distance of each pixel of the old frame, from `sharpened`.
    matrix : ndarray, shape (4, 4)
        From `phosphene.painting.motion.step.space_matrix`, or a product of several.
    bounds : Range
        The smallest and the largest values of `disparity`.

    Returns
    -------
    Traced
    """
    rays = _Rays(disparity, matrix)
    near, far = _seen(bounds, rays.forward)
    steps = int(np.clip(np.ceil(rays.longest * (near - far)), 1, MAX_STEPS))
    length = (near - far) / steps
    edge = bounds.edge * max(1.0, rays.longest * length)
    shape = disparity.shape[-2:]
    met = torch.full(shape, far, device=disparity.device)
    behind = torch.full(shape, torch.inf, device=disparity.device)
    brink = torch.zeros_like(met)
    found = torch.zeros(shape, dtype=torch.bool, device=disparity.device)
    before = rays.surface(near, "nearest")
    for k in range(1, steps + 1):
        plane = near - k * length
        surface = rays.surface(plane, "nearest")
        crosses = (surface >= plane) & (before < plane + length) & ~found
        jumps = (surface - before).abs() > edge
        enters = crosses & jumps & (before < behind)
        behind = torch.where(enters, before, behind)
        brink.masked_fill_(enters, plane + length)
        hits = crosses & ~jumps
        met = torch.where(hits, surface.clamp_max(plane + length), met)
        found |= hits
        before = surface
    first = met
    for _ in range(REFINED):
        refined = rays.smooth(met, bounds).clamp(first - length, first + length)
        met = torch.where(found, refined, met)
    hole = ~found & behind.isfinite()
    depth = torch.where(hole, behind, met)
    x, y = rays.at(depth)
    edge_x, edge_y = rays.at(brink)
    beside_x, beside_y = 2.0 * edge_x - x, 2.0 * edge_y - y
    # If there is another edge beside it, the background ends there.
    background = rays.nearest(beside_x, beside_y) <= depth + bounds.edge
    x = torch.where(hole, torch.where(background, beside_x, edge_x), x)
    y = torch.where(hole, torch.where(background, beside_y, edge_y), y)
    return Traced(x, y, depth, hole)


def moved(
    picture: torch.Tensor, disparity: torch.Tensor, matrix: Matrix, bounds: Range
) -> tuple[torch.Tensor, torch.Tensor]:
    """Move a picture and its depth.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    disparity, matrix, bounds
        As for `trace`.

    Returns
    -------
    Tensor, Tensor
        Of the same shapes. The disparities are those from the new frame, within the bounds.
    """
    if not matrix[:3, 3].any() and np.array_equal(matrix[3], (0.0, 0.0, 0.0, 1.0)):
        flat = matrix[:3, :3]  # no parallax
        if np.array_equal(flat, np.eye(3)):
            return picture, disparity
    found = trace(disparity, matrix, bounds)
    depth, inverse = (
        a * found.x + b * found.y + c + d * found.disparity for a, b, c, d in matrix[2:].tolist()
    )
    seen = (inverse / depth).nan_to_num_(bounds.farthest).clamp_(*reversed(bounds))
    picture = (
        resample_at(picture, found.x, found.y)
        if matrix[:3, 3].any()
        else warp(picture, np.asarray(matrix[:3, :3]))
    )
    return picture, seen[None, None]


def _seen(bounds: Range, forward: float) -> Range:
    """The range of what is in front of the camera, with a margin for rounding."""
    margin = 1e-4 * (bounds.nearest - bounds.farthest) + 1e-6
    near = bounds.nearest if forward >= 0.0 else min(bounds.nearest, (SHORTEST - 1.0) / forward)
    return Range(max(near, bounds.farthest) + margin, bounds.farthest - margin)


class _Rays:
    """The ray of each new pixel in the old picture: `start + disparity * along`."""

    def __init__(self, disparity: torch.Tensor, matrix: Matrix) -> None:
        self._disparity = disparity
        height, width = disparity.shape[-2:]
        back = np.linalg.inv(matrix[:3, :3])
        epipole = back @ matrix[:3, 3]
        self.forward = float(epipole[2])
        x = torch.arange(width, device=disparity.device, dtype=torch.float32)[None, :]
        y = torch.arange(height, device=disparity.device, dtype=torch.float32)[:, None]
        from_x, from_y, depth = (float(a) * x + float(b) * y + float(c) for a, b, c in back)
        start_x, start_y = (
            (place / depth).nan_to_num_(0.0).clamp_(-FARTHEST, FARTHEST)
            for place in (from_x, from_y)
        )
        along_x = self.forward * start_x - float(epipole[0])
        along_y = self.forward * start_y - float(epipole[1])
        # As `grid_sample` counts: from -1 to 1 over the picture.
        self._scales = 2.0 / max(width - 1, 1), 2.0 / max(height - 1, 1)
        self._start = self._grid(start_x, start_y)
        self._along = self._grid(along_x, along_y, origin=0.0)
        right, bottom = width - 1, height - 1
        corners = np.array([(0, 0, 1), (right, 0, 1), (0, bottom, 1), (right, bottom, 1)])
        places = corners @ back.T
        with np.errstate(all="ignore"):
            away = self.forward * places[:, :2] / places[:, 2:] - epipole[:2]
        self.longest = float(np.nan_to_num(np.hypot(*away.T), posinf=FARTHEST).max())

    def at(self, disparity: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The place of each pixel's ray at a disparity, in px."""
        grid = torch.addcmul(self._start, disparity[..., None], self._along)
        x, y = ((grid[..., k] + 1.0) / self._scales[k] for k in range(2))
        return x, y

    def surface(self, plane: float, how: str) -> torch.Tensor:
        """The disparity of the surface where each ray crosses a plane of one disparity."""
        return self._sampled(torch.add(self._start, self._along, alpha=plane), how)

    def smooth(self, disparity: torch.Tensor, bounds: Range) -> torch.Tensor:
        """The disparity of the surface at a disparity: interpolated, but not across an edge."""
        grid = torch.addcmul(self._start, disparity[..., None], self._along)
        smooth, nearest = (self._sampled(grid, how) for how in ("bilinear", "nearest"))
        return torch.where((smooth - nearest).abs() > bounds.edge, nearest, smooth)

    def nearest(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The disparity of the surface at places in px."""
        return self._sampled(self._grid(x, y), "nearest")

    def _grid(self, x: torch.Tensor, y: torch.Tensor, origin: float = -1.0) -> torch.Tensor:
        return torch.stack([x * self._scales[0] + origin, y * self._scales[1] + origin], -1)

    def _sampled(self, grid: torch.Tensor, how: str) -> torch.Tensor:
        return F.grid_sample(self._disparity, grid[None], how, "reflection", align_corners=True)[
            0, 0
        ]
