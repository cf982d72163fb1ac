"""The annotated beats of a MIDI file, and whether they match its notes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np

from phosphene.song.beats.beat_files import read_beats

_GRID = (3, 4)  # parts of a quarter note
_ON, _KEPT = 0.02, 0.9  # distance to the grid in quarters, and the share of notes within it


@dataclass(frozen=True, eq=False)
class Truth:
    """The nominal beats and downbeats of a song, in seconds."""

    beats: np.ndarray
    downbeats: np.ndarray


def truth(midi: Path) -> Truth:
    """The grid of the file's tempo map and time signatures, from its first note to its last.

    A beat is the note value of the denominator, or three of them in 6/8, 9/8 and 12/8. Without a
    signature, the metre is 4/4.
    """
    file = mido.MidiFile(midi)
    now, onsets = 0.0, []
    for message in file:
        now += message.time
        if message.type == "note_on" and message.velocity > 0:
            onsets.append(now)
    pulse = read_beats(midi, now)
    first, last = onsets[0] - 0.05, onsets[-1] + 0.05

    def within(times: np.ndarray) -> np.ndarray:
        return times[(times >= first) & (times <= last)]

    return Truth(within(pulse.beats), within(pulse.downbeats))


def trustworthy(midi: Path) -> bool:
    """Whether a file has a time signature and nine in ten of its notes are on its own grid."""
    try:
        file = mido.MidiFile(midi)
    except (OSError, EOFError, ValueError, IndexError, mido.KeySignatureError):
        return False
    has_metre, onsets = False, []
    for track in file.tracks:
        tick = 0
        for message in track:
            tick += message.time
            has_metre |= message.type == "time_signature"
            if message.type == "note_on" and message.velocity > 0:
                onsets.append(tick / file.ticks_per_beat)
    at = np.array(onsets)
    near = [np.abs(at - np.rint(at * parts) / parts) < _ON for parts in _GRID]
    return bool(has_metre and len(at) and np.mean(np.logical_or(*near)) >= _KEPT)
