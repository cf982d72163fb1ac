"""What Deforum does and Phosphene does not: one line for each, where a file asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phosphene.deforum.settings import Settings


@dataclass(frozen=True)
class Loss:
    """An entry that is not carried.

    Parameters
    ----------
    key : str
    quiet : callable
        True of the values at which nothing is lost.
    reason : str
    """

    key: str
    quiet: Callable[[Any], bool]
    reason: str


def _off(value: Any) -> bool:
    return value in (None, False, "", 0, "0", "None", "none", "none (default)", "False")


def _is(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


def _constantly(number: float) -> Callable[[Any], bool]:
    def quiet(value: Any) -> bool:
        bare = str(value).replace(" ", "").partition(":")[2].strip("()") or str(value)
        try:
            return float(bare) == number
        except ValueError:
            return False

    return quiet


_MIDDLE, _ONE = _constantly(0.5), _constantly(1.0)

LOSSES = (
    Loss("use_init", _off, "name the first picture in video.image"),
    Loss("use_mask", _off, "there are no masks"),
    Loss("use_mask_video", _off, "there are no masks"),
    Loss("use_noise_mask", _off, "there are no masks"),
    Loss("enable_perspective_flip", _off, "use the channels tilt and pan"),
    Loss("transform_center_x", _MIDDLE, "the picture turns and zooms about its centre"),
    Loss("transform_center_y", _MIDDLE, "the picture turns and zooms about its centre"),
    Loss("aspect_ratio_schedule", _ONE, "pixels are square"),
    Loss("border", _is("replicate"), "the border is mirrored"),
    Loss("contrast_schedule", _ONE, "no channel feeds contrast back"),
    Loss("color_coherence", _is("LAB", "HSV", "RGB"), "see model.colour_match"),
    Loss("color_force_grayscale", _off, "use the channel saturation"),
    Loss("seed_behavior", _is("iter"), "frame i is painted from seed + i"),
    Loss("enable_steps_scheduling", _off, "the number of steps is one for the whole video"),
    Loss("enable_subseed_scheduling", _off, "there are no subseeds"),
    Loss("enable_sampler_scheduling", _off, "there is one sampler"),
    Loss("enable_checkpoint_scheduling", _off, "there is one model"),
    Loss("enable_clipskip_scheduling", _off, "there is no clip skip"),
    Loss("optical_flow_cadence", _off, "there is no optical flow"),
    Loss("optical_flow_redo_generation", _off, "there is no optical flow"),
    Loss("diffusion_redo", _off, "a frame is painted once"),
    Loss("hybrid_composite", _off, "there is no hybrid video"),
    Loss("hybrid_motion", _off, "there is no hybrid video"),
    Loss("parseq_manifest", _off, "Parseq's own schedules are not read"),
    Loss("use_looper", _off, "there are no guided images"),
    Loss("frame_interpolation_engine", _off, "render at a higher --fps: the motion stays"),
    Loss("r_upscale_video", _off, "render at a larger --size: the motion stays"),
    Loss("tiling", _off, "the picture does not tile"),
    Loss("restore_faces", _off, "faces are not restored"),
    *(Loss(f"cn_{n}_enabled", _off, "there is no ControlNet") for n in range(1, 6)),
)


#: The schedules that Deforum itself reads in one animation mode only.
_ONLY_IN = {
    "angle": "2D",
    "zoom": "2D",
    "translation_z": "3D",
    "rotation_3d_x": "3D",
    "rotation_3d_y": "3D",
    "rotation_3d_z": "3D",
}
_RESTING = {"zoom": _ONE}


def losses(settings: Settings) -> list[str]:
    """Every entry of a file that is not carried, each as a line with its value and the reason."""
    mode = settings.text("animation_mode")
    unread = [
        Loss(key, _RESTING.get(key, _constantly(0.0)), f"Deforum itself reads it in {only} alone")
        for key, only in _ONLY_IN.items()
        if only != mode
    ]
    return [
        f"{loss.key} = {settings.entries[loss.key]!r}: {loss.reason}"
        for loss in (*LOSSES, *unread)
        if loss.key in settings.entries and not loss.quiet(settings.entries[loss.key])
    ]
