"""The styles by name, and what a prompt says of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from phosphene import ProjectError, hint

#: In the order of the network, which has numbers alone; each is named after what it looks like.
STYLES = (
    "sand", "contour", "charcoal", "glass", "canvas", "autumn", "midnight", "poster", "crayon",
    "woodblock", "clay", "parchment", "haze", "jungle", "frost", "mosaic", "dusk", "weave",
    "carving", "starlight", "ember", "collage", "pebbles", "storm", "tide", "slate",
)  # fmt: skip


def shares(prompts: Sequence[str]) -> NDArray[np.float64]:
    """How much of each style a prompt asks for.

    Parameters
    ----------
    prompts : sequence of str
        Each a style, or several with commas between: equal parts of each.

    Returns
    -------
    ndarray, shape (n_prompts, 26)
        Rows add up to 1.

    Raises
    ------
    ProjectError
        If a prompt names what is no style.
    """
    return np.array([_shares(prompt) for prompt in prompts])


def _shares(prompt: str) -> NDArray[np.float64]:
    named = [part.strip().lower() for part in prompt.split(",")]
    for name in named:
        if name not in STYLES:
            within = f" (in '{prompt}')" if name != prompt else ""
            raise ProjectError(
                f"prompts: '{name}'{within} is no style of the model styletransfer",
                f"{hint(name, STYLES)} A prompt names one, or several with commas between; "
                "prompts.style is added to every prompt.",
            )
    counts = np.bincount([STYLES.index(name) for name in named], minlength=len(STYLES))
    return counts / len(named)
