"""Anchors: what colours each scene has of its own, before any feedback."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from phosphene.engines import Engine
from phosphene.paint.colour import Palette
from phosphene.score.score import Score

FRESH = 0.99  # nearly nothing is left of the flat picture that it is painted over


def scene_palettes(score: Score, engine: Engine) -> list[Palette]:
    """The palette of each prompt, from a picture painted from that prompt alone.

    Parameters
    ----------
    score : Score
    engine : Engine

    Returns
    -------
    list of Palette, length n_prompts
        They depend on nothing that was painted before, so that a resumed render has the same.
    """
    flat = torch.full((1, 3, score.height, score.width), 0.1, device=engine.device)
    row = score.row(0)
    row = replace(row, channels={**row.channels, "strength": FRESH})
    with torch.inference_mode():
        return [
            Palette.of(engine.img2img(flat, replace(row, weights=weights)))
            for weights in np.eye(len(score.prompts))
        ]
