"""Small Scores to paint."""

from fractions import Fraction

import numpy as np

from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score


def score(n=3, width=64, height=48, prompts=("a cat", "a dog"), **channels):
    values = {name: np.full(n, channel.neutral) for name, channel in CHANNELS.items()}
    for name, value in channels.items():
        values[name] = np.full(n, value)
    share = np.linspace(0, 1, n)
    weights = np.stack([1 - share, share], axis=1)[:, : len(prompts)]
    return Score(
        fps=Fraction(15), width=width, height=height, frames=np.arange(n), channels=values,
        prompts=prompts, weights=weights, negative="bad", seeds=42 + np.arange(n),
        diffuses=values["strength"] > 0,
    )  # fmt: skip
