"""Beats in a JAMS file (JSON annotated music specification, Humphrey et al., ISMIR 2014)."""

import json
from pathlib import Path
from typing import Any

from phosphene.errors import SongError

_NAMESPACES = ("beat", "beat_position")


def beats_in_jams(path: Path, duration: float) -> list[tuple[float, int]]:
    """Read the first annotation of the namespace `beat` or `beat_position`.

    Returns
    -------
    list of (float, int)
        Seconds, and the number in the bar from 1; 0 where the annotation does not say.

    Raises
    ------
    SongError
        If the file is no JSON, or has no such annotation.
    """
    try:
        document = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise SongError(f"{path}, line {error.lineno}: this is no JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise SongError(f"{path} is no JAMS file: it is no text") from None
    annotations = document.get("annotations") if isinstance(document, dict) else None
    found = [
        annotation
        for annotation in annotations or []
        if isinstance(annotation, dict) and annotation.get("namespace") in _NAMESPACES
    ]
    if not found:
        raise SongError(
            f"{path} holds no beats: no annotation of the namespace {' or '.join(_NAMESPACES)}",
            "Export the beats as JAMS, as text or as MIDI.",
        )
    marks = [_mark(item, path, k) for k, item in enumerate(_rows(found[0].get("data", [])))]
    return sorted(marks)


def _rows(data: Any) -> list[Any]:
    """The observations; older files hold a list for each column."""
    if isinstance(data, dict):
        columns = (data.get("time", []), data.get("value", []))
        return [{"time": t, "value": v} for t, v in zip(*columns, strict=False)]
    return list(data)


def _mark(item: Any, path: Path, number: int) -> tuple[float, int]:
    try:
        value = item.get("value")
        if isinstance(value, dict):
            value = value.get("position")
        return float(item["time"]), int(float(value or 0))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise SongError(
            f"{path}: observation {number} of the beats is {item!r}; expected a time and a value"
        ) from None
