"""The base class of every modulator: its parameters, and one function that gives its curves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from phosphene.score.channels import Curve

if TYPE_CHECKING:
    from phosphene.score.timeline import Timeline
    from phosphene.song.song import Song


class Modulator(BaseModel, ABC):
    """A source of per-frame curves; subclass it, give it a `name`, fields and `curves`.

    The fields are the parameters: their types, defaults and descriptions give the validation, the
    help (`phosphene modulators NAME`) and the JSON schema. An instance can not be changed, and the
    same instance gives the same curves for the same song and timeline.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )

    name: ClassVar[str]
    """What a project calls it: `use = "name"`."""

    @abstractmethod
    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        """The curves of this modulator.

        Parameters
        ----------
        song : Song
            What was heard.
        timeline : Timeline
            The frames: read smooth curves at `timeline.times`.

        Returns
        -------
        dict of str to ndarray of float64, shape (timeline.n_frames,), finite
            Either channels by name, in the channel's own unit at the project's fps and width, or
            `value` alone: an envelope, 0 at rest and 1 at a full hit, which the layer's `to`
            routes to channels.
        """
