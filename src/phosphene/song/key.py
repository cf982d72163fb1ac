"""Estimates the key of a song from its chroma."""

import numpy as np

from phosphene.song.parts import PITCHES, read
from phosphene.song.song import Song

NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Key profiles of Krumhansl and Kessler (1982), from the root.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_SURE = 0.5  # minimum correlation with a profile, to reject noise


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
