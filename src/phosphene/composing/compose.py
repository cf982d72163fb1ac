"""Composes a Score from a Song and a Project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from phosphene.composing.gates import within
from phosphene.composing.inputs import placed_captions, placed_inputs
from phosphene.composing.layers import fold, require_finite
from phosphene.composing.scenes import HELD, Placed, placed_prompts, placed_scenes, scenes_of
from phosphene.composing.trace import Trace
from phosphene.composing.warnings import Warnings
from phosphene.errors import PluginError, ProjectError, SongChanged
from phosphene.project.schema import Project
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.patterns import repainted
from phosphene.score.score import Score
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length
from phosphene.song.song import Song

# These change an image: repainting, and matching the colours and detail of the prompts.
REPAINTING = ("strength", *HELD)


@dataclass(frozen=True)
class FrameFormat:
    """The fps and size to compose for, if they differ from the project's."""

    fps: Fraction
    width: int
    height: int


def compose(
    project: Project, song: Song, form: FrameFormat | None = None, trace: Trace | None = None
) -> Score:
    """Compose the Score of a video.

    Layers are applied to each channel in file order, from its neutral value or the one in
    `[model]`. Values are at the project's own fps and width; for another form they are rescaled, so
    that the camera travels the same path in the same time.

    Parameters
    ----------
    project : Project
    song : Song
    form : FrameFormat, optional
        Default: the project's own fps, width and height.
    trace : Trace, optional
        Emptied, and filled with every step, for the entire song.

    Returns
    -------
    Score
        Frames from the project's `start` to its `end`.

    Raises
    ------
    ProjectError
        If a position is outside the song, two prompts or keyframes are at the same time, a layer
        does not match its modulator, or a channel is not finite.
    PluginError
        If a modulator fails, or returns something that is not a set of curves; `entry` is the
        layer's.
    """
    if trace is not None:
        trace.clear()
    video = project.video
    own_fps = Fraction(video.fps)
    form = form or FrameFormat(own_fps, video.width, video.height)
    timeline = Timeline(song, form.fps, own_fps)
    first, last = _excerpt(project, timeline)
    timeline = replace(timeline, shown=(first / form.fps, last / form.fps))
    warnings = Warnings(project, timeline, first, last)
    scenes = placed_scenes(project, timeline)
    placed = placed_prompts(project, timeline, scenes)
    warnings.check_prompts([project.prompts.style, *(prompt.text for prompt in placed)])
    with np.errstate(all="ignore"):  # values that are not finite are refused by name
        channels, clamped = _channels(song, project, timeline, form, warnings, scenes, trace)
    warnings.check_unused(project, scenes[0].image, channels, len(placed))
    if video.image_hold is not None:
        rise = _rise(timeline, first, video.image_hold)
        channels |= {name: rise * channels[name] for name in REPAINTING}
        if trace is not None:
            trace.values |= channels
    weights = prompt_weights(
        timeline.starts, [prompt.key for prompt in placed], [prompt.blend for prompt in placed]
    )
    frames = np.arange(timeline.n_frames)
    repaints = [repainted(scene.cadence, timeline)[scene.frames] for scene in scenes]
    score = Score(
        fps=form.fps,
        width=form.width,
        height=form.height,
        frames=frames,
        channels=channels,
        prompts=tuple(_styled(prompt.text, project.prompts.style) for prompt in placed),
        weights=with_next(weights, channels["prompt_mix"]),
        negative=project.prompts.negative,
        seeds=frames + np.concatenate([np.full(len(s.frames), s.seed) for s in scenes]),
        diffuses=(channels["strength"] > 0.0) & np.concatenate(repaints),
        image=scenes[0].image,
        scenes=scenes_of(scenes, placed),
        clamped=clamped,
        warnings=tuple(warnings.texts),
        own_negatives=tuple(prompt.negative for prompt in placed),
        captions=placed_captions(project, timeline),
        inputs=placed_inputs(project, timeline),
        image_strength=video.image_strength if scenes[0].image == video.image else 0.0,
    )
    return score.excerpt(first, last)


