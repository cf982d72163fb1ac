"""A modulator under test: calls it as Phosphene does, and explains wrong results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from pydantic import ValidationError

from phosphene.errors import ProjectError
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.curves.envelopes import own_frames
from phosphene.score.timeline import Timeline
from phosphene.song.song import Feature, Song
from phosphene.testing.contract import ContractError, NotMadeError
from phosphene.testing.songs import timeline

Features = Mapping[str, Callable[[Song], Feature]]
PROJECT_FPS = 12


class RefusedError(ContractError):
    """The song is too short for a position of the modulator, which is the user's error."""


@dataclass(frozen=True)
class Subject:
    """A modulator under test, and the features that its plugin registers.

    Parameters
    ----------
    modulator : Modulator or type of Modulator
        A class is instantiated with its defaults, or the first example of fields with
        `Field(examples=[...])`.
    features : mapping of str to callable
        Each a function of the Song, as `register_features` takes it.
    """

    modulator: Modulator | type[Modulator]
    features: Features = field(default_factory=dict)

    @property
    def cls(self) -> type[Modulator]:
        """The class."""
        return self.modulator if isinstance(self.modulator, type) else type(self.modulator)

    def made(self) -> Modulator:
        """The modulator; a new instance each time, equal to the last.

        Raises
        ------
        NotMadeError
            If its defaults and examples are not valid, or do not suffice.
        """
        if not isinstance(self.modulator, type):
            return self.cls(**dict(self.modulator))
        fields = self.cls.model_fields.items()
        examples = {name: info.examples[0] for name, info in fields if info.examples}
        try:
            return self.cls(**examples)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(["", *(str(part) for part in first["loc"])])
            raise NotMadeError(
                f"{self.cls.__name__}{place} has no valid value to examine: {first['msg']}",
                "Give it a default, or Field(examples=[...]); or examine an instance.",
            ) from None

    def with_features(self, song: Song) -> Song:
        """A song with the plugin's own features."""
        return song if song.extra == self.features else replace(song, extra=self.features)

    def call(
        self,
        song: Song,
        fps: float = PROJECT_FPS,
        project_fps: float = PROJECT_FPS,
        modulator: Modulator | None = None,
    ) -> tuple[Mapping[str, Any], Timeline]:
        """Call the modulator; the result is unchecked, with the frames that it was called for.

        Raises
        ------
        ContractError
            If it raises, or does not return a mapping.
        """
        song = self.with_features(song)
        rendered = timeline(song, fps, project_fps)
        modulator = modulator or self.made()
        frames = rendered if modulator.by_interval else own_frames(rendered)
        try:
            if modulator.by_interval:
                given = modulator.curves_above(song, frames, _neutral(frames.n_frames))
            else:
                given = modulator.curves(song, frames)
        except Exception as error:
            raise _raised(error) from error
        if not isinstance(given, Mapping):
            raise ContractError(
                f"curves() returned {type(given).__name__}",
                'Return a dict of curves by name: return {"value": curve}.',
            )
        return given, frames

    def curves(
        self, song: Song, fps: float = PROJECT_FPS, modulator: Modulator | None = None
    ) -> dict[str, Curve]:
        """Its curves as float64 arrays; other checks are for names, shapes and types.

        Raises
        ------
        ContractError
            If it raises, or returns something that is not a number.
        """
        given, _ = self.call(song, fps, modulator=modulator)
        try:
            return {name: np.array(curve, dtype=np.float64) for name, curve in given.items()}
        except (TypeError, ValueError) as error:
            raise ContractError(
                f"curves() returned no numbers: {error}", "Return NumPy arrays of float64."
            ) from None


def _neutral(n_frames: int) -> dict[str, Curve]:
    below = {name: np.full(n_frames, channel.neutral) for name, channel in CHANNELS.items()}
    for curve in below.values():
        curve.setflags(write=False)
    return below


def _raised(error: Exception) -> ContractError:
    problem = f"curves() raised {type(error).__name__}: {error}"
    if isinstance(error, ProjectError):
        return RefusedError(problem, error.fix)
    if "read-only" in str(error):
        return ContractError(
            problem, "The song and the layers below are shared: copy an array before changing it."
        )
    return ContractError(problem, "Fix curves(); it must return curves for any song.")
