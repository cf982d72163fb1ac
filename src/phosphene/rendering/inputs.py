"""Checks guides, masks and overlays before painting, and computes their digests."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from phosphene.errors import ProjectError
from phosphene.film.checksums import digest_of
from phosphene.footage.stills import has_alpha, read_still
from phosphene.footage.videos import Form, scan, video_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phosphene.painting.engine import EngineSpec
    from phosphene.score.guides import Clip
    from phosphene.score.score import Score

warn = logging.getLogger(__name__).warning


def check_inputs(spec: EngineSpec, score: Score) -> None:
    """Check that every picture and video of a Score can be read, and warn of those without effect.

    Videos are decoded once, as far as they are needed, to find damage before painting.

    Raises
    ------
    ProjectError
        If a file is missing, is neither a picture nor a video, or lacks a needed alpha.
    """
    inputs = score.inputs
    for overlay in inputs.overlays:
        read_still(overlay.path, overlay.entry)
    opaque = {clip for clip in dict.fromkeys(inputs.clips) if not _checked(clip, score)}
    for guide in inputs.guides:
        if guide.mode == "composite" and guide.mask is None and guide.clip in opaque:
            raise ProjectError(
                f"{guide.clip.entry}: {guide.clip.path.name} has no alpha, and a composite needs "
                "one",
                'Give a `mask`, a video with alpha (ProRes 4444, VP9, PNG), or mode = "init".',
            )
    for mask in inputs.masks:
        if mask.part == "alpha" and mask.clip in opaque:
            assert mask.clip is not None
            raise ProjectError(
                f"{mask.clip.entry}: {mask.clip.path.name} has no alpha",
                'Set of = "luma", or give a file with alpha.',
            )
    if not spec.diffuses:
        moving = [guide.clip.entry for guide in inputs.guides if guide.mode == "flow"]
        for entry in [*moving, *(mask.entry for mask in inputs.masks)]:
            warn(f"{entry} has no effect: '{spec.name}' draws every frame from scratch")


def _checked(clip: Clip, score: Score) -> bool:
    """Check a clip, and return whether it has alpha."""
    if clip.still:
        return has_alpha(read_still(clip.path, clip.entry))
    video = video_of(clip)
    last = min(clip.last, int(score.frames[-1]) + 1)
    needed = last - clip.first
    form = Form(score.fps, score.width, score.height)
    count, errors = scan(clip, video, form, needed)
    if count == 0:
        about = f"its end is before {float(clip.begin):g} s" if clip.begin else "nothing decodes"
        raise ProjectError(
            f"{clip.entry}: {clip.path} has no frames to show: {about}",
            "Give a video that plays, and a `from` before its end.",
        )
    if errors:
        warn(
            f"{clip.entry}: {clip.path.name} is damaged ({errors} errors). What can be decoded is "
            "shown; convert the file again to repair it"
        )
    if count < needed:
        then = "repeats" if clip.loops else "holds its last frame"
        warn(
            f"{clip.entry}: {clip.path.name} ends after {float(count / score.fps):.4g} s of "
            f"{float(needed / score.fps):.4g} s, and {then}"
        )
    return video.alpha


def inputs_identity(score: Score) -> tuple[object, ...]:
    """What frames depend on in guides, masks and overlays, with digests in place of files."""
    return tuple(_described(score))


def _described(score: Score) -> Iterator[object]:
    nowhere = Path()
    inputs = score.inputs
    paths = [clip.path for clip in inputs.clips] + [overlay.path for overlay in inputs.overlays]
    digests = {path: digest_of(path) for path in dict.fromkeys(paths)}

    def content(clip: Clip | None) -> object:
        return clip and (replace(clip, path=nowhere, entry=""), digests[clip.path])

    for guide in inputs.guides:
        yield guide.mode, guide.amount, content(guide.clip), content(guide.mask)
    for mask in inputs.masks:
        yield replace(mask, clip=None, entry=""), content(mask.clip)
    yield from map(content, filter(None, inputs.controls))
    for overlay in inputs.overlays:
        yield replace(overlay, path=nowhere, entry=""), digests[overlay.path]
