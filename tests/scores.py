"""Small Scores to paint, and a picture to start from."""

from fractions import Fraction

import numpy as np
import torch

from phosphene.composing.compose import compose
from phosphene.composing.trace import Trace
from phosphene.plotting import data
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


def card(width, height):
    """Rings and rays in colours that run round the centre: float32, (1, 3, height, width)."""
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


def plot_data(song, project, form=None, title=""):
    """The data of a plot of a project."""
    trace = Trace()
    score = compose(project, song, form, trace)
    return data.plot_data(song, project, score, trace, title)
