"""A `[[motion]]` that names a look: its layers, at the project's own fps and width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from phosphene.hints import hint
from phosphene.modulators.looks import LookError, looks
from phosphene.modulators.modulator import Modulator
from phosphene.project.motion import OWN_KEYS, Layer
from phosphene.project.schema import Video
from phosphene.score.channels import CHANNELS
from phosphene.score.timeline import exact_fps

Data = dict[str, Any]

# The frame rate and the width that the table's values are given at.
_FPS = Fraction(12)
_WIDTH = 256

#: Keys that every layer of a look takes over as they are.
_FOR_ALL = ("between", "when", "mute", "solo")


def expand(
    entry: Data,
    video: Data,
    modulators: Mapping[str, type[Modulator]],
    known: Mapping[str, Data] | None = None,
) -> list[Data]:
    """The layers of a `[[motion]]` that names a look.

    Parameters
    ----------
    entry : dict
        `look`, and what it changes: `between`, `when`, `mute` and `solo` hold for every layer;
        any other key goes to those layers that know it. Its `amount`, which scales them all, is
        left to the caller: a layer of the look may have its own.
    video : dict
        The project's `[video]`, not yet validated.
    modulators : mapping of str to type
        The modulators that `use` may name.
    known : mapping of str to dict, optional
        The looks that there are; default: those of the table.

    Returns
    -------
    list of dict
        Entries as a project could have written them.

    Raises
    ------
    LookError
        If the look is unknown, or a key is known to none of its layers.
    """
    name, known = entry["look"], looks() if known is None else known
    if not isinstance(name, str) or name not in known:
        raise LookError(f"look: unknown look {name!r}. {hint(str(name), known)}")
    layers = [_at(layer, video) for layer in known[name]["layers"]]
    changes = {key: value for key, value in entry.items() if key != "look"}
    for layer in layers:
        layer |= {key: changes[key] for key in _FOR_ALL if key in changes}
    for key in changes.keys() - {"amount", *_FOR_ALL}:
        knowing = [layer for layer in layers if key in _keys(layer, modulators)]
        if not knowing:
            keys = {*_FOR_ALL, "amount"}.union(*(_keys(layer, modulators) for layer in layers))
            raise LookError(f"{key}: unknown key of the look '{name}'. {hint(key, keys)}")
        for layer in knowing:
            layer[key] = changes[key]
    return layers


def _keys(layer: Data, modulators: Mapping[str, type[Modulator]]) -> Iterable[str]:
    shared = Layer.model_fields.keys() - OWN_KEYS - {"use", "amount"}
    modulator = modulators.get(layer["use"])  # a missing one is reported where it is used
    return shared | (modulator.model_fields.keys() if modulator else set())


def _at(layer: Data, video: Data) -> Data:
    """A layer of the table with its reaches at the project's fps and width."""
    try:
        frames = float(_FPS / exact_fps(video.get("fps", Video.model_fields["fps"].default)))
        width = float(video.get("width", Video.model_fields["width"].default)) / _WIDTH
    except (TypeError, ValueError):  # a mistake in [video] is reported there
        return dict(layer)
    reaches = {}
    for name, reach in layer["to"].items():
        channel = CHANNELS[name]
        neutral = channel.neutral if channel.multiplicative else 0.0
        full = channel.rescaled(np.array([neutral + reach]), frames, width)
        reaches[name] = float(full[0]) - neutral
    return layer | {"to": reaches}
