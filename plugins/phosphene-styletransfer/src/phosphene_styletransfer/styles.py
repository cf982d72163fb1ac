"""The names of the styles, and how prompts select them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from phosphene import ProjectError, hint

#: In the order of the network, which only numbers them; named after their appearance.
STYLES = (
    "sand", "contour", "charcoal", "glass", "canvas", "autumn", "midnight", "poster", "crayon",
    "woodblock", "clay", "parchment", "haze", "jungle", "frost", "mosaic", "dusk", "weave",
    "carving", "starlight", "ember", "collage", "pebbles", "storm", "tide", "slate",
)  # fmt: skip


def shares(prompts: Sequence[str]) -> NDArray[np.float64]:
    """The share of each style in each prompt.

    Parameters
    ----------
    prompts : sequence of str
        Each a style, or several separated by commas, in equal parts.

    Returns
    -------
    ndarray, shape (n_prompts, 26)
        Rows add up to 1.

    Raises
    ------
    ProjectError
        If a prompt names an unknown style.
    """
    return np.array([_shares(prompt) for prompt in prompts])


def _shares(prompt: str) -> NDArray[np.float64]:
    named = [part.strip().lower() for part in prompt.split(",")]
    for name in named:
        if name not in STYLES:
            within = f" (in '{prompt}')" if name != prompt else ""
            raise ProjectError(
                f"prompts: '{name}'{within} is not a style of the model styletransfer",
                f"{hint(name, STYLES)} A prompt names one, or several separated by commas; "
                "prompts.style is added to every prompt.",
            )
    counts = np.bincount([STYLES.index(name) for name in named], minlength=len(STYLES))
    return counts / len(named)
