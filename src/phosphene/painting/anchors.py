"""Anchors: the colours and the detail of each scene, measured before any feedback."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from phosphene.painting.colour import Palette, from_oklab, hold_colour, to_oklab
from phosphene.painting.detail import detail_of, hold_detail
from phosphene.painting.engine import Engine
from phosphene.painting.holding import hold_on_cpu
from phosphene.score.scenes import root
from phosphene.score.score import Row, Score


@dataclass(frozen=True)
class Anchor:
    """The target of a scene: its palette, and the deviation of each band of its detail."""

    palette: Palette
    detail: torch.Tensor

    @classmethod
    def of(cls, picture: torch.Tensor) -> Anchor:
        """Measure the anchor of a picture, shape (1, 3, height, width)."""
        lab = to_oklab(picture)
        return cls(Palette.of(lab), detail_of(lab[:, :1]))


def is_held(score: Score) -> bool:
    """Whether a Score holds colours or detail in any frame, so that anchors are needed."""
    return any(bool(score.channels[name].any()) for name in ("colour_match", "detail_match"))


class SceneAnchors(Sequence[Anchor]):
    """The anchor of each prompt, measured on a picture painted from that prompt alone.

    Each picture is painted when it is first needed, so that painting starts at once. Anchors do not
    depend on earlier frames, so a resumed render has the same ones.

    Parameters
    ----------
    score : Score
    engine : Engine
    """

    def __init__(self, score: Score, engine: Engine) -> None:
        self._score, self._engine = score, engine
        self._painted: dict[tuple[int, str, str], Anchor] = {}

    def __len__(self) -> int:
        return len(self._score.prompts)

    def __getitem__(self, prompt: int) -> Anchor:  # type: ignore[override]  # no slices
        score = self._score
        scene = _opening(score, prompt)
        # A scene that returns has the same anchors.
        key = scene, score.prompts[prompt], score.negative_prompts[prompt]
        if key not in self._painted:
            row = score.row(score.span(scene).start, scene)
            alone = replace(row, weights=np.eye(len(self))[prompt])
            with torch.inference_mode():
                self._painted[key] = Anchor.of(self._engine.first(alone))
        return self._painted[key]


def _opening(score: Score, prompt: int) -> int:
    """The scene that a prompt belongs to, or the first of those that it continues."""
    own = bisect_right(score.scenes, prompt, key=lambda scene: scene.prompt) - 1
    return root(score.scenes, max(own, 0))


def mix(anchors: Sequence[Anchor], weights: NDArray[np.float64]) -> Anchor:
    """Mix anchors by a frame's prompt weights, shape (n_prompts,), which add up to 1."""
    weighted = [
        (anchors[prompt], weight) for prompt, weight in enumerate(weights.tolist()) if weight
    ]
    if len(weighted) == 1 and weighted[0][1] == 1.0:
        return weighted[0][0]

    def mean(part: Callable[[Anchor], torch.Tensor]) -> torch.Tensor:
        return torch.stack([weight * part(anchor) for anchor, weight in weighted]).sum(0)

    palette = Palette(mean(lambda of: of.palette.mean), mean(lambda of: of.palette.covariance))
    return Anchor(palette, mean(lambda of: of.detail))


def hold(picture: torch.Tensor, anchor: Anchor, row: Row) -> torch.Tensor:
    """Match a moved picture to its scene's colours and detail, as strongly as the row says.

    Parameters
    ----------
    picture : Tensor, float32, shape (1, 3, height, width), 0 to 1
    anchor : Anchor
    row : Row
        Reads `colour_match` and `detail_match`.

    Returns
    -------
    Tensor
        Same shape and range.
    """
    if row.colour_match <= 0.0 and row.detail_match <= 0.0:
        return picture
    held = hold_on_cpu if picture.device.type == "cpu" else hold_on_device
    return held(picture, anchor.palette, anchor.detail, row)


def hold_on_device(
    picture: torch.Tensor, palette: Palette, detail: torch.Tensor, row: Row
) -> torch.Tensor:
    """Match a picture's colours and detail by tensor operations, on any device."""
    lab = hold_colour(to_oklab(picture), palette, row.colour_match)
    lightness = hold_detail(lab[:, :1], detail, row.detail_match, row.seed)
    return from_oklab(torch.cat([lightness, lab[:, 1:]], 1))
