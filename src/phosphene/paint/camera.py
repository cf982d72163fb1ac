"""The engine `none`: the camera alone over a picture, to see the motion before painting it."""

from __future__ import annotations

import numpy as np
import torch

from phosphene.paint.pictures import read_image
from phosphene.score.score import Row, Score

REFRESH = 0.25  # share of the still picture that a frame at strength 1 brings back


class Camera:
    """Moves a picture about, and lets it come back: what `none` shows instead of painting.

    A zoom that goes on would soon leave nothing but one blurred point of the picture. So as much
    of the still picture is mixed in as the strength says: one sees the motion as trails, and the
    strength as how fast they fade.
    """

    def __init__(self, score: Score) -> None:
        self.device = torch.device("cpu")
        if score.image is None:
            self._still = test_card(score.width, score.height)
        else:
            self._still = read_image(score.image, score.width, score.height)

    def first(self, row: Row) -> torch.Tensor:
        """The still picture: the user's image, or a test card."""
        return self._still

    def img2img(self, picture: torch.Tensor, row: Row) -> torch.Tensor:
        """The picture, with a share of the still one."""
        return torch.lerp(picture, self._still, REFRESH * row.strength)


def test_card(width: int, height: int) -> torch.Tensor:
    """Rings and rays in colours that run round the centre.

    Parameters
    ----------
    width, height : int
        Size in px.

    Returns
    -------
    Tensor, float32, shape (1, 3, height, width), 0 to 1
    """
    x = np.arange(width) - (width - 1) / 2.0
    y = np.arange(height) - (height - 1) / 2.0
    across, down = np.meshgrid(x, y)
    radius = np.hypot(across, down) / (0.5 * min(width, height))
    angle = np.arctan2(down, across)
    rings = 0.5 + 0.5 * np.cos(12.0 * np.pi * np.sqrt(radius + 1e-9))
    rays = 0.5 + 0.5 * np.cos(12.0 * angle)
    light = 0.15 + 0.7 * (0.6 * rings + 0.4 * rays) * np.exp(-0.35 * radius)
    hues = angle[None] + np.array([0.0, 2.0, 4.0])[:, None, None] * np.pi / 3.0
    colours = light * (0.65 + 0.35 * np.cos(hues + 2.0 * radius))
    return torch.from_numpy(colours.astype(np.float32))[None]
