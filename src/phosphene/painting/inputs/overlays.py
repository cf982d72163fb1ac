"""Draws pictures, such as a logo, over finished frames; they are not fed back."""

from __future__ import annotations

import numpy as np
import torch

from phosphene.footage.stills import read_still, scaled
from phosphene.score.guides import Overlay
from phosphene.score.score import Row, Score

MARGIN = 0.05  # around the places of overlays, as a share of each side


class Overlays:
    """The overlays of a Score; each is read once, when it begins.

    Parameters
    ----------
    score : Score
    device : torch.device
    """

    def __init__(self, score: Score, device: torch.device) -> None:
        self._overlays, self._device = score.inputs.overlays, device
        self._size = score.width, score.height
        self._drawn: dict[Overlay, tuple[torch.Tensor, int, int]] = {}

    def over(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """A frame with its overlays, later ones on top.

        Parameters
        ----------
        picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
        row : Row

        Returns
        -------
        Tensor
            Same shape and range; the picture itself in a frame without overlays.
        """
        shown = [
            overlay for overlay in self._overlays if overlay.opacity(row.frame) * row.overlay > 0.0
        ]
        self._drawn = {
            overlay: self._drawn.get(overlay) or self._placed(overlay) for overlay in shown
        }
        picture = picture.clone() if shown else picture
        for overlay in shown:
            pixels, left, top = self._drawn[overlay]
            opacity = min(overlay.opacity(row.frame) * row.overlay, 1.0)
            height, width = pixels.shape[1:]
            under = picture[0, :, top : top + height, left : left + width]
            under.copy_(torch.lerp(under, pixels[:3], opacity * pixels[3:]))
        return picture

    def _placed(self, overlay: Overlay) -> tuple[torch.Tensor, int, int]:
        picture = read_still(overlay.path, overlay.entry)
        height, width = picture.shape[:2]
        scale = min(
            overlay.size * self._size[1] / height,
            *(side / length for side, length in zip(self._size, (width, height), strict=True)),
        )
        picture = scaled(picture, max(1, round(width * scale)), max(1, round(height * scale)))
        left, top = (
            round(
                min(max(MARGIN * side, 0), (side - length) / 2)
                + share * max(side - length - 2 * MARGIN * side, 0)
            )
            for side, length, share in zip(
                self._size, picture.shape[1::-1], overlay.position, strict=True
            )
        )
        floats = np.ascontiguousarray(picture.transpose(2, 0, 1)).astype(np.float32) / 255.0
        return torch.from_numpy(floats).to(self._device), left, top
