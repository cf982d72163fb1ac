"""What stands under a plot: what was left out, and what was not as asked for."""

from __future__ import annotations

from phosphene.plotting.picture import Picture
from phosphene.score.channels import CHANNELS


def notes(picture: Picture) -> list[str]:
    """The lines under a plot, each a sentence."""
    told = []
    if picture.still:
        still = [f"{name} ({CHANNELS[name].neutral:g})" for name in picture.still]
        told.append(f"At rest throughout and left out: {', '.join(still)}.")
    for name, count in picture.score.clamped.items():
        channel = CHANNELS[name]
        told.append(
            f"{name} left its limits ({channel.low:g} to {channel.high:g}) in {count} frames and "
            "was clamped there."
        )
    if not len(picture.song.beats):
        told.append("No beat was heard in the song.")
    return told
