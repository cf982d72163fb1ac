"""Beats where nothing sounds: a short rest is counted through, a long one is not."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phosphene.song.pulse import Sound, Times
from phosphene.song.spectrum import frames_at

_SILENCE = 0.01  # of the song's loudest RMS: 40 dB below
_LONGEST = 4  # beats of silence in a row that are still counted through


def sounding(beats: Times, sound: Sound) -> NDArray[np.bool_]:
    """Which beats to keep: not those in silence before, after, or for more than four beats.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds.
    sound : Sound

    Returns
    -------
    np.ndarray, shape (n_beats,)
    """
    loud = sound.rms[frames_at(beats, sound.sample_rate)] > _SILENCE * sound.rms.max()
    kept = loud.copy()
    longest = (_LONGEST + 1.5) * np.median(np.diff(beats)) if len(beats) > 1 else 0.0
    for left, right in pairwise(np.flatnonzero(loud)):
        if beats[right] - beats[left] < longest:
            kept[left:right] = True
    return kept
