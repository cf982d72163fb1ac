"""The base class of modulators, and texts that describe their parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from phosphene.score.channels import Curve

if TYPE_CHECKING:
    from phosphene.score.timeline import Timeline
    from phosphene.song.song import Song

RESERVED = frozenset({"use", "look", "to", "mix", "amount", "between", "when", "mute", "solo"})
"""Keys that every layer has; a modulator cannot have parameters of these names."""


class Modulator(BaseModel, ABC):
    """A source of per-frame curves; subclass it, give it a `name`, fields and `curves`.

    The fields are the parameters: their types, defaults and descriptions determine the
    validation, the help (`phosphene modulators NAME`) and the JSON schema. Instances are immutable,
    and the same instance gives the same curves for the same song and timeline.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True
    )

    name: ClassVar[str]
    """Its name in a project: `use = "name"`."""

    by_interval: ClassVar[bool] = False
    """Whether the curves are computed for the rendered frames.

    False: `curves` is called for the project's own frames, and Phosphene converts the result to
    other frame rates along the same path. True, for modulators that must match the sound in the
    exact frame, such as hits: `curves` is called for the rendered frames, and must itself ensure
    that they add up to the same path.
    """

    @abstractmethod
    def curves(self, song: Song, timeline: Timeline) -> dict[str, Curve]:
        """The curves of this modulator.

        Parameters
        ----------
        song : Song
            The analysed song.
        timeline : Timeline
            The frames; evaluate smooth curves at `timeline.times`.

        Returns
        -------
        dict of str to ndarray of float64, shape (timeline.n_frames,), finite
            Either channels by name, in the channel's unit at the project's fps and width, or only
            `value`: an envelope, 0 at rest and 1 at a full hit, which the layer's `to`
            routes to channels. In addition to `value` it may return `height`, the same
            envelope for channels that are not speeds, such as strength.
        """

    def curves_above(
        self, song: Song, timeline: Timeline, below: Mapping[str, Curve]
    ) -> dict[str, Curve]:
        """The curves of a modulator that depends on the layers below it; by default `curves`.

        Override it, and set `by_interval`, to read other channels.

        Parameters
        ----------
        song : Song
        timeline : Timeline
        below : mapping of str to ndarray, shape (timeline.n_frames,), read-only
            Every channel as mixed by the layers above this one in the project file; per frame, at
            the project's fps and width.

        Returns
        -------
        dict of str to ndarray
            As `curves`.
        """
        return self.curves(song, timeline)


KINDS = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list",
}
LIMITS = {
    "minimum": "at least {:g}",
    "exclusiveMinimum": "above {:g}",
    "maximum": "at most {:g}",
    "exclusiveMaximum": "below {:g}",
}
UNLIMITED = 1e12  # larger limits are not shown
MAX_CHOICES = 8  # that are listed in full


def schemas(cls: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each field; empty if a plugin's type has none."""
    try:
        properties: dict[str, dict[str, Any]] = cls.model_json_schema().get("properties", {})
    except Exception:  # pydantic raises several errors, and a type may raise any other
        return {}
    return properties


def allowed(field: dict[str, Any], quoted: Callable[[str], str] = str) -> str:
    """The values that a field accepts: its choices, or its type and limits.

    Parameters
    ----------
    field : dict
        The field's JSON schema.
    quoted : callable
        Formats a choice.

    Returns
    -------
    str
        For example `sine, triangle, saw` or `a number, at least 0 and at most 1`; empty if the
        schema does not determine it.
    """
    field = next((kind for kind in field.get("anyOf", []) if kind.get("type") != "null"), field)
    kind, names = field.get("type"), choices(field)
    if names:
        complete = len(names) <= MAX_CHOICES
        shown = ", ".join(quoted(name) for name in (names if complete else names[:4]))
        return shown if complete else f"{shown}, ..."
    if field.get("format") in ("position", "span"):
        return f"a {field['format']}"
    if kind == "object":
        values = field.get("additionalProperties", {})
        if not isinstance(values, dict) or values.get("type") not in ("number", "array"):
            return ""
        return f"positions and {'numbers' if values['type'] == 'number' else quoted('[x, y]')}"
    if kind == "boolean":
        return " or ".join(map(quoted, ("true", "false")))
    limits = [
        words.format(field[key])
        for key, words in LIMITS.items()
        if abs(field.get(key, UNLIMITED)) < UNLIMITED
    ]
    return ", ".join(part for part in (KINDS.get(str(kind), ""), " and ".join(limits)) if part)


def choices(field: dict[str, Any]) -> list[str]:
    """The values of a field with a fixed set of choices."""
    values = field.get("enum") or ([field["const"]] if "const" in field else [])
    return [str(value) for value in values]
