"""The report of an analysis for ``phosphene listen --json``, with the key of the song."""

from dataclasses import asdict
from typing import Any

import numpy as np

from phosphene.song.features.builtin import PITCHES, read
from phosphene.song.features.loudness import SILENT, integrated
from phosphene.song.song import Song

NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Key profiles of Krumhansl and Kessler (1982), from the root.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_SURE = 0.5  # minimum correlation with a profile, to reject noise


def as_json(song: Song) -> dict[str, Any]:
    """Return the analysis as plain numbers, ready for `json.dumps`.

    Returns
    -------
    dict
        ``duration`` (s), ``tempo`` (BPM), ``beats``, ``downbeats``, ``onsets`` (lists of
        seconds), ``metre``, ``sections`` (list of the fields of `Section`), ``confidence`` (0 to
        1), ``key`` (such as ``"D minor"``) and ``loudness`` (integrated, in
        LUFS). Lists and strings are empty, and loudness is None, if nothing was detected.
    """
    loudness = integrated(song)
    return {
        "duration": song.duration,
        "tempo": song.tempo,
        "beats": song.beats.tolist(),
        "downbeats": song.downbeats.tolist(),
        "onsets": song.onsets.tolist(),
        "metre": song.metre,
        "sections": [asdict(section) for section in song.sections],
        "confidence": song.confidence,
        "key": key_of(song),
        "loudness": loudness if loudness > SILENT else None,
    }


def key_of(song: Song) -> str:
    """The key of the song, such as ``D minor``; empty if none is detected.

    The mean of the chroma, correlated with the profiles of the 24 keys (Krumhansl 1990).
    """
    mean = np.array([read(song, f"chroma_{name}").values.mean() for name in PITCHES])
    if not mean.std() > 0:
        return ""
    fits = {
        f"{NOTES[root]} {mode}": float(np.corrcoef(np.roll(profile, root), mean)[0, 1])
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for root in range(12)
    }
    best = max(fits, key=lambda key: fits[key])
    return best if fits[best] >= _SURE else ""
