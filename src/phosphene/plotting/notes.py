"""The notes below a plot: omitted channels and layers, and clamped values."""

from __future__ import annotations

from phosphene.plotting.fitting import fitted
from phosphene.plotting.layout import AXIS
from phosphene.plotting.picture import Picture
from phosphene.plotting.strip import FONT, label_room, runs
from phosphene.plotting.times import clock
from phosphene.score.channels import CHANNELS


def notes(picture: Picture) -> list[str]:
    """The lines below a plot, each a sentence."""
    lines = []
    if picture.still:
        still = [f"{name} ({CHANNELS[name].neutral:g})" for name in picture.still]
        lines.append(f"At rest throughout and left out: {', '.join(still)}.")
    if picture.silent:
        lines.append(f"Silenced by mute or solo: {', '.join(picture.silent)}.")
    for name, count in picture.score.clamped.items():
        channel = CHANNELS[name]
        lines.append(
            f"{name} left its limits ({channel.low:g} to {channel.high:g}) in {count} frames and "
            "was clamped there."
        )
    if not len(picture.song.beats):
        lines.append("No beats were detected in the song.")
    if unnamed := _unnamed(picture):
        lines.append(f"Prompts too short to be labelled: {'; '.join(unnamed)}.")
    return lines


def _unnamed(picture: Picture) -> list[str]:
    """Prompts that are shown too briefly to be labelled in the strip, with their times."""
    times, weights = picture.times, picture.score.weights
    named: set[int] = set()
    briefly: dict[int, str] = {}
    for first, last, k in runs(weights):
        room = label_room(times, first, last, AXIS)
        if fitted(picture.prompts[k], room, FONT):
            named.add(k)
        else:
            briefly.setdefault(k, f"{clock(times[first], tenths=True)} {picture.prompts[k]}")
    return [text for k, text in briefly.items() if k not in named and picture.prompts[k]]
