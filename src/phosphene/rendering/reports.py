"""Warnings about a Score before it is painted."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from textwrap import shorten

import numpy as np

from phosphene.engines.presets import preset_of
from phosphene.engines.words.emphasis import parts_of, plain
from phosphene.engines.words.reading import family_of, unread_words
from phosphene.engines.words.vocabulary import vocabulary_of
from phosphene.painting.depth import DepthSpec
from phosphene.painting.engine import EngineSpec, unsupported
from phosphene.project.schema import Project
from phosphene.project.tables.model import Model
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score

PARALLAX = frozenset({"dolly", "translation_x", "translation_y"})
_log = logging.getLogger(__name__)
warn = _log.warning
LARGE = 2e9  # bytes, from which a film's size is reported
FAINT = 0.05  # share of an image that is too faint to see


def report_space(target: Path, film: float, rendering: float) -> None:
    """Report how much disk space a large film needs, and warn if there is less.

    Parameters
    ----------
    target : Path
        The film.
    film, rendering : float
        Bytes, from `phosphene.film.preflight.space_needed`.
    """
    free = shutil.disk_usage(target.parent).free
    about = (
        f"{target.name} will have about {film / 1e9:.1f} GB, and needs about {rendering / 1e9:.1f} "
        "GB of disk while it is rendered"
    )
    if rendering > free:
        warn(
            f"{about}; {free / 1e9:.1f} GB are free in {target.parent}. A higher [video] crf, the "
            "codec hevc or av1, or a smaller size needs less"
        )
    elif rendering > LARGE:
        _log.info(about + ".")


def _size(width: int, height: int) -> str:
    return f"{width}x{height}"


def warn_of_clamped(score: Score) -> None:
    """Warn of channels that exceeded their limits."""
    for name, count in score.clamped.items():
        channel = CHANNELS[name]
        warn(
            f"{name} exceeded its limits ({channel.low:g} to {channel.high:g}) in {count} frames "
            "and was clamped"
        )


def warn_of_unsupported(spec: EngineSpec, model: Model, score: Score) -> None:
    """Warn of channels that the model does not support, and of additions that it does not load."""
    for kind in ("lora", "control", "ip_adapter"):
        if getattr(model, kind) and not spec.adapters:
            warn(f"[[model.{kind}]]: '{spec.name}' cannot load it: it is ignored")
    missing = _missing(model, score)
    for name in unsupported(spec, model, score):
        if name in missing:
            warn(f"motion drives {name}, which is ignored without {missing[name]}")
            continue
        warn(f"motion drives {name}, which the model '{spec.name}' does not support: it is ignored")


def _missing(model: Model, score: Score) -> dict[str, str]:
    """Channels that multiply something that a film does not have, and its table."""
    inputs = score.inputs
    found = {
        "lora": ("[[model.lora]] with driven = true", any(lora.driven for lora in model.lora)),
        "control": ("[[model.control]]", model.control),
        "ip_adapter": ("[[model.ip_adapter]]", model.ip_adapter),
        "guide": ("[[guide]]", inputs.guides),
        "mask": ("[[mask]]", inputs.masks),
        "overlay": ("[[overlay]]", inputs.overlays),
    }
    return {name: table for name, (table, there) in found.items() if not there}


def warn_of_size(spec: EngineSpec, model: Model, score: Score) -> None:
    """Warn if a model paints smaller pictures than the film's, or larger ones than it can."""
    preset = preset_of(spec)
    if preset is None:
        return
    from phosphene.engines.sizes import BEYOND, excess, painted_size  # imports torch

    if excess(score.width, score.height, preset.trained) <= BEYOND:
        return
    sizes = ", ".join(_size(*trained) for trained in preset.trained)
    if model.native_size:
        painted = _size(*painted_size(score.width, score.height, preset.trained))
        warn(
            f"{spec.name} was trained on {sizes}: it paints at {painted}, and each frame is "
            f"enlarged to {_size(score.width, score.height)}; [model] native_size = false paints "
            "at full size, where the scene is repeated"
        )
    else:
        warn(
            f"{spec.name} was trained on {sizes} and repeats the scene at "
            f"{_size(score.width, score.height)}; without native_size = false, it paints a smaller "
            "picture and enlarges it"
        )


def warn_of_image(spec: EngineSpec, project: Project, score: Score) -> None:
    """Warn if the user's image is painted over within a second."""
    if score.image is None or project.video.image_hold is not None or not spec.diffuses:
        return
    second = slice(1, 1 + max(1, round(score.fps)))
    strengths = score.channels["strength"][second] * score.diffuses[second]
    if np.prod(1.0 - strengths) < FAINT:
        warn(
            f"{score.image.name} is painted over within a second, at a strength of "
            f'{strengths.max():.2g}; [video] image_hold = "4s" lets strength rise from 0 over four '
            "seconds"
        )


def warn_of_depth(project: Project, score: Score, spec: DepthSpec | None) -> None:
    """Warn if a project has depth, and nothing shows it, or an entry of it has no effect."""
    if project.depth is None or spec is None:
        return
    seen = any(net.kind == "depth" for net in project.model.control)
    seen = seen or any(mask.depth is not None for mask in score.inputs.masks)
    if not seen and not PARALLAX & set(score.moving()):
        warn(
            f"[depth] has no effect: nothing drives {', '.join(sorted(PARALLAX))}, which are what "
            "moves the camera through space"
        )
    if spec.fixed and project.depth.every > 1:
        warn(f"depth.every has no effect: '{spec.name}' is the same for every picture")


def warn_of_words(spec: EngineSpec, score: Score) -> None:
    """Warn of words in the prompts that the model does not know, or does not read."""
    if not spec.source:
        return
    _warn_of_unknown(spec, score)
    if family_of(spec.source):
        return
    prompts = [*score.prompts, *score.negative_prompts]
    if any(part.weight != 1.0 for prompt in prompts for part in parts_of(prompt)):
        warn(f"{spec.name} does not weigh words: brackets such as (word:1.3) are omitted")
    for (rest, tokens), cut in unread_words(spec.source, list(map(plain, prompts))).items():
        first = shorten(cut[0], 40, placeholder=" ...")
        where = f"'{first}'" if len(cut) == 1 else f"{len(cut)} prompts"
        warn(
            f"{spec.name} reads {tokens} tokens of a prompt, and cuts off '{rest}' at the end of "
            f"{where}; shorten it, or put the important words first"
        )


def _warn_of_unknown(spec: EngineSpec, score: Score) -> None:
    vocabulary = vocabulary_of(spec.source)
    if vocabulary is None:
        return
    read = [vocabulary.read(prompt) for prompt in (*score.prompts, *score.negative_prompts)]
    near = {word: other for words in read for word, other in words.near.items()}
    unknown = dict.fromkeys(word for words in read for word in words.unknown)
    if near:
        replaced = ", ".join(f"'{word}' as '{other}'" for word, other in near.items())
        warn(f"{spec.name} reads {replaced}")
    if unknown:
        omitted = ", ".join(f"'{word}'" for word in unknown)
        warn(f"{spec.name} does not know {omitted}, and omits it")
