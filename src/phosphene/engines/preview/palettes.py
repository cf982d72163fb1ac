"""The colours of prompts in the preview.

They are computed with PyTorch, and stored so that a preview need not import it: its power function
and NumPy's differ in the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from phosphene.engines.preview.plane import GOLDEN, SHADES, hues
from phosphene.painting.engine import check_torch
from phosphene.painting.grading import grade
from phosphene.song.store.cache import Arrays, shelf_of
from phosphene.song.store.code import code_of

STORED = 64  # palettes; a film with more prompts computes the others


def palettes(prompts: Sequence[str]) -> NDArray[np.float32]:
    """The light of every shade of each prompt, from the cache if possible.

    Parameters
    ----------
    prompts : sequence of str
        Equal prompts have equal palettes.

    Returns
    -------
    ndarray, float32, shape (n_prompts, SHADES, 3)
        At least one.

    Raises
    ------
    EngineError
        If they are not in the cache, and PyTorch cannot be imported.
    """
    code = code_of(computed), code_of(grade)  # `from_oklab` is in the package of `grade`
    key = "\n".join([*code, *(f"{name} {version(name)}" for name in ("numpy", "torch"))])
    stored = shelf_of("preview", key).stored("palettes", computed)["palettes"]
    found = dict(zip(_first_hues(), stored, strict=True))
    return np.stack([found[hue] if hue in found else palette(hue) for hue in hues(prompts)])


def computed() -> Arrays:
    """The palettes of the first `STORED` prompts."""
    check_torch()
    return {"palettes": np.stack([palette(hue) for hue in _first_hues()])}


def _first_hues() -> list[float]:
    return [float(GOLDEN * number) for number in range(STORED)]


def palette(hue: float) -> NDArray[np.float32]:
    """The light of every shade, around a hue.

    Parameters
    ----------
    hue : float
        Radians, in OKLab.

    Returns
    -------
    ndarray, float32, shape (SHADES, 3)
    """
    import torch

    from phosphene.painting.colour import from_oklab

    around = 2.0 * np.pi * np.arange(SHADES) / SHADES
    angle = hue + 1.2 * np.sin(around)
    lab = np.stack([0.72 + 0.1 * np.cos(2.0 * around), 0.17 * np.cos(angle), 0.17 * np.sin(angle)])
    colours = from_oklab(torch.from_numpy(lab.astype(np.float32))[None, :, None])
    return np.ascontiguousarray(colours[0, :, 0].numpy().T ** 1.6)
