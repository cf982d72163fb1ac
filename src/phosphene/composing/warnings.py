"""Warnings: settings of a project that are allowed, but probably unintended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phosphene.bounds import shortened
from phosphene.modulators.modulator import Modulator
from phosphene.project.motion import AmountSource, Layer
from phosphene.project.schema import Project
from phosphene.project.tables.video import Video
from phosphene.score.channels import Channel, Curve
from phosphene.score.curves.envelopes import on_frames
from phosphene.score.timeline import Timeline
from phosphene.score.units import Length, parse_span

MANY_FRAMES = 100  # of a span whose default is below a second: probably milliseconds
LARGE_AMOUNT = 10.0
LATE = 5.0  # seconds; no beat tracker is that late
#: Largest change of a channel by a single layer in one frame that leaves a recognisable picture.
FAST = {"zoom": 1.5, "rotation": 45.0, "tilt": 20.0, "pan": 20.0, "guidance": 4.0}

# Marks in the prompts of AUTOMATIC1111 and ComfyUI, and what to use here.
_FOREIGN = {
    r"<(?:lora|lyco|hypernet):[^<>]*>": "add a LoRA as [[model.lora]]",
    r"\bembedding:\w+": "textual inversion is not supported",
    r"\[[^\[\]:]*:[^\[\]]*\d ?\]": "one prompt becomes another by a second key of prompts.at",
    r"\[[^\[\]|]*\|[^\[\]]*\]": "give a scene a list of prompts",
    r"\bBREAK\b": "long prompts are split at their commas",
}


class Warnings:
    """Collects warnings while a project is composed.

    Parameters
    ----------
    project : Project
    timeline : Timeline
    first, last : int
        The frames that are shown: [first, last). The others are ignored.
    """

    def __init__(self, project: Project, timeline: Timeline, first: int, last: int) -> None:
        self.shown = slice(first, last)
        self.texts: list[str] = []
        self.floored: dict[str, NDArray[np.bool_]] = {}
        self._timeline, self._width = timeline, project.video.width
        if abs(project.song.offset) >= LATE:
            self._warn(
                f"song.offset = {project.song.offset:g} moves the beats by as many seconds; for "
                f"milliseconds write {project.song.offset / 1000:g}"
            )

    def _warn(self, text: str) -> None:
        if text not in self.texts:
            self.texts.append(text)

    def check_prompts(self, prompts: Sequence[str]) -> None:
        """Note marks of other programs, which a model would read as words."""
        for mark, advice in _FOREIGN.items():
            found = next(filter(None, (re.search(mark, prompt) for prompt in prompts)), None)
            if found is not None:
                self._warn(f"prompts: '{shortened(found[0])}' is read as words; {advice}")

    def check_unused(
        self, project: Project, image: Path | None, channels: Mapping[str, Curve], prompts: int
    ) -> None:
        """Note entries without an effect, because what they are about is missing.

        Parameters
        ----------
        project : Project
        image : Path or None
            The film's first picture.
        channels : mapping of str to ndarray
            All channels.
        prompts : int
            Number of prompts.
        """
        video = project.video
        if video.upscale == 1 and video.upscaler != Video.model_fields["upscaler"].default:
            self._warn(
                f'video.upscaler = "{video.upscaler}" has no effect: set upscale = 2 or 4 too'
            )
        if video.image is not None and video.image != image:
            self._warn("video.image has no effect: the first scene has an image of its own")
        several = any(isinstance(scene.prompt, tuple) for scene in project.scene)
        if "shot" in project.prompts.model_fields_set and not several:
            self._warn("prompts.shot has no effect: no scene has a list of prompts")
        moving = {name for name, curve in channels.items() if np.ptp(curve[self.shown]) > 0.0}
        if "prompt_mix" in moving and prompts == 1:
            self._warn("motion drives prompt_mix, which has no effect with one prompt")
        turned = any(np.any(channels[name][self.shown]) for name in ("tilt", "pan"))
        if "field_of_view" in moving and project.depth is None and not turned:
            self._warn(
                "motion drives field_of_view, which has no effect without tilt, pan or [depth]"
            )

    def check_layer(self, layer: Layer, where: str) -> None:
        """Note spans, amounts and a gate that are probably unintended."""
        self._spans(layer.modulator, where)
        look = where.rpartition(".")[0] or where
        for place, share in ((where, layer.amount), (look, layer.share)):
            if isinstance(share, AmountSource):
                self._spans(share.modulator, f"{place}.amount")
                largest = max(abs(share.at_rest), abs(share.at_full))
            else:
                largest = max(map(abs, share.values()), default=0.0)
            if largest >= LARGE_AMOUNT:
                self._warn(
                    f"{place}.amount = {largest:g} makes the layer {largest:g} times as strong; "
                    f'for per cent write "{largest:g}%"'
                )
        if layer.when is not None and layer.when.feature is not None:
            self._gate(layer, f"{where}.when")

    def _spans(self, modulator: Modulator, where: str) -> None:
        """Spans of several seconds where the default is below one second."""
        for name, value in modulator:
            usual = _seconds(type(modulator).model_fields[name].default)
            if not isinstance(value, Length) or usual is None or usual >= 1.0:
                continue
            seconds = float(self._timeline.length(value))
            if value.unit == "frame" and value.value >= MANY_FRAMES:
                fps = float(self._timeline.project_fps)
                long = f"{value.value:g} frames, {seconds:.3g} s at {fps:g} fps"
            elif value.unit == "s" and seconds > self._timeline.song.duration:
                long = "longer than the song"
            else:
                continue
            self._warn(
                f'{where}.{name} = "{value}" is {long}; for milliseconds write "{value.value:g}ms"'
            )

    def _gate(self, layer: Layer, where: str) -> None:
        """A bound outside the range of a feature."""
        assert layer.when is not None
        assert layer.when.feature is not None
        values = on_frames(self._timeline.song.feature(layer.when.feature), self._timeline)
        low, high = float(np.min(values[self.shown])), float(np.max(values[self.shown]))
        about = f"'{layer.when.feature}' ranges from {low:.2g} to {high:.2g} here"
        for bound, value, does in (
            ("above", layer.when.above, "the layer is never active"),
            ("below", layer.when.below, "the bound has no effect"),
        ):
            if value is not None and value >= 1.0 and high <= 1.0:
                per_cent = f"; for per cent write {value / 100:g}" if 1.0 < value <= 100.0 else ""
                self._warn(f"{where}.{bound} = {value:g}, but {about}: {does}{per_cent}")

    def check_curve(
        self, channel: Channel, m: Curve, amount: Curve, layer: Layer, where: str
    ) -> None:
        """Note where a layer's own curve is below the limits of a channel, or very fast."""
        beyond = np.zeros(len(m), np.bool_)
        if channel.multiplicative:
            beyond = m < channel.low * (1.0 - 1e-9)
            self.floored[channel.name] = beyond | self.floored.get(channel.name, beyond)
        reach = layer.to.get(channel.name)
        if reach is not None and channel.multiplicative and channel.neutral + reach <= 0.0:
            self._warn(
                f"{where}.to.{channel.name} = {reach:g} takes it to {channel.neutral + reach:g}; a "
                f"factor stays above 0, and {channel.low:g} is taken"
            )
        fastest = FAST.get(channel.name, 0.5 * self._width if channel.in_pixels else np.inf)
        moved = amount * (np.log(np.maximum(m, channel.low)) if channel.multiplicative else m)
        moved = np.where(beyond, 0.0, moved)[self.shown]
        peak = float(moved[np.argmax(np.abs(moved))])
        limit = np.log(fastest) if channel.multiplicative else fastest
        value = float(np.exp(peak)) if channel.multiplicative else peak
        factor = reach is not None and channel.multiplicative and 1.0 < reach < 1.25
        if abs(peak) >= limit - 1e-9 or factor:
            meant = _meant(channel, reach)
            entry = f"{where}.to.{channel.name} = {reach:g}" if reach is not None else where
            self._warn(f"{entry} takes {channel.name} to {value:.4g} ({channel.unit}){meant}")


def _meant(channel: Channel, reach: float | None) -> str:
    if not channel.multiplicative:
        return ""
    if reach is None:
        return f"; {channel.neutral:g} is rest" if channel.per_frame else ""
    likely = reach - 1.0 if 1.0 < reach < 1.25 else reach / 100.0 if reach >= 2.0 else 0.0
    write = f": for a factor of {1.0 + likely:.4g} write {likely:.4g}" if likely > 0.0 else ""
    return f"; `to` counts from {channel.neutral:g}, which is rest{write}"


def _seconds(default: Any) -> float | None:
    """A span's default in seconds, if it is in a unit of time."""
    try:
        span = parse_span(default)
    except ValueError:
        return None
    return {"s": 1.0, "ms": 1e-3}.get(span.unit, np.inf) * span.value if span.value else 0.0
