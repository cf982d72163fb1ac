"""Forms for the page: the parameters of each modulator, from its own JSON schema."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from phosphene.modulators.modulator import allowed, choices, schemas
from phosphene.plugins import Registry
from phosphene.project.tables.model import Depth
from phosphene.project.tables.scenes import SceneEntry
from phosphene.score.channels import CHANNELS
from phosphene.score.curves.mixing import MIXES

_INCLUSIVE = {
    "minimum": "min",
    "maximum": "max",
    "exclusiveMinimum": "min",
    "exclusiveMaximum": "max",
}


def form(cls: type[BaseModel]) -> list[dict[str, Any]]:
    """The fields of a form.

    Parameters
    ----------
    cls : type of BaseModel
        A modulator, built-in or of a plugin.

    Returns
    -------
    list of dict
        Of each parameter: `name`, `kind` (number, integer, boolean, choice, span, position, text,
        keys, mixed for an integer or a text, or other), `default`, `about` and `allowed`, and
        for numbers `min` and `max` if the schema has them.
    """
    return [_field(name, schema, cls) for name, schema in schemas(cls).items() if name != "options"]


def forms(registry: Registry) -> dict[str, Any]:
    """What the page can choose from: modulators, looks, channels, engines, depths and settings."""
    return {
        "modulators": {
            name: {"about": _summary(cls), "fields": form(cls), "envelope": _is_envelope(cls)}
            for name, cls in sorted(registry.modulators.items())
        },
        "looks": {name: look["about"] for name, look in sorted(registry.looks.items())},
        "channels": {
            name: {
                "unit": channel.unit,
                "about": channel.description,
                "neutral": channel.neutral,
                "min": _bound(channel.low),
                "max": _bound(channel.high),
            }
            for name, channel in CHANNELS.items()
        },
        "mixes": list(MIXES),
        "engines": {name: spec.description for name, spec in sorted(registry.engines.items())},
        "depths": {name: spec.description for name, spec in sorted(registry.depths.items())},
        "scene": form(SceneEntry),
        "depth": form(Depth),
    }


def _field(name: str, schema: dict[str, Any], cls: type[BaseModel]) -> dict[str, Any]:
    inner = next((one for one in schema.get("anyOf", []) if one.get("type") != "null"), schema)
    field: dict[str, Any] = {
        "name": name,
        "kind": _kind(inner),
        "default": schema.get("default"),
        "about": schema.get("description", ""),
        "allowed": allowed(schema),
        "optional": inner is not schema,
    }
    if named := choices(inner):
        field["choices"] = named
    for key, bound in _INCLUSIVE.items():
        if isinstance(inner.get(key), (int, float)) and abs(inner[key]) < 1e6:
            field[bound] = inner[key]
    return field


def _kind(schema: dict[str, Any]) -> str:
    if choices(schema):
        return "choice"
    if schema.get("format") in ("position", "span"):
        return str(schema["format"])
    kind = schema.get("type")
    if kind == "object":
        inside = schema.get("additionalProperties")
        numbers = isinstance(inside, dict) and inside.get("type") == "number"
        return "keys" if numbers else "other"
    if isinstance(kind, list) and set(kind) == {"integer", "string"}:
        return "mixed"
    known = {"number": "number", "integer": "integer", "boolean": "boolean", "string": "text"}
    return known.get(str(kind), "other") if isinstance(kind, str) else "other"


def _is_envelope(cls: type[BaseModel]) -> bool:
    """Whether its layers need `to`, because it has no field for a channel."""
    return not cls.model_fields.keys() & CHANNELS.keys()


def _summary(cls: type[BaseModel]) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


def _bound(value: float) -> float | None:
    return value if abs(value) < 1e6 else None
