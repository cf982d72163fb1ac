"""What is said of a Score before it is painted."""

from __future__ import annotations

from textwrap import shorten

from phosphene.cli.console import warn
from phosphene.engines import EngineSpec
from phosphene.paint.prompt_length import unread_words
from phosphene.paint.vocabulary import in_known_words, vocabulary_of
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


def warn_of_words(spec: EngineSpec, score: Score) -> None:
    """Say which words of the prompts the model does not know, and which it does not get to read."""
    if not spec.source:
        return
    _warn_of_unknown(spec, score)
    read = in_known_words(spec.source, score)
    for (rest, tokens), prompts in unread_words(
        spec.source, (*read.prompts, read.negative)
    ).items():
        first = shorten(prompts[0], 40, placeholder=" ...")
        where = f"'{first}'" if len(prompts) == 1 else f"{len(prompts)} prompts"
        warn(
            f"{spec.name} reads {tokens} tokens of a prompt, and so not '{rest}' at the end of "
            f"{where}; shorten it, or put what matters first"
        )


def _warn_of_unknown(spec: EngineSpec, score: Score) -> None:
    vocabulary = vocabulary_of(spec.source)
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
