"""The schema of `[[motion]]`: layers, their amounts and their gates."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from phosphene.hints import hint
from phosphene.modulators.modulator import RESERVED, Modulator
from phosphene.options import Table
from phosphene.plugins import Plugin
from phosphene.score.channels import CHANNELS
from phosphene.score.curves.mixing import MIXES
from phosphene.score.patterns import Pattern
from phosphene.score.units import At, Part, Position, Share, constant, parse_part, parse_position

# The default as in a file; it is validated too.
_FULL: Any = 1.0


def _ranges(given: Any) -> tuple[tuple[At, At] | Part, ...]:
    """Parse a section name, a pair of positions, or a list of these."""
    several = isinstance(given, list) and any(isinstance(entry, list) for entry in given)
    return tuple(_range(entry) for entry in (given if several else [given]))


def _range(given: Any) -> tuple[At, At] | Part:
    if isinstance(given, str):
        return parse_part(given)
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise ValueError(
            'expected two positions, such as ["bar 9", "bar 17"], sections, such as "chorus", or '
            "a list of such pairs"
        )
    return parse_position(given[0]), parse_position(given[1])


class AmountSource(Table):
    """An amount from a modulator: `amount = { use = "beat", at_rest = 1, at_full = 0.2 }`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    modulator: Modulator
    plugin: Plugin | None = Field(None, description="where the modulator comes from")
    at_rest: Share = Field(0.0, description="amount where the envelope is 0")
    at_full: Share = Field(1.0, description="amount where the envelope is 1")

    @property
    def use(self) -> str:
        """The modulator's name."""
        return self.modulator.name


Amount = Annotated[
    Annotated[dict[Position, Share], Tag("keys")] | Annotated[AmountSource, Tag("source")],
    Discriminator(lambda given: "source" if isinstance(given, AmountSource) else "keys"),
    BeforeValidator(lambda given: given if isinstance(given, AmountSource) else constant(given)),
]


class When(Table):
    """`when`: a gate that the song opens and closes; all conditions must hold."""

    feature: str | None = Field(None, description="an audio feature, such as low")
    above: float | None = Field(None, description="open where the feature is above this")
    below: float | None = Field(None, description="open where the feature is below this")
    pattern: Pattern | None = Field(None, description="open by a rhythm from bar 1 on: x..x..x.")
    subdivision: int = Field(1, ge=1, le=48, description="steps of the pattern in a beat")
    section: str | tuple[str, ...] | None = Field(
        None, description="open in sections with one of these roles or labels: verse"
    )

    @model_validator(mode="after")
    def _has_condition(self) -> When:
        bounded = self.above is not None or self.below is not None
        if bounded != (self.feature is not None):
            raise ValueError("expected a feature with `above` or `below`")
        if self.pattern is None and "subdivision" in self.model_fields_set:
            raise ValueError("subdivision needs a pattern; set pattern, or remove subdivision")
        if not bounded and self.pattern is None and not self.section:
            raise ValueError(
                'expected { feature = "low", above = 0.5 }, { pattern = "x..x" } or '
                '{ section = "verse" }'
            )
        return self


class Layer(Table):
    """`[[motion]]`: a modulator, and how it is mixed with the layers above it in the file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    use: str = Field(description="name of a modulator; `phosphene modulators` lists them")
    to: dict[str, float] = Field(
        default_factory=dict, description="channels, and how far a full hit moves each from rest"
    )
    mix: Literal["add", "multiply", "replace", "min", "max"] = Field(
        "add", description="how it is mixed with the layers below"
    )
    amount: Amount = Field(
        _FULL,
        description="share of the layer: 0.5 or 50%, positions and numbers, or a modulator's curve",
    )
    between: Annotated[tuple[tuple[At, At] | Part, ...], BeforeValidator(_ranges)] | None = Field(
        None,
        description="from a position up to another, a list of such pairs, or sections; silent "
        "elsewhere",
    )
    when: When | None = Field(
        None,
        description="only where a feature is above or below a value, by a pattern, or in sections",
    )
    mute: bool = Field(False, description="leave this layer out")
    solo: bool = Field(False, description="leave out every layer that is not solo")
    modulator: Modulator
    plugin: Plugin | None = Field(None, description="where the modulator comes from")
    entry: str = Field("", description="its entry in the project file")
    share: Amount = Field(_FULL, description="the amount of the look that it belongs to")

    @field_validator("to")
    @classmethod
    def _known_channels(cls, to: dict[str, float]) -> dict[str, float]:
        for name in to:
            if name not in CHANNELS:
                raise ValueError(f"unknown channel '{name}'. {hint(name, CHANNELS)}")
        return to


#: Fields that Phosphene sets itself; these are not keys of a project file.
OWN_KEYS = frozenset({"modulator", "entry", "share", "plugin"})
assert (Layer.model_fields.keys() - OWN_KEYS) | {"look"} == RESERVED
assert set(get_args(Layer.model_fields["mix"].annotation)) == set(MIXES)
