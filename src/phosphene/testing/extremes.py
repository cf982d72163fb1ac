"""The ends of what a modulator's fields allow, one field at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from phosphene.modulators.modulator import Modulator

BOUNDS = ("minimum", "maximum")
SAFE = 1e6  # a larger bound is one of the machine, not of the field


def settings(modulator: Modulator) -> Iterator[tuple[str, Modulator]]:
    """A modulator at each end of each field, where its own validation lets it be made.

    Yields
    ------
    setting : str
        Such as ``period = '0s'``.
    modulator : Modulator
    """
    schema = type(modulator).model_json_schema()
    given = dict(modulator)
    for name, field in schema.get("properties", {}).items():
        for value in _ends(field):
            try:
                made = type(modulator)(**given | {name: value})
            except ValidationError:
                continue  # refused by name: what a user is told
            yield f"{name} = {value!r}", made


def _ends(field: dict[str, Any]) -> list[Any]:
    """Values of a field, by its JSON schema; none where it tells too little."""
    for one in field.get("anyOf", []):
        if one.get("type") != "null":
            return [None, *_ends(one)]
    if field.get("enum"):
        return list(field["enum"])
    match field.get("type"):
        case ["string", "number"]:  # a Span or a Position
            return ["0s"]
        case "boolean":
            return [False, True]
        case "number" | "integer":
            return [0, *(field[key] for key in BOUNDS if abs(field.get(key, 2 * SAFE)) <= SAFE)]
    return []
