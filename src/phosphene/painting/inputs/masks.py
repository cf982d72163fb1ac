"""Masks: where a moved picture is repainted, and where it is kept."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from phosphene.errors import ProjectError
from phosphene.painting.inputs.guides import Clips, luma, to_floats
from phosphene.painting.motion.camera import DeepView, View
from phosphene.score.guides import Mask
from phosphene.score.score import Row, Score


class Masks:
    """The masks of a Score.

    Parameters
    ----------
    score : Score
    device : torch.device
    clips : Clips
    depth_strength : float
        `[depth] strength`.
    """

    def __init__(
        self, score: Score, device: torch.device, clips: Clips, depth_strength: float = 1.0
    ) -> None:
        self._masks, self._height = score.inputs.masks, score.height
        self._device, self._clips, self._strength = device, clips, depth_strength
        self._still: dict[Mask, torch.Tensor] = {}

    def share(self, row: Row, view: View) -> torch.Tensor | None:
        """How much of the repaint each pixel of a row takes.

        Parameters
        ----------
        row : Row
        view : View
            The moved picture, with its depth.

        Returns
        -------
        Tensor, float32, shape (1, 1, height, width), 0 to 1, or None
            Several masks are multiplied; None where everything is repainted.
        """
        total: torch.Tensor | None = None
        for mask in self._masks:
            amount = min(mask.amount * row.mask, 1.0)
            if amount <= 0.0 or (mask.clip is not None and not mask.clip.shows(row.frame)):
                continue
            inside = self._inside(mask, row, view)
            share = 1.0 - amount * (1.0 - inside if mask.inside else inside)
            total = share if total is None else total * share
        return total

    def _inside(self, mask: Mask, row: Row, view: View) -> torch.Tensor:
        if mask in self._still:
            return self._still[mask]
        if mask.clip is None:
            values = self._between(mask, view)
        else:
            pixels = to_floats(self._clips.frame(mask.clip, row.frame), self._device)
            values = pixels[:, 3:]
            if mask.part == "luma":
                values = luma(pixels) * values  # 0 around a clip in another aspect ratio
        values = feathered(values, mask.feather * self._height)
        if mask.clip is not None and mask.clip.still:
            self._still[mask] = values
        return values

    def _between(self, mask: Mask, view: View) -> torch.Tensor:
        """1 where the distance is in the range of a mask."""
        assert mask.depth is not None
        if not isinstance(view, DeepView):
            raise ProjectError(f"{mask.entry}.depth: the project has no depth", "Add [depth].")
        far, near = (1.0 + self._strength * (1.0 / max(at, 1e-6) - 1.0) for at in mask.depth[::-1])
        disparity = view.disparity
        return ((disparity >= far) & (disparity <= near)).float()


def feathered(mask: torch.Tensor, width: float) -> torch.Tensor:
    """A mask with soft edges: a Gaussian blur.

    Parameters
    ----------
    mask : Tensor, float32, shape (1, 1, height, width)
    width : float
        Of an edge in px, from almost 0 to almost 1: four standard deviations.
    """
    sigma = width / 4.0
    if sigma < 0.1:
        return mask
    radius = math.ceil(3.0 * sigma)
    offsets = torch.arange(-radius, radius + 1, device=mask.device, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    for shape, padding in (
        ((1, 1, 1, -1), (radius, radius, 0, 0)),
        ((1, 1, -1, 1), (0, 0, radius, radius)),
    ):
        mask = F.conv2d(F.pad(mask, padding, mode="replicate"), kernel.view(shape))
    return mask.clamp(0.0, 1.0)