def _channels(
    song: Song,
    project: Project,
    timeline: Timeline,
    form: FrameFormat,
    warnings: Warnings,
    scenes: Sequence[Placed],
    trace: Trace | None,
) -> tuple[dict[str, Curve], dict[str, int]]:
    """All channels at the form's fps and width, and the number of clamped frames of each."""
    values = {name: np.full(timeline.n_frames, ch.neutral) for name, ch in CHANNELS.items()}
    for scene in scenes:
        for name, value in scene.rest.items():
            values[name][scene.frames] = value
    moved_by: dict[str, list[str]] = {name: [] for name in CHANNELS}
    soloed = any(layer.solo for layer in project.motion)
    for index, layer in enumerate(project.motion):
        where = layer.entry or f"motion[{index}]"
        if not layer.mute and (layer.solo or not soloed):
            try:
                for name in fold(values, layer, where, song, timeline, warnings, trace):
                    moved_by[name].append(f"{where} ({layer.use})")
            except PluginError as error:
                if not isinstance(error, SongChanged):
                    error.entry = where
                raise
        elif trace is not None:
            trace.silent.append(f"{where} {layer.use}")
    frame_ratio = float(timeline.project_fps / form.fps)
    width_ratio = form.width / project.video.width
    clamped: dict[str, int] = {}
    for name, channel in CHANNELS.items():
        kept = np.clip(values[name], channel.low, channel.high)
        beyond = (kept != values[name]) | warnings.floored.get(name, False)
        if count := int(np.count_nonzero(beyond[warnings.shown])):
            clamped[name] = count
        values[name] = channel.rescaled(kept, frame_ratio, width_ratio)
        culprits = f"{', '.join(moved_by[name])} at {float(form.fps):g} fps"
        require_finite(name, values[name], culprits, warnings.shown)
        if trace is not None:
            trace.clamped[name], trace.values[name] = kept, values[name]
    return values, clamped


def _rise(timeline: Timeline, first: int, hold: Length) -> Curve:
    """A ramp from 0 in the first frame to 1 after a span, for every frame of the song."""
    begin = float(timeline.starts[first])
    span = timeline.length(hold, begin)
    return np.clip((timeline.starts - begin) / max(span, 1e-9), 0.0, 1.0)


def _excerpt(project: Project, timeline: Timeline) -> tuple[int, int]:
    start, end = project.video.start, project.video.end
    begins = within(timeline, start, "video.start") if start else 0.0
    ends = within(timeline, end, "video.end") if end else timeline.song.duration
    first, last = timeline.frame_of(begins), timeline.n_frames
    if first >= last or ends <= begins:
        raise ProjectError(
            f"video.end ('{end or 'the end of the song'}') is not after video.start "
            f"('{start or 0}')"
        )
    if end:
        last = min(last, max(first + 1, timeline.frame_of(ends)))  # a frame may be longer
    return first, last


def _styled(prompt: str, style: str) -> str:
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


def prompt_weights(
    starts: NDArray[np.float64], keys: list[float], blends: list[float]
) -> NDArray[np.float64]:
    """Weight of each prompt in each frame.

    Every change is a linear morph over the span that ends at the new prompt's position. A span
    longer than the gap since the last change is shortened to it.

    Parameters
    ----------
    starts : ndarray, shape (n_frames,)
        Start of each frame in seconds.
    keys : list of float, length n_prompts
        Seconds at which each prompt reaches weight 1, increasing. The first has it from the start.
    blends : list of float, length n_prompts
        Seconds of morph before each; the first is not used.

    Returns
    -------
    ndarray, shape (n_frames, n_prompts)
        Rows add up to 1.
    """
    weights = np.zeros((len(starts), len(keys)))
    arrived = np.ones(len(starts))
    for k in range(len(keys) - 1, 0, -1):
        span = min(blends[k], keys[k] - keys[k - 1])
        if span > 1e-6:
            share = np.clip((starts - (keys[k] - span)) / span, 0.0, 1.0)
        else:
            share = (starts >= keys[k] - 1e-9).astype(np.float64)
        weights[:, k] = arrived * share
        arrived = arrived * (1.0 - share)
    weights[:, 0] = arrived
    return weights


def with_next(weights: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mix a share of the next prompt into each frame; the last is followed by the first.

    Parameters
    ----------
    weights : ndarray, shape (n_frames, n_prompts)
    share : ndarray, shape (n_frames,)
        The channel `prompt_mix`, 0 to 1.

    Returns
    -------
    ndarray, shape (n_frames, n_prompts)
        Rows add up to 1.
    """
    return weights + share[:, None] * (np.roll(weights, 1, axis=1) - weights)
