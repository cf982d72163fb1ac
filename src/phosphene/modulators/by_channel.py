"""Keyframes and expressions: a curve for each channel, given in the project."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)

from phosphene.errors import ProjectError
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Curve
from phosphene.score.curves.easing import Ease, keyed
from phosphene.score.curves.formulas import Formula, parse
from phosphene.score.curves.formulas.evaluate import curve
from phosphene.score.curves.formulas.names import NameValues
from phosphene.score.curves.formulas.tree import FormulaError
from phosphene.score.timeline import Timeline
from phosphene.score.units import At, Position, constant
from phosphene.song.song import Song


def _not_empty(keys: dict[At, float]) -> dict[At, float]:
    if not keys:
        raise ValueError("expected at least one keyframe")
    return keys


def _fields(kind: Any) -> dict[str, Any]:
    """A field for each channel, which accepts `kind` or can be left out."""
    texts = {name: f"{channel.unit}; {channel.description}" for name, channel in CHANNELS.items()}
    return {name: (kind | None, Field(None, description=text)) for name, text in texts.items()}


Keys = Annotated[dict[Position, float], BeforeValidator(constant), AfterValidator(_not_empty)]


class _Keyframes(Modulator):
    """Values at positions in the song, with easing between them; the first and last are held.

    Each channel takes a table of positions and values: `zoom = { "0" = 1.0, "bar 9" = 1.02 }`. A
    plain number, `zoom = 1.02`, is constant.
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


Keyframes = create_model(
    "Keyframes",
    __base__=_Keyframes,
    __doc__=_Keyframes.__doc__,
    __module__=__name__,
    **_fields(Keys),
)


FormulaText = Annotated[Formula, BeforeValidator(parse), WithJsonSchema({"type": "string"})]


class _Expression(Modulator):
    """A formula for each channel, or one for `value`, an envelope that `to` routes.

    For example, `zoom = "1 + 0.02 * exp(-6 * since_beat)"` or
    `rotation = "where(bar > 9, sin(t), 0)"`. Formulas are evaluated once per frame of the project;
    other frame rates follow the same path.

    Names: t, frame, frames, fps, duration, beat, bar, bpm, since_beat, until_beat, pi, e, tau,
    and audio features: onset, rms, low, mid, high, kick, snare, hat, bass, voice, loudness,
    brightness, chroma_c ... (docs/hearing.md), and those of plugins. Operators: + - * / //
    % **, comparisons, and, or, not, `a if c else b`, and bitwise & and | of integers.
    Functions: where, abs, sign, floor, ceil, trunc, round, fract, mod, fmod, min, max, clip, lerp,
    smoothstep, sqrt, exp, expm1, log, log1p, log2, log10, pow, hypot, sin, cos, tan, asin, acos,
    atan, atan2, sinh, cosh, tanh, asinh, acosh, atanh.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: ClassVar = "expression"
    value: FormulaText | None = Field(None, description="an envelope: 0 at rest, 1 at a full hit")

    @model_validator(mode="after")
    def _has_formulas(self) -> _Expression:
        given = self._formulas()
        if not given:
            raise ValueError("expected a formula for `value` or for a channel")
        if "value" in given and len(given) > 1:
            raise ValueError("expected either `value` or channels, not both")
        return self

    def _formulas(self) -> dict[str, Formula]:
        fields = {name: getattr(self, name) for name in ("value", *CHANNELS)}
        return {name: formula for name, formula in fields.items() if formula is not None}

    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        values = NameValues(song, timeline)
        return {
            name: _channel_curve(name, formula, values, timeline)
            for name, formula in self._formulas().items()
        }


def _channel_curve(name: str, formula: Formula, values: NameValues, timeline: Timeline) -> Curve:
    try:
        return curve(formula.text, formula.tree, values, timeline.n_frames, timeline.film)
    except FormulaError as error:
        raise ProjectError(f"{name}: {error}", error.fix) from None


Expression = create_model(
    "Expression",
    __base__=_Expression,
    __doc__=_Expression.__doc__,
    __module__=__name__,
    **_fields(FormulaText),
)
