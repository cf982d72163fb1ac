"""What Deforum does and Phosphene does not: one line for each, where a file asks for it.

Every key is either carried, of no consequence for the film, in the table below, or unknown; the
last two are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from phosphene.errors import ProjectError
from phosphene.importers.deforum.schedule import read_schedule
from phosphene.importers.deforum.settings import DEFAULTS, FORMER, Settings, shown


@dataclass(frozen=True)
class Loss:
    """Entries that are not carried.

    Parameters
    ----------
    keys : str
        Separated by spaces.
    reason : str
    quiet : callable
        True of the values at which nothing is lost.
    switch : str
        The entry without which they mean nothing: they are not listed where the file has it off.
    """

    keys: str
    reason: str
    quiet: Callable[[Any], bool]
    switch: str = ""


def _off(value: Any) -> bool:
    return value in (None, False, "", 0, [], {}) or str(value).strip().lower() in (
        "0", "0.0", "false", "none", "none (default)",
    )  # fmt: skip


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
    Loss("sd_model_name model_checkpoint checkpoint", "name a model in model.name", _always),
    Loss("sampler scheduler", "the model brings its own sampler", _always),
    Loss("use_init", "name the first picture in video.image", _off),
    Loss("strength", "of a first picture", _always, switch="use_init"),
    Loss("init_image", "name it in video.image", _off, switch="use_init"),
    Loss("use_mask use_mask_video use_noise_mask use_alpha_as_mask", "there are no masks", _off),
    Loss("enable_perspective_flip flip_2d_perspective", "use the channels tilt and pan", _off),
    Loss(
        "transform_center_x transform_center_y",
        "the picture turns and zooms about its centre", _constantly(0.5),
    ),
    Loss("aspect_ratio_schedule", "pixels are square", _ONE),
    Loss("border", "the border is mirrored", _is("replicate")),
    Loss("padding_mode", "the border is mirrored", _is("border", "reflection")),
    Loss("contrast_schedule", "no channel feeds contrast back", _ONE),
    Loss(
        "color_coherence", "see model.colour_match",
        _is("LAB", "HSV", "RGB", *(f"Match Frame 0 {space}" for space in ("LAB", "HSV", "RGB"))),
    ),
    Loss("color_force_grayscale", "use the channel saturation", _off),
    Loss("seed_behavior", "frame i is painted from seed + i", _is("iter")),
    Loss("seed_iter_N", "frame i is painted from seed + i", _is(1, "1", 1.0)),
    Loss("kernel_schedule", "`sharpen` has a kernel of its own", _constantly(5.0)),
    Loss("sigma_schedule", "`sharpen` has a kernel of its own", _ONE),
    Loss("threshold_schedule", "`sharpen` has no threshold", _constantly(0.0)),
    Loss(
        "noise_multiplier_schedule", "the noise that is repainted from is not scaled", _ONE,
        switch="enable_noise_multiplier_scheduling",
    ),
    Loss(
        "steps_schedule", "the number of steps is one for the whole video", _always,
        switch="enable_steps_scheduling",
    ),
    Loss(
        "subseed_schedule subseed_strength_schedule", "there are no subseeds", _always,
        switch="enable_subseed_scheduling",
    ),
    Loss("subseed_strength", "there are no subseeds", _off),
    Loss(
        "sampler_schedule", "there is one sampler", _always,
        switch="enable_sampler_scheduling enable_schedule_samplers",
    ),
    Loss(
        "scheduler_schedule", "there is one sampler", _always, switch="enable_scheduler_scheduling"
    ),
    Loss(
        "checkpoint_schedule", "there is one model", _always,
        switch="enable_checkpoint_scheduling",
    ),
    Loss(
        "clipskip_schedule", "there is no clip skip", _always, switch="enable_clipskip_scheduling"
    ),
    Loss("clip_skip clipskip", "there is no clip skip", _is(0, 1, "1")),
    Loss(
        "ddim_eta_schedule", "the sampler has no eta", _constantly(0.0),
        switch="enable_ddim_eta_scheduling",
    ),
    Loss(
        "ancestral_eta_schedule", "the sampler has no eta", _ONE,
        switch="enable_ancestral_eta_scheduling",
    ),
    Loss("ddim_eta", "the sampler has no eta", _off),
    Loss("dynamic_threshold static_threshold", "latents are not clipped", _off),
    Loss("optical_flow_cadence optical_flow_redo_generation", "there is no optical flow", _off),
    Loss("diffusion_redo", "a frame is painted once", _off),
    Loss(
        "hybrid_composite hybrid_motion hybrid_video_composite hybrid_video_motion",
        "there is no hybrid video", _off,
    ),
    Loss("parseq_manifest", "Parseq's own schedules are not read", _off),
    Loss("use_looper", "there are no guided images", _off),
    Loss("frame_interpolation_engine", "render at a higher --fps: the motion stays", _off),
    Loss("r_upscale_video", "render at a larger --size: the motion stays", _off),
    Loss("tiling", "the picture does not tile", _off),
    Loss("restore_faces", "faces are not restored", _off),
    Loss("seed_resize_from_w seed_resize_from_h", "seeds are not resized", _is(-1, 0, "0", "-1")),
    Loss("reroll_blank_frames", "frames are not painted twice", _is("ignore", None, "")),
    Loss("resume_from_timestring", "Phosphene resumes its own films", _off),
    Loss("add_init_noise", "there is no noise of a first picture", _off),
    Loss(
        "mean_scale var_scale exposure_scale colormatch_scale clip_scale aesthetics_scale "
        "init_mse_scale blue_scale ignore_sat_weight",
        "there are no conditional gradients", _off,
    ),
    Loss("n_batch n_samples", "a video is made once", _is(1, "1", 1.0)),
    Loss("make_gif create_gif", "render to -o FILE.gif", _off),
    Loss("interpolate_x_frames", "prompts keep their own frames", _off, "interpolate_key_frames"),
    Loss("shake_name", "see the modulator `noise`", _off),
    Loss("controlnet_enabled", "there is no ControlNet", _off),
    *(Loss(f"cn_{n}_enabled", "there is no ControlNet", _off) for n in range(1, 6)),
)  # fmt: skip

_TABLE = {key: loss for loss in LOSSES for key in loss.keys.split()}
_MOST = 300  # lines

# What says nothing about the film, or only how something in `LOSSES` is done.
_OF_NO_CONSEQUENCE = re.compile(
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

#: The schedules that Deforum itself reads in one animation mode only.
_ONLY_IN = {
    "angle": "2D",
    "zoom": "2D",
    "translation_z": "3D",
    "rotation_3d_x": "3D",
    "rotation_3d_y": "3D",
    "rotation_3d_z": "3D",
}


def losses(settings: Settings) -> list[str]:
    """Every entry of a file that is not carried, each as a line with its value and the reason."""
    entries, unknown = settings.entries, list(_unknown(settings.entries))
    lost = [*_lost(settings), *((key, "Phosphene does not know this entry") for key in unknown)]
    lines = [f"{_name(key)} = {shown(entries[key])}: {reason}" for key, reason in lost[:_MOST]]
    more = len(lost) - len(lines)
    return [*lines, *([f"{more} more entries that Phosphene does not know"] if more else [])]


def _name(key: str) -> str:
    return key if key.isidentifier() and len(key) <= 60 else shown(key)


def _lost(settings: Settings) -> Iterator[tuple[str, str]]:
    entries = settings.entries
    for key, loss in _TABLE.items():
        if key in entries and not loss.quiet(entries[key]) and _on(loss.switch, entries):
            yield key, loss.reason
    for key, only in _ONLY_IN.items():
        rests = _constantly(1.0 if key == "zoom" else 0.0)
        if only != settings.mode and key in entries and not rests(entries[key]):
            yield key, f"Deforum itself reads it in {only} alone"


def _unknown(entries: dict[str, Any]) -> Iterator[str]:
    carried = {*DEFAULTS, *(name for names in FORMER.values() for name in names)}
    for key, value in entries.items():
        known = key in _TABLE or key in carried or _OF_NO_CONSEQUENCE.fullmatch(key)
        if not known and not _off(value):
            yield key


def _on(switches: str, entries: dict[str, Any]) -> bool:
    found = [entries[switch] for switch in switches.split() if switch in entries]
    return not found or not all(_off(value) for value in found)
