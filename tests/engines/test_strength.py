"""Strength with the bundled model in two steps: every hundredth counts, and more is more."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scores import score

from phosphene.engines.presets import PRESETS, load_preset
from phosphene.painting.pictures import to_levels
from phosphene.project.schema import Model

SEEDS = range(8)  # one noise alone may by chance be nearer to the picture


@pytest.fixture(scope="module")
def repainted():
    """A picture of one prompt, and what becomes of it under another."""
    about = score(n=2, width=128, height=128, prompts=("an ancient temple", "a neon city"))
    engine = load_preset(PRESETS["worlds"], Model(steps=2), about)
    picture, row = engine.first(about.row(0)), about.row(1)

    def paint(strength, seed=0):
        channels = {**row.channels, "strength": float(strength)}
        return engine.img2img(picture, replace(row, channels=channels, seed=seed))

    return picture, paint


def test_a_fiftieth_is_another_picture(repainted):
    _, paint = repainted
    assert torch.equal(paint(0.50), paint(0.50))
    # more than half of what is filmed
    assert (to_levels(paint(0.50)) != to_levels(paint(0.52))).float().mean() > 0.5


def test_the_change_grows_with_strength_over_twenty_values(repainted):
    picture, paint = repainted
    changes = [
        np.mean([(paint(strength, seed) - picture).abs().mean().item() for seed in SEEDS])
        for strength in np.linspace(0.05, 1.0, 20)
    ]
    assert (np.diff(changes) > 0.0).all(), changes
