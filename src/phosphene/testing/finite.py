"""The checks that ask for finite curves of every kind of song, and the songs."""

from __future__ import annotations

from typing import Any

import numpy as np

from phosphene.song.song import Song
from phosphene.testing.asking import RefusedError, Subject
from phosphene.testing.contract import ContractError
from phosphene.testing.songs import synthetic_song

USUAL: dict[str, Any] = {"duration": 16.0, "sections": "ABA"}
ODD: dict[str, Any] = {"duration": 11.3, "bpm": 97.0, "first_beat": 0.31, "metre": 3}
SILENT: dict[str, Any] = {"duration": 4.0, "bpm": 0.0, "level": 0.0}
BEATLESS: dict[str, Any] = {"duration": 4.0, "bpm": 0.0, "level": 0.8}


def finite(subject: Subject) -> None:
    """No curve holds a NaN or an infinity."""
    for about in (USUAL, ODD):
        _check_finite(subject, synthetic_song(**about), "")


def silence(subject: Subject) -> None:
    """A silent song gives finite curves, of one value a frame."""
    _check_finite(subject, synthetic_song(**SILENT), " in a silent song")


def no_beats(subject: Subject) -> None:
    """A song in which no beat was heard gives finite curves, of one value a frame."""
    _check_finite(subject, synthetic_song(**BEATLESS), " in a song without beats")


def one_frame(subject: Subject) -> None:
    """A song as short as one frame gives finite curves, of one value."""
    for bpm in (0.0, 120.0):
        _check_finite(subject, synthetic_song(0.05, bpm), " in a song of one frame")


def _check_finite(subject: Subject, song: Song, where: str) -> None:
    try:
        given, frames = subject.asked(song)
    except RefusedError:
        if where:  # too short for a position that it was made with
            return
        raise
    for name, curve in given.items():
        array = np.asarray(curve, dtype=np.float64)
        if where and array.shape != (frames.n_frames,):
            raise ContractError(
                f"'{name}' has shape {array.shape}{where}; expected ({frames.n_frames},)",
                "Give one value a frame there too.",
            )
        if not np.all(np.isfinite(array)):
            frame = int(np.flatnonzero(~np.isfinite(array.ravel()))[0])
            raise ContractError(
                f"'{name}' is {array.ravel()[frame]} at frame {frame}{where}",
                "Look for a division by what may be 0: a level, a span, a number of beats.",
            )
