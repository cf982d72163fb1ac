"""What the parameters of a modulator take, as people read it, from their JSON schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

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
UNLIMITED = 1e12  # what is larger is a limit of the machine
MOST = 8  # names in a cell


def schemas(cls: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each field; empty where a type of a plugin has none."""
    try:
        found: dict[str, dict[str, Any]] = cls.model_json_schema().get("properties", {})
    except Exception:  # pydantic has several, and a type may raise its own
        return {}
    return found


def allowed(field: dict[str, Any], quoted: Callable[[str], str] = str) -> str:
    """What a field takes: its choices, or its type and limits.

    Parameters
    ----------
    field : dict
        Its JSON schema.
    quoted : callable
        How a choice is written.

    Returns
    -------
    str
        Such as `sine, triangle, saw` or `a number, at least 0 and at most 1`; empty where the
        schema says too little.
    """
    field = next((one for one in field.get("anyOf", []) if one.get("type") != "null"), field)
    kind, names = field.get("type"), choices(field)
    if names:
        shown = ", ".join(quoted(name) for name in names[: MOST if len(names) <= MOST else 4])
        return shown if len(names) <= MOST else f"{shown}, ..."
    if field.get("format") in ("position", "span"):
        return f"a {field['format']}"
    if kind == "object":
        inside = field.get("additionalProperties", {})
        if not isinstance(inside, dict) or inside.get("type") not in ("number", "array"):
            return ""
        return f"positions and {'numbers' if inside['type'] == 'number' else quoted('[x, y]')}"
    if kind == "boolean":
        return " or ".join(map(quoted, ("true", "false")))
    limits = [
        words.format(field[key])
        for key, words in LIMITS.items()
        if abs(field.get(key, UNLIMITED)) < UNLIMITED
    ]
    return ", ".join(part for part in (KINDS.get(str(kind), ""), " and ".join(limits)) if part)


def choices(field: dict[str, Any]) -> list[str]:
    """The values of a field that has only a few."""
    named = field.get("enum") or ([field["const"]] if "const" in field else [])
    return [str(name) for name in named]
