"""The channels: everything that a curve can drive, in one table.

The painter reads each of them; plugins cannot add channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
"""One value per frame: float64, shape (n_frames,), finite."""


@dataclass(frozen=True)
class Channel:
    """A parameter of the painter with one value per frame.

    Parameters
    ----------
    name, unit, description : str
        Its name, its unit, and what it does.
    neutral : float
        The value at which the channel has no effect (or its usual value).
    multiplicative : bool
        Whether values compose by multiplication; they are then mixed on the logarithm.
    per_frame : bool
        Whether the value is a speed, which scales with the frame rate.
    in_pixels : bool
        Whether the value is a length in the picture, which scales with its width.
    low, high : float
        The range to which the mixed value is clamped.

    Speeds are rescaled: translations by both ratios, rotations by the ratio of the frame rates, and
    zoom to its power. Other channels are not rescaled.
    """

    name: str
    unit: str
    neutral: float
    description: str
    multiplicative: bool = False
    per_frame: bool = True
    in_pixels: bool = False
    low: float = -np.inf
    high: float = np.inf

    def rescaled(self, values: Curve, frame_ratio: float, width_ratio: float) -> Curve:
        """Values for another frame rate and width, along the same path in the same time.

        Parameters
        ----------
        values : ndarray, shape (n_frames,)
            Values per frame at the project's own fps and width.
        frame_ratio : float
            Project fps over rendered fps.
        width_ratio : float
            Rendered width over project width.

        Returns
        -------
        ndarray, shape (n_frames,)
        """
        if self.multiplicative and self.per_frame:
            return values**frame_ratio
        scale = (frame_ratio if self.per_frame else 1.0) * (width_ratio if self.in_pixels else 1.0)
        return values * scale


_TABLE = (
    Channel(
        "translation_x", "px per frame", 0.0, "moves the picture right; negative, left",
        in_pixels=True,
    ),
    Channel(
        "translation_y", "px per frame", 0.0, "moves the picture down; negative, up",
        in_pixels=True,
    ),
    Channel(
        "rotation", "degrees per frame", 0.0, "turns the picture clockwise about its centre"
    ),
    Channel(
        "zoom", "factor per frame", 1.0, "above 1 moves in, below 1 out; 1.02 doubles in 35 frames",
        multiplicative=True, low=1e-3, high=1e3,
    ),
    Channel(
        "strength", "share of the noise schedule", 0.55,
        "how much img2img repaints: 0 keeps the picture, 1 makes a new one",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "tilt", "degrees per frame", 0.0, "turns the camera up; negative, down",
        low=-60.0, high=60.0,
    ),
    Channel(
        "pan", "degrees per frame", 0.0, "turns the camera right; negative, left",
        low=-60.0, high=60.0,
    ),
    Channel(
        "dolly", "share of the distance per frame", 0.0,
        "moves the camera towards the picture; negative, away", low=-5.0, high=5.0,
    ),
    Channel(
        "field_of_view", "degrees", 60.0, "how much perspective tilt and pan show",
        per_frame=False, low=5.0, high=150.0,
    ),
    Channel(
        "guidance", "times the model's guidance scale", 1.0,
        "above 1 follows the prompt more closely", multiplicative=True, per_frame=False,
        low=0.01, high=10.0,
    ),
    Channel(
        "noise", "standard deviation, of a range of 1", 0.0,
        "grain added before img2img, which turns it into detail",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "sharpen", "share of the detail", 0.0, "unsharp mask before img2img, against blur",
        per_frame=False, low=0.0, high=4.0,
    ),
    Channel(
        "colour_match", "share", 0.5,
        "how strongly colours are pulled towards those of the scene, against drift",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "detail_match", "share", 0.5,
        "how strongly fine detail is pulled towards that of the scene, against blur",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "brightness", "factor", 1.0, "of the frame that is shown; not fed back",
        multiplicative=True, per_frame=False, low=0.01, high=10.0,
    ),
    Channel(
        "saturation", "factor", 1.0, "of the frame that is shown; not fed back",
        multiplicative=True, per_frame=False, low=0.01, high=10.0,
    ),
    Channel(
        "hue", "degrees", 0.0, "turns the colours of the frame that is shown; not fed back",
        per_frame=False,
    ),
    Channel(
        "prompt_mix", "share", 0.0, "of the next prompt; the last one is followed by the first",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "lora", "factor", 1.0, "times the weight of each LoRA that is `driven`",
        per_frame=False, low=-10.0, high=10.0,
    ),
    Channel(
        "control", "factor", 1.0, "times the scale of each ControlNet",
        per_frame=False, low=0.0, high=2.0,
    ),
    Channel(
        "ip_adapter", "factor", 1.0, "times the scale of each IP-Adapter",
        per_frame=False, low=0.0, high=2.0,
    ),
    Channel(
        "guide", "factor", 1.0, "times the amount of each guide",
        per_frame=False, low=0.0, high=2.0,
    ),
    Channel(
        "mask", "factor", 1.0, "times the amount of each mask; at 0 everything is repainted",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "overlay", "factor", 1.0, "times the opacity of each overlay; not fed back",
        per_frame=False, low=0.0, high=1.0,
    ),
    Channel(
        "renewal", "share of the noise", 0.3,
        "how much of img2img's noise is new in each frame; the rest moves with the camera",
        per_frame=False, low=0.0, high=1.0,
    ),
)  # fmt: skip

ALWAYS_LISTED = 5
"""Channels that are in every table of a Score; the others only appear if they move."""

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in _TABLE}
"""Every channel by name, with its `unit`, `neutral` value and limits."""


class Values:
    """The value of each channel in one frame, for type checkers."""

    translation_x: float
    translation_y: float
    rotation: float
    zoom: float
    strength: float
    tilt: float
    pan: float
    dolly: float
    field_of_view: float
    guidance: float
    noise: float
    sharpen: float
    colour_match: float
    detail_match: float
    brightness: float
    saturation: float
    hue: float
    prompt_mix: float
    lora: float
    control: float
    ip_adapter: float
    guide: float
    mask: float
    overlay: float
    renewal: float
