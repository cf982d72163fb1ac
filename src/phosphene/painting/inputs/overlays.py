"""Draws pictures, such as a logo, and captions over finished frames; they are not fed back."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from phosphene.footage.stills import read_still, scaled
from phosphene.lettering.drawing import draw
from phosphene.score.captions import Caption
from phosphene.score.guides import Overlay
from phosphene.score.score import Row, Score

MARGIN = 0.05  # around the places of overlays, as a share of each side

Placed = tuple[torch.Tensor, int, int]
"""RGB times alpha and alpha, shape (4, height, width), and its left and top in px."""


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
        self._drawn: dict[Overlay, Placed] = {}

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

    def _placed(self, overlay: Overlay) -> Placed:
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


class Captions:
    """The captions of a Score. Each is drawn once, when it begins.

    Parameters
    ----------
    score : Score
    device : torch.device
    """

    def __init__(self, score: Score, device: torch.device) -> None:
        self._score, self._device = score, device
        self._drawn: dict[Caption, Placed] = {}

    def over(self, picture: torch.Tensor, frame: int) -> torch.Tensor:
        """A frame with its captions.

        Parameters
        ----------
        picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
        frame : int
            Frame number in the song.

        Returns
        -------
        Tensor
            Same shape and range; the picture itself in a frame without captions.
        """
        shown = [caption for caption in self._score.captions if caption.opacity(frame) > 0.0]
        self._drawn = self._with(shown)
        if not shown:
            return picture
        picture = picture.clone()
        for caption in shown:
            pixels, left, top = self._drawn[caption]
            colour, alpha = pixels[:3], pixels[3:]
            opacity = caption.opacity(frame)
            under = picture[0, :, top : top + pixels.shape[1], left : left + pixels.shape[2]]
            under.copy_(under * (1.0 - opacity * alpha) + opacity * colour)
        return picture

    def _with(self, shown: Iterable[Caption]) -> dict[Caption, Placed]:
        """The drawings of the captions that are shown; others are dropped."""
        return {
            caption: self._drawn.get(caption) or self._place(caption)  # drawn when it begins
            for caption in shown
        }

    def _place(self, caption: Caption) -> Placed:
        score = self._score
        drawn = draw(caption.text, caption.lettering, score.width, score.height)
        return torch.from_numpy(drawn.pixels).to(self._device), drawn.left, drawn.top
