"""Draws captions over frames; they are not fed back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from phosphene.lettering.drawing import draw
from phosphene.score.captions import Caption
from phosphene.score.score import Score

if TYPE_CHECKING:
    from collections.abc import Iterable

Placed = tuple[torch.Tensor, int, int]
"""RGB times alpha and alpha, shape (4, height, width), and its left and top in px."""


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
