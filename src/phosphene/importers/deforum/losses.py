"""Lists the entries of a settings file that are not imported.

An entry is imported, has no effect on the film, is in the tables below, or is unknown. Those in the
tables and unknown ones are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedules.schedule import read_schedule
from phosphene.importers.deforum.settings import DEFAULTS, FORMER, Settings, is_off, shown
from phosphene.importers.deforum.tables.guides import composites, follows, masked, shows_video
from phosphene.importers.deforum.tables.motion import has_depth


@dataclass(frozen=True)
class Loss:
    """Entries that are not imported.

    Parameters
    ----------
    keys : str
        Names of the entries, separated by spaces.
    reason : str
    quiet : callable
        Returns True for values that have no effect; these are not listed.
    switch : str
        Entries that enable these, separated by spaces; if all are off, nothing is listed.
    """

    keys: str
    reason: str
    quiet: Callable[[Any], bool]
    switch: str = ""


def _always(value: Any) -> bool:
    return value in (None, "")


def _is(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


def _constantly(number: float) -> Callable[[Any], bool]:
    def quiet(value: Any) -> bool:
        if value in (None, ""):
            return True
        try:
            schedule = read_schedule(value, 10**9, 0)
            return schedule.numbers and all(schedule.number(key) == number for key in schedule.keys)
        except ProjectError:
            return False

    return quiet


_ONE = _constantly(1.0)

LOSSES = (
    Loss("sd_model_name model_checkpoint checkpoint", "set model.name", _always),
    Loss("sampler scheduler", "each model has its own sampler", _always),
    Loss("use_noise_mask", "noise is added everywhere", is_off),
    Loss("enable_perspective_flip flip_2d_perspective", "use the channels tilt and pan", is_off),
    Loss(
        "transform_center_x transform_center_y",
        "rotation and zoom are about the centre", _constantly(0.5),
    ),
    Loss("aspect_ratio_schedule", "pixels are square", _ONE),
    Loss("border", "the border is mirrored", _is("replicate")),
    Loss("padding_mode", "the border is mirrored", _is("border", "reflection")),
    Loss("contrast_schedule", "no channel changes the contrast", _ONE),
    Loss(
        "color_coherence", "see model.colour_match",
        _is("LAB", "HSV", "RGB", *(f"Match Frame 0 {space}" for space in ("LAB", "HSV", "RGB"))),
    ),
    Loss("color_force_grayscale", "use the channel saturation", is_off),
    Loss("seed_behavior", "frame i is painted from seed + i", _is("iter")),
    Loss("seed_iter_N", "frame i is painted from seed + i", _is(1, "1", 1.0)),
    Loss("kernel_schedule", "`sharpen` has a fixed kernel", _constantly(5.0)),
    Loss("sigma_schedule", "`sharpen` has a fixed kernel", _ONE),
    Loss("threshold_schedule", "`sharpen` has no threshold", _constantly(0.0)),
    Loss(
        "noise_multiplier_schedule", "the noise is not scaled", _ONE,
        switch="enable_noise_multiplier_scheduling",
    ),
    Loss(
        "steps_schedule", "the number of steps is constant", _always,
        switch="enable_steps_scheduling",
    ),
    Loss(
        "subseed_schedule subseed_strength_schedule", "subseeds are not supported", _always,
        switch="enable_subseed_scheduling",
    ),
    Loss("subseed_strength", "subseeds are not supported", is_off),
    Loss(
        "sampler_schedule", "the sampler is constant", _always,
        switch="enable_sampler_scheduling enable_schedule_samplers",
    ),
    Loss(
        "scheduler_schedule", "the sampler is constant", _always,
        switch="enable_scheduler_scheduling",
    ),
    Loss(
        "checkpoint_schedule", "the model is constant", _always,
        switch="enable_checkpoint_scheduling",
    ),
    Loss(
        "clipskip_schedule", "clip skip is not supported", _always,
        switch="enable_clipskip_scheduling",
    ),
    Loss("clip_skip clipskip", "clip skip is not supported", _is(0, 1, "1")),
    Loss(
        "ddim_eta_schedule", "the sampler has no eta", _constantly(0.0),
        switch="enable_ddim_eta_scheduling",
    ),
    Loss(
        "ancestral_eta_schedule", "the sampler has no eta", _ONE,
        switch="enable_ancestral_eta_scheduling",
    ),
    Loss("ddim_eta", "the sampler has no eta", is_off),
    Loss("dynamic_threshold static_threshold", "latents are not clipped", is_off),
    Loss(
        "optical_flow_cadence optical_flow_redo_generation",
        "flow from one painted frame to the next is not used", is_off,
    ),
    Loss("diffusion_redo", "each frame is painted once", is_off),
    Loss("parseq_manifest", "save the manifest as a file, and import that", is_off),
    Loss("frame_interpolation_engine", "render with --interpolate 60", is_off),
    Loss("r_upscale_video", "render with --upscale 2 or 4", is_off),
    Loss("tiling", "the picture does not tile", is_off),
    Loss("restore_faces", "faces are not restored", is_off),
    Loss("seed_resize_from_w seed_resize_from_h", "seeds are not resized", _is(-1, 0, "0", "-1")),
    Loss("reroll_blank_frames", "each frame is painted once", _is("ignore", None, "")),
    Loss("resume_from_timestring", "Phosphene resumes its own films", is_off),
    Loss("add_init_noise", "no noise is added to a first picture", is_off),
    Loss(
        "mean_scale var_scale exposure_scale colormatch_scale clip_scale aesthetics_scale "
        "init_mse_scale blue_scale ignore_sat_weight",
        "conditional gradients are not supported", is_off,
    ),
    Loss("n_batch n_samples", "each render makes one video", _is(1, "1", 1.0)),
    Loss("make_gif create_gif", "render to -o FILE.gif", is_off),
    Loss("interpolate_x_frames", "prompts keep their frames", is_off, "interpolate_key_frames"),
    Loss("shake_name", "use the modulator `noise`", is_off),
    Loss("controlnet_enabled", "add [[model.control]]", is_off),
    *(Loss(f"cn_{n}_enabled", "add [[model.control]]", is_off) for n in range(1, 6)),
)  # fmt: skip

# In 3D, with depth.
DEPTH_LOSSES = (
    Loss("midas_weight", "one source gives the depth: set depth.source", _is(None, 1, "1", 1.0)),
    Loss("depth_algorithm", "set depth.source", _always),
    Loss(
        "near_plane near_schedule", "it does not move Deforum's pictures; set depth.near",
        _constantly(200.0),
    ),
    Loss(
        "far_plane far_schedule", "it does not move Deforum's pictures; set depth.far",
        _constantly(10000.0),
    ),
    Loss("sampling_mode", "pictures are resampled by a sinc", _is("bicubic", "bilinear", None)),
)  # fmt: skip

COMPOSITE_LOSSES = (
    Loss(
        "hybrid_composite hybrid_video_composite",
        "the video is mixed in after the motion and before the repaint",
        _is("Normal", True, "True"),
    ),
    Loss(
        "hybrid_comp_mask_type hybrid_video_comp_mask_type",
        'the video is mixed in evenly; for a mask, set mode = "composite"',
        is_off,
    ),
)
MOTION_LOSSES = (
    Loss("hybrid_motion hybrid_video_motion", "the flow of each pixel", _is("Optical Flow")),
    Loss("hybrid_motion_use_prev_img", "the flow is that of the video", is_off),
    Loss(
        "hybrid_flow_method hybrid_video_flow_method",
        "the flow is estimated by DIS",
        lambda value: not value or str(value).startswith("DIS"),
    ),
    Loss("hybrid_flow_consistency", "the flow is used everywhere", is_off),
)
VIDEO_LOSSES = (
    Loss("extract_to_frame", "the video is used to its end; set `until`", _is(-1, "-1", -1.0)),
)
MASK_LOSSES = (
    Loss("mask_contrast_adjust mask_brightness_adjust", "the mask is used as it is", _ONE),
    Loss(
        "mask_schedule",
        "one mask for all frames",
        lambda value: not re.search(r"[<\[&\\]|\),", str(value)),  # words, files, several
    ),
    Loss("fill", "the frame is repainted from what it shows", _is(1, "1", "original", 1.0)),
    Loss("full_res_mask", "the frame is repainted at its own size", is_off),
)

_TABLE = {key: loss for loss in LOSSES for key in loss.keys.split()}
# Tables that apply if a part of Deforum is used.
_PARTS: tuple[tuple[Callable[[Settings], bool], tuple[Loss, ...]], ...] = (
    (has_depth, DEPTH_LOSSES),
    (composites, COMPOSITE_LOSSES),
    (follows, MOTION_LOSSES),
    (shows_video, VIDEO_LOSSES),
    (masked, MASK_LOSSES),
)
_MOST = 300  # lines

# Entries without an effect on the film, or that only configure something in `LOSSES`.
_NO_EFFECT = re.compile(
    r"(enable_\w+_schedul\w+|enable_schedule_samplers|cn_\d_\w+|controlnet_\w+|hybrid_\w+"
    r"|parseq_\w+|perspective_flip_\w+|frame_interpolation_\w+|r_upscale_\w+|save_\w+|show_\w+"
    r"|display_\w+|ffmpeg_\w+|mask_\w+|noise_mask_\w+|invert_mask|overlay_mask|video_mask_\w+"
    r"|fill|full_res_mask\w*|perlin_\w+|near_\w+|far_\w+|midas_\w+|extract_\w+|overwrite_\w+"
    r"|depth_\w+|use_(zoe_)?depth\w*|color_coherence_\w+|legacy_colormatch|histogram_matching"
    r"|cadence_flow_factor_schedule|redo_flow_factor_schedule|reroll_patience|shake_\w+"
    r"|resume_\w+|skip_video\w*|delete_\w+|store_frames_in_ram|sd_model_hash|deforum_git_\w+"
    r"|batch_name|outdir|filename_format|timestring|precision|make_grid|grid_rows|prompt_weighting"
    r"|normalize_prompt_weights|log_weighted_\w+|from_img2img_instead_of_link"
    r"|motion_preview_mode|strength_0_no_init|init_\w+|image_strength_schedule|blendFactor\w+"
    r"|tweening_frames_schedule|color_correction_factor|sampling_mode|video_init_path"
    r"|seed_schedule|seed_internal|seed_enable_extras|pix2pix_img_cfg_scale_schedule"
    r"|aspect_ratio_use_old_formula|interpolate_key_frames|bit_depth_output|colormatch_\w+"
    r"|cond_uncond_sync|gradient_\w+|grad_\w+|decode_method|clamp_\w+|clip_name|cutn|cut_pow"
    r"|exposure_target|C|f|cond_prompt|uncond_prompt|sampler_mode|subseed"
    r"|path_name_modifier|image_path|mp4_path|render_steps|use_manual_settings|max_video_frames"
    r"|output_format|add_soundtrack|soundtrack_path)"
)

#: Schedules that Deforum reads in some animation modes only.
_ONLY_IN = {
    "translation_x": "2D and 3D",
    "translation_y": "2D and 3D",
    "angle": "2D",
    "zoom": "2D",
    "translation_z": "3D",
    "rotation_3d_x": "3D",
    "rotation_3d_y": "3D",
    "rotation_3d_z": "3D",
}


def losses(settings: Settings) -> list[str]:
    """One line for each entry that is not imported, with its value and the reason."""
    entries, unknown = settings.entries, list(_unknown(settings.entries))
    lost = [*_lost(settings), *((key, "unknown to Phosphene") for key in unknown)]
    lines = [f"{_name(key)} = {shown(entries[key])}: {reason}" for key, reason in lost[:_MOST]]
    more = len(lost) - len(lines)
    return [*lines, *([f"{more} more entries unknown to Phosphene"] if more else [])]


def _name(key: str) -> str:
    return key if key.isidentifier() and len(key) <= 60 else shown(key)


def _lost(settings: Settings) -> Iterator[tuple[str, str]]:
    entries = settings.entries
    for key, loss in _TABLE.items():
        if key in entries and not loss.quiet(entries[key]) and _enabled(loss.switch, entries):
            yield key, loss.reason
    for is_used, table in _PARTS:
        yield from (
            (key, loss.reason)
            for loss in (table if is_used(settings) else ())
            for key in loss.keys.split()
            if key in entries and not loss.quiet(entries[key])
        )
    for key, only in _ONLY_IN.items():
        neutral = _constantly(1.0 if key == "zoom" else 0.0)
        if settings.mode not in only and key in entries and not neutral(entries[key]):
            yield key, f"Deforum only reads it in {only}"


def _unknown(entries: dict[str, Any]) -> Iterator[str]:
    imported = {*DEFAULTS, *(name for names in FORMER.values() for name in names)}
    for key, value in entries.items():
        known = key in _TABLE or key in imported or _NO_EFFECT.fullmatch(key)
        if not known and not is_off(value):
            yield key


def _enabled(switches: str, entries: dict[str, Any]) -> bool:
    values = [entries[switch] for switch in switches.split() if switch in entries]
    return not values or not all(is_off(value) for value in values)
