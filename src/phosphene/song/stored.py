"""Converts a Song and its features to arrays on a shelf, and back."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from phosphene.song.shelf import Arrays, Shelf
from phosphene.song.song import Feature, Section, Song

_NUMBERS: dict[str, type] = {
    "sample_rate": int, "duration": float, "tempo": float, "metre": int, "confidence": float,
}  # fmt: skip
_TIMES = ("beats", "downbeats", "onsets", "onset_strengths")


def song_to_shelf(song: Song, name: str, shelf: Shelf) -> None:
    """Store a Song on a shelf."""
    arrays: dict[str, Any] = {field: np.array(getattr(song, field)) for field in _NUMBERS}
    arrays.update({field: getattr(song, field) for field in _TIMES})
    for field in fields(Section):
        arrays[f"section.{field.name}"] = np.array([getattr(s, field.name) for s in song.sections])
    shelf.write_samples(song.samples)
    shelf.write(name, {**arrays, **features_to_arrays(song.features)})


def song_from_shelf(path: Path, name: str, shelf: Shelf) -> Song | None:
    """Load the Song stored under this name; None if it is missing or incomplete."""
    arrays = shelf.read(name)
    samples = None if arrays is None else shelf.read_samples()
    if arrays is None or samples is None:
        return None
    try:
        plain: dict[str, Any] = {field: kind(arrays[field]) for field, kind in _NUMBERS.items()}
        plain.update({field: arrays[field] for field in _TIMES})
        columns = [arrays[f"section.{field.name}"].tolist() for field in fields(Section)]
        return Song(
            path=path,
            samples=samples,
            sections=tuple(Section(*values) for values in zip(*columns, strict=True)),
            features=features_from_arrays(arrays),
            shelf=shelf,
            **plain,
        )
    except (KeyError, ValueError, TypeError):
        return None  # written by something else


def features_to_arrays(features: Mapping[str, Feature]) -> Arrays:
    """Each feature's values, its hop and its kind, as `feature.NAME.values` and so on."""
    arrays: dict[str, Any] = {}
    for name, feature in features.items():
        arrays[f"feature.{name}.values"] = feature.values
        arrays[f"feature.{name}.hop"] = np.array(feature.hop)
        arrays[f"feature.{name}.kind"] = np.array(feature.kind)
    return arrays


def features_from_arrays(arrays: Arrays) -> dict[str, Feature]:
    """The inverse of `features_to_arrays`.

    Raises
    ------
    KeyError
        If a part is missing.
    """
    names = [key.split(".")[1] for key in arrays if key.endswith(".values")]
    return {
        name: Feature(
            arrays[f"feature.{name}.values"],
            float(arrays[f"feature.{name}.hop"]),
            str(arrays[f"feature.{name}.kind"]),  # type: ignore[arg-type]
        )
        for name in names
    }
