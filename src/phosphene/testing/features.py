"""The contract of an audio feature: a function of the Song that returns a `Feature`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from phosphene.song.song import Feature, Song
from phosphene.testing.contract import ContractError, Finding, as_tests, examine, require
from phosphene.testing.songs import FORM, synthetic_song

KINDS = ("impulse", "envelope", "level")
SONGS: dict[str, dict[str, Any]] = {
    "a song in 4/4": {"duration": 16.0, "sections": FORM},
    "a song in 3/4": {"duration": 11.3, "bpm": 97.0, "first_beat": 0.31, "metre": 3},
    "a silent song": {"duration": 4.0, "bpm": 0.0, "level": 0.0},
    "a song without beats": {"duration": 4.0, "bpm": 0.0, "level": 0.8},
    "a song of one frame": {"duration": 0.05},
}


@dataclass(frozen=True)
class Function:
    """A feature function under test."""

    call: Callable[[Song], Feature]

    def of(self, song: Song) -> Feature:
        """Call the function.

        Raises
        ------
        ContractError
            If it raises, or returns something else.
        """
        try:
            feature = self.call(song)
        except Exception as error:
            raise ContractError(
                f"it raised {type(error).__name__}: {error}",
                "Fix the function; it must return a Feature for any song.",
            ) from error
        if not isinstance(feature, Feature):
            raise ContractError(
                f"it returned {type(feature).__name__}",
                "Return phosphene.Feature(values, hop, kind).",
            )
        return feature


def grid(function: Function) -> None:
    """Its values are one row on a grid that covers the song, of a valid kind."""
    for where, about in SONGS.items():
        song = synthetic_song(**about)
        feature = function.of(song)
        if feature.kind not in KINDS:
            raise ContractError(f"its kind is '{feature.kind}'", f"Choose: {', '.join(KINDS)}.")
        if feature.values.ndim != 1 or not feature.hop > 0:
            raise ContractError(
                f"{where}: shape {feature.values.shape}, hop {feature.hop}",
                "Return one value per hop, and the hop in seconds.",
            )
        covered = len(feature.values) * feature.hop
        if abs(covered - song.duration) > max(1.0, 2 * feature.hop):
            raise ContractError(
                f"{where}: it covers {covered:.2f} s of {song.duration:.2f} s",
                "Value k is centred at k * hop seconds; cover the song to its end.",
            )


def from_0_to_1(function: Function) -> None:
    """Its values are finite and between 0 and 1 in every song."""
    for where, about in SONGS.items():
        values = function.of(synthetic_song(**about)).values
        if not np.all(np.isfinite(values)):
            raise ContractError(
                f"{where}: it contains a NaN or an infinity",
                "Look for a division by zero: a level, a number of beats.",
            )
        if len(values) and not 0.0 <= values.min() <= values.max() <= 1.0:
            raise ContractError(
                f"{where}: its values range from {values.min():.3g} to {values.max():.3g}",
                "Scale it by a maximum over the song, and clip.",
            )


def deterministic(function: Function) -> None:
    """The same song gives the same values, to the bit."""
    song = synthetic_song(**SONGS["a song in 4/4"])
    if not np.array_equal(function.of(song).values, function.of(song).values, equal_nan=True):
        raise ContractError("it differs between two calls", "Draw from a seeded generator.")


CHECKS = {check.__name__: check for check in (grid, from_0_to_1, deterministic)}
"""Every check of a feature, by name."""


def examine_feature(function: Callable[[Song], Feature]) -> list[Finding]:
    """Examine an audio feature by every check; a finding each, passed or not."""
    return examine(CHECKS, Function(function))


def check_feature(function: Callable[[Song], Feature]) -> None:
    """Raise if an audio feature breaks its contract.

    Raises
    ------
    ContractError
        An AssertionError that lists every check that failed, and the fixes.
    """
    require(examine_feature(function), getattr(function, "__name__", "the feature"))


@as_tests(CHECKS, lambda self: Function(type(self).feature))
class FeatureContract:
    """The contract as tests: inherit it, and name the function with `staticmethod`.

    Attributes
    ----------
    feature : callable
        feature(song) returns the Feature.
    """

    feature: ClassVar[Callable[[Song], Feature]]
