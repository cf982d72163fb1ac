"""Checks of a modulator's curves: finite for every song and setting, the same path at every fps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import ValidationError

from phosphene.modulators.modulator import Modulator
from phosphene.score.channels import CHANNELS, Curve
from phosphene.song.song import Song
from phosphene.testing.contract import ContractError
from phosphene.testing.songs import FORM, synthetic_song
from phosphene.testing.subject import RefusedError, Subject

USUAL: dict[str, Any] = {"duration": 16.0, "sections": FORM}
ODD: dict[str, Any] = {"duration": 11.3, "bpm": 97.0, "first_beat": 0.31, "metre": 3}
SILENT: dict[str, Any] = {"duration": 4.0, "bpm": 0.0, "level": 0.0}
BEATLESS: dict[str, Any] = {"duration": 4.0, "bpm": 0.0, "level": 0.8}


def finite(subject: Subject) -> None:
    """No curve contains a NaN or an infinity."""
    for about in (USUAL, ODD):
        _check_finite(subject, synthetic_song(**about), "")


def silence(subject: Subject) -> None:
    """A silent song gives finite curves, of one value per frame."""
    _check_finite(subject, synthetic_song(**SILENT), " in a silent song")


def no_beats(subject: Subject) -> None:
    """A song without beats gives finite curves, of one value per frame."""
    _check_finite(subject, synthetic_song(**BEATLESS), " in a song without beats")


def one_frame(subject: Subject) -> None:
    """A song as short as one frame gives finite curves, of one value."""
    for bpm in (0.0, 120.0):
        _check_finite(subject, synthetic_song(0.05, bpm), " in a song of one frame")


def _check_finite(subject: Subject, song: Song, where: str) -> None:
    try:
        given, frames = subject.call(song)
    except RefusedError:
        if where:  # too short for a position in its parameters
            return
        raise
    for name, curve in given.items():
        array = np.asarray(curve, dtype=np.float64)
        if where and array.shape != (frames.n_frames,):
            raise ContractError(
                f"'{name}' has shape {array.shape}{where}; expected ({frames.n_frames},)",
                "Return one value per frame there too.",
            )
        if not np.all(np.isfinite(array)):
            frame = int(np.flatnonzero(~np.isfinite(array.ravel()))[0])
            raise ContractError(
                f"'{name}' is {array.ravel()[frame]} at frame {frame}{where}",
                "Look for a division by a value that can be 0: a level, a span, a number of beats.",
            )


BOUNDS = ("minimum", "maximum")
SAFE = 1e6  # larger bounds are technical limits, such as that of a float


def settings(modulator: Modulator) -> Iterator[tuple[str, Modulator]]:
    """A modulator at each end of each field, except those that its own validation refuses.

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
                continue  # refused with an error that names the field
            yield f"{name} = {value!r}", made


def _ends(field: dict[str, Any]) -> list[Any]:
    """Values of a field, by its JSON schema; none if that is not specific enough."""
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


#: Tolerance between two paths: a share of the total path, plus a number of the largest steps, for
#: motion between two frames.
SHARE, STEPS = 0.05, 2.0


def check_path(
    own: dict[str, Curve], other: dict[str, Curve], own_fps: float, other_fps: float
) -> None:
    """Compare the paths of a modulator with `by_interval` at two frame rates.

    Parameters
    ----------
    own, other : dict of str to ndarray, shape (n_frames,)
        Values per frame at the project's fps, for frames at `own_fps` and `other_fps`.
    own_fps, other_fps : float
        `own_fps` is the project's.

    Raises
    ------
    ContractError
        If they differ by more than `STEPS` of the largest step plus `SHARE` of the total path.
    """
    for name, curve in own.items():
        channel = CHANNELS.get(name)
        if name not in other or name == "height" or (channel and not channel.per_frame):
            continue
        log = bool(channel and channel.multiplicative)
        one, two = (np.log(np.maximum(c, 1e-9)) if log else c for c in (curve, other[name]))
        seconds = int(min(len(one) / own_fps, len(two) / other_fps))
        path, rendered = _path(one, own_fps, seconds), _path(two, other_fps, seconds)
        step = float(np.abs(one).max(initial=0.0)) / own_fps
        allowed = STEPS * step + SHARE * float(np.abs(one).sum()) / own_fps + 1e-9
        apart = np.abs(path - rendered)
        if apart.max() > allowed:
            at = int(apart.argmax())
            raise ContractError(
                f"after {at} s '{name}' adds up to {rendered[at] * own_fps:.4g} at "
                f"{other_fps} fps, but to {path[at] * own_fps:.4g} at {own_fps} fps",
                "Remove by_interval and read smooth curves at timeline.times; or make hits "
                "with phosphene.hits and levels with phosphene.on_frames.",
            )


def _path(values: Curve, fps: float, seconds: int) -> Curve:
    """The sum of a curve after each full second."""
    frames = np.round(np.arange(seconds + 1) * fps).astype(int)
    total: Curve = np.concatenate([[0.0], np.cumsum(values)])[frames] / fps
    return total
