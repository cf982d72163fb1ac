"""Reads annotations from JAMS (JSON annotated music specification, Humphrey et al., ISMIR 2014)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from phosphene.errors import SongError


def observations(path: Path, namespaces: Sequence[str], what: str) -> list[Any]:
    """The observations of the first annotation of one of the namespaces.

    Parameters
    ----------
    path : Path
    namespaces : sequence of str
    what : str
        What the annotation contains, for errors.

    Returns
    -------
    list
        Usually dicts with ``time``, ``duration`` and ``value``; the caller checks them.

    Raises
    ------
    SongError
        If the file is not JSON, or the annotation is missing or malformed.
    """
    try:
        document = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise SongError(f"{path}, line {error.lineno}: this is not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:  # not text, or beyond the limits of json
        raise SongError(f"{path} is not a JAMS file: {error}") from None
    annotations = document.get("annotations") if isinstance(document, dict) else None
    found = [
        annotation
        for annotation in (annotations if isinstance(annotations, list) else [])
        if isinstance(annotation, dict) and annotation.get("namespace") in namespaces
    ]
    if not found:
        raise SongError(
            f"{path} has no {what}: no annotation of the namespace {' or '.join(namespaces)}",
            f"Export the {what} as JAMS, as text or as MIDI.",
        )
    rows = _rows(found[0].get("data", []))
    if rows is None:
        raise SongError(
            f"{path}: the data of the {what} is {short(found[0]['data'])}; expected a list of "
            "observations, or lists `time` and `value`"
        )
    return rows


def _rows(data: Any) -> list[Any] | None:
    """The observations; older files have a list per column. None if malformed."""
    if not isinstance(data, dict):
        return data if isinstance(data, list) else None
    times, values = data.get("time"), data.get("value")
    if not isinstance(times, list) or not isinstance(values, list):
        return None
    lengths = data.get("duration")
    lengths = lengths if isinstance(lengths, list) else [0.0] * len(times)
    columns = zip(times, values, lengths, strict=False)
    return [{"time": t, "value": v, "duration": d} for t, v, d in columns]


def short(value: Any) -> str:
    """The beginning of a value, for errors."""
    return repr(value)[:60]
