"""Keyframes: values at positions, with an easing in between."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Channel, Curve
from phosphene.score.easing import Ease, keyed
from phosphene.score.timeline import Timeline
from phosphene.score.units import At, Position, constant
from phosphene.song.song import Song


def _not_empty(keys: dict[At, float]) -> dict[At, float]:
    if not keys:
        raise ValueError("expected at least one keyframe")
    return keys


Keys = Annotated[dict[Position, float], BeforeValidator(constant), AfterValidator(_not_empty)]


class _Keyframes(Modulator):
    """Values at positions in the song, with an easing between them, held before and after.

    Each channel takes a table of positions and values: `zoom = { "0" = 1.0, "bar 9" = 1.02 }`. A
    plain number, `zoom = 1.02`, holds throughout.
    """

    name: ClassVar = "keyframes"
    ease: Ease = Field(
        "linear",
        description="linear; smooth (rests at each key); cubic (one spline through all); step; or "
        "a name of easings.net, such as easeInOutSine",
    )

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        return {
            channel: keyed(keys, self.ease, timeline, channel)
            for channel in CHANNELS
            if (keys := getattr(self, channel)) is not None
        }


def _field(channel: Channel) -> Any:
    return (Keys | None, Field(None, description=f"{channel.unit}; {channel.description}"))


# One field per channel, from the table of channels.
Keyframes = create_model(
    "Keyframes",
    __base__=_Keyframes,
    __doc__=_Keyframes.__doc__,
    __module__=__name__,
    **{channel.name: _field(channel) for channel in CHANNELS.values()},
)
