"""What is said of a Score before it is painted."""

from __future__ import annotations

from phosphene.cli.console import warn
from phosphene.engines import EngineSpec, unfollowed
from phosphene.paint.vocabulary import vocabulary_of
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


def warn_of_unfollowed(spec: EngineSpec, score: Score) -> None:
    """Say which channels the model does not follow."""
    for name in unfollowed(spec, score):
        warn(f"motion drives {name}, which the model '{spec.name}' cannot follow: it is ignored")


def warn_of_words(spec: EngineSpec, score: Score) -> None:
    """Say which words of the prompts the model does not know, and what it takes in their place."""
    vocabulary = vocabulary_of(spec.source) if spec.source else None
    if vocabulary is None:
        return
    readings = [vocabulary.read(prompt) for prompt in (*score.prompts, score.negative)]
    near = {word: taken for reading in readings for word, taken in reading.near.items()}
    unknown = dict.fromkeys(word for reading in readings for word in reading.unknown)
    if near:
        told = ", ".join(f"'{word}' as '{taken}'" for word, taken in near.items())
        warn(f"{spec.name} reads {told}")
    if unknown:
        told = ", ".join(f"'{word}'" for word in unknown)
        warn(f"{spec.name} does not know {told}, and leaves it out")
