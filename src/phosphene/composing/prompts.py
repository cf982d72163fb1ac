"""The prompt schedule: the weight of each prompt in each frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def prompt_weights(
    starts: NDArray[np.float64], keys: list[float], blends: list[float]
) -> NDArray[np.float64]:
    """Weight of each prompt in each frame.

    Every change is a linear morph over the span that ends at the new prompt's position. A span
    longer than the gap since the last change is shortened to it.

    Parameters
    ----------
    starts : ndarray, shape (n_frames,)
        Start of each frame in seconds.
    keys : list of float, length n_prompts
        Seconds at which each prompt reaches weight 1, increasing. The first has it from the start.
    blends : list of float, length n_prompts
        Seconds of morph before each; the first is not used.

    Returns
    -------
    ndarray, shape (n_frames, n_prompts)
        Rows add up to 1.
    """
    weights = np.zeros((len(starts), len(keys)))
    arrived = np.ones(len(starts))
    for k in range(len(keys) - 1, 0, -1):
        span = min(blends[k], keys[k] - keys[k - 1])
        if span > 1e-6:
            share = np.clip((starts - (keys[k] - span)) / span, 0.0, 1.0)
        else:
            share = (starts >= keys[k] - 1e-9).astype(np.float64)
        weights[:, k] = arrived * share
        arrived = arrived * (1.0 - share)
    weights[:, 0] = arrived
    return weights


def with_next(weights: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mix a share of the next prompt into each frame; the last is followed by the first.

    Parameters
    ----------
    weights : ndarray, shape (n_frames, n_prompts)
    share : ndarray, shape (n_frames,)
        The channel `prompt_mix`, 0 to 1.

    Returns
    -------
    ndarray, shape (n_frames, n_prompts)
        Rows add up to 1.
    """
    return weights + share[:, None] * (np.roll(weights, 1, axis=1) - weights)
