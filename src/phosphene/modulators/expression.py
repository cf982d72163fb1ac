"""Expression: a formula for each channel."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)

from phosphene.errors import ProjectError
from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Channel, Curve
from phosphene.score.formulas import Formula, parse
from phosphene.score.formulas.evaluate import curve
from phosphene.score.formulas.meaning import Meaning
from phosphene.score.formulas.tree import FormulaError
from phosphene.score.timeline import Timeline
from phosphene.song.song import Song

Text = Annotated[Formula, BeforeValidator(parse), WithJsonSchema({"type": "string"})]


class _Expression(Modulator):
    """A formula for each channel, or one for `value`, an envelope that `to` routes.

    `zoom = "1 + 0.02 * exp(-6 * since_beat)"`, `rotation = "where(bar > 9, sin(t), 0)"`. It is
    evaluated once per frame of the project; other frame rates follow the same path.

    Names: t, frame, frames, fps, duration, beat, bar, bpm, since_beat, until_beat, pi, e, tau,
    and audio features: onset, rms, low, mid, high, kick, snare, hat, bass, voice, loudness,
    brightness, chroma_c ... (docs/hearing.md), also those of plugins. Operators: + - * / //
    % **, comparisons, and, or, not, `a if c else b`, and bitwise & and | of integers.
    Functions: where, abs, sign, floor, ceil, trunc, round, fract, mod, fmod, min, max, clip, lerp,
    smoothstep, sqrt, exp, expm1, log, log1p, log2, log10, pow, hypot, sin, cos, tan, asin, acos,
    atan, atan2, sinh, cosh, tanh, asinh, acosh, atanh.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: ClassVar = "expression"
    value: Text | None = Field(None, description="an envelope: 0 at rest, 1 at a full hit")

    @model_validator(mode="after")
    def _says_something(self) -> _Expression:
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
        meaning = Meaning(song, timeline)
        return {
            name: _named(name, formula, meaning, timeline)
            for name, formula in self._formulas().items()
        }


def _named(name: str, formula: Formula, meaning: Meaning, timeline: Timeline) -> Curve:
    try:
        return curve(formula.text, formula.tree, meaning, timeline.n_frames, timeline.film)
    except FormulaError as error:
        raise ProjectError(f"{name}: {error}", error.fix) from None


def _field(channel: Channel) -> Any:
    return (Text | None, Field(None, description=f"{channel.unit}; {channel.description}"))


# One field per channel, from the table of channels.
Expression = create_model(
    "Expression",
    __base__=_Expression,
    __doc__=_Expression.__doc__,
    __module__=__name__,
    **{channel.name: _field(channel) for channel in CHANNELS.values()},
)
