"""Reads beats from JAMS (JSON annotated music specification, Humphrey et al., ISMIR 2014)."""

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
        Seconds, and the number in the bar from 1, or 0 if unknown.

    Raises
    ------
    SongError
        If the file is not JSON, or the annotation is missing or malformed.
    """
    try:
        document = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise SongError(f"{path}, line {error.lineno}: this is not JSON: {error.msg}") from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # not text, or numbers or nesting beyond the limits
        raise SongError(f"{path} is not a JAMS file: {error}") from None
    annotations = document.get("annotations") if isinstance(document, dict) else None
    found = [
        annotation
        for annotation in (annotations if isinstance(annotations, list) else [])
        if isinstance(annotation, dict) and annotation.get("namespace") in _NAMESPACES
    ]
    if not found:
        raise SongError(
            f"{path} has no beats: no annotation of the namespace {' or '.join(_NAMESPACES)}",
            "Export the beats as JAMS, as text or as MIDI.",
        )
    rows = _rows(found[0].get("data", []))
    if rows is None:
        raise SongError(
            f"{path}: the data of the beats is {_short(found[0]['data'])}; expected a list of "
            "observations, or lists `time` and `value`"
        )
    return sorted(_mark(item, path, k) for k, item in enumerate(rows))


def _rows(data: Any) -> list[Any] | None:
    """The observations; older files have a list per column. None if malformed."""
    if not isinstance(data, dict):
        return data if isinstance(data, list) else None
    times, values = data.get("time"), data.get("value")
    if not isinstance(times, list) or not isinstance(values, list):
        return None
    return [{"time": t, "value": v} for t, v in zip(times, values, strict=False)]


def _mark(item: Any, path: Path, number: int) -> tuple[float, int]:
    try:
        value = item.get("value")
        if isinstance(value, dict):
            value = value.get("position")
        return float(item["time"]), int(float(value or 0))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise SongError(
            f"{path}: observation {number} of the beats is {_short(item)}; expected a time and a "
            "value"
        ) from None


def _short(value: Any) -> str:
    return repr(value)[:60]
