"""The base class of every modulator: its parameters, and one function that gives its curves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
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

    by_interval: ClassVar[bool] = False
    """Whether the curves are taken over the time that each frame is shown.

    False: `curves` is asked for the project's own frames, and Phosphene carries what it gives to
    another frame rate, along the same path. True, for what must meet the sound in the very frame
    that is shown with it, such as hits: `curves` is asked for the frames that are rendered, and
    sees to it itself that they add up to the same.
    """

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
            routes to channels. Beside `value` may stand `height`: the same envelope for
            channels that are no speeds (strength), where the two differ at another frame rate.
        """

    def curves_above(
        self, song: Song, timeline: Timeline, below: Mapping[str, Curve]
    ) -> dict[str, Curve]:
        """The curves of a modulator that depends on what was mixed below it; else `curves`.

        Override it, and set `by_interval`, to read other channels.

        Parameters
        ----------
        song : Song
        timeline : Timeline
        below : mapping of str to ndarray, shape (timeline.n_frames,), read-only
            Every channel's value so far, from the layers above this one in the project file;
            per frame at the project's fps and width.

        Returns
        -------
        dict of str to ndarray
            As `curves`.
        """
        return self.curves(song, timeline)
