"""Reads beats from a file: text, JAMS or MIDI, by its ending."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from phosphene.errors import SongError
from phosphene.song.beats_in_jams import beats_in_jams
from phosphene.song.beats_in_midi import beats_in_midi
from phosphene.song.beats_in_text import beats_in_text
from phosphene.song.files import TEXT, require_file
from phosphene.song.pulse import Pulse
from phosphene.song.tempo import NOMINAL_METRE

#: A beat: seconds, and its number in the bar from 1, or 0 if unknown.
Mark = tuple[float, int]

#: Minimum seconds between beats: 3,000 BPM.
CLOSEST = 0.02

READERS: dict[str, Callable[[Path, float], Sequence[Mark]]] = {
    ".mid": beats_in_midi,
    ".midi": beats_in_midi,
    ".jams": beats_in_jams,
    ".json": beats_in_jams,
}


def read_beats(path: Path, duration: float) -> Pulse:
    """Read the beats of a song.

    Parameters
    ----------
    path : Path
        .jams or .json (JAMS), .mid or .midi (its tempo map), or text: one line per beat, with its
        time in seconds and optionally its number in the bar.
    duration : float
        Duration of the song in seconds; later beats are dropped.

    Returns
    -------
    Pulse
        With confidence 1. Without numbers in the file, every fourth beat from the first begins a
        bar.

    Raises
    ------
    SongError
        If the file does not exist, cannot be read, or has fewer than two beats of the song.
    """
    require_file(path, "file with beats", TEXT)
    try:
        marks = READERS.get(path.suffix.lower(), beats_in_text)(path, duration)
    except OSError as error:
        raise SongError(f"{path} cannot be read: {error.strerror}") from None
    marks = [mark for mark in marks if 0.0 <= mark[0] <= duration]
    if len(marks) < 2:
        raise SongError(
            f"{path} has {len(marks)} beats within the song's {duration:.1f} s; at least 2 are "
            "needed",
            "Its times are seconds from the song's start.",
        )
    beats = np.array([time for time, _ in marks])
    close = np.diff(beats) < CLOSEST
    if close.any():
        k = int(np.argmax(close)) + 1
        raise SongError(
            f"{path}: beat {k + 1}, at {beats[k]:g} s, does not come after the previous one, at "
            f"{beats[k - 1]:g} s, or less than {CLOSEST} s after it",
            "Sort the beats by time and remove duplicates.",
        )
    begins = np.flatnonzero([number == 1 for _, number in marks])
    if not len(begins):
        begins = np.arange(0, len(beats), NOMINAL_METRE)
    lengths = np.diff(begins)
    metre = int(np.bincount(lengths).argmax()) if len(lengths) else NOMINAL_METRE
    tempo = float(60.0 / np.median(np.diff(beats)))
    return Pulse(beats, beats[begins], tempo, 1.0, metre)
