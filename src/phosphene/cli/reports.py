"""What is said of a Score before it is painted."""

from __future__ import annotations

from phosphene.cli.console import warn
from phosphene.score.channels import CHANNELS
from phosphene.score.score import Score


def warn_of_clamped(score: Score) -> None:
    """Say which channels went beyond their limits."""
    for name, count in score.clamped.items():
        channel = CHANNELS[name]
        warn(
            f"{name} left its limits ({channel.low:g} to {channel.high:g}) in {count} frames and "
            "was clamped there"
        )
