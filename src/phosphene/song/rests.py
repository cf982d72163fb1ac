"""Beats in silence: short rests are counted through, long ones are not."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phosphene.song.pulse import Sound, Times
from phosphene.song.spectrum import frames_at

_SILENCE = 0.01  # of the song's loudest RMS: 40 dB below
_LONGEST = 4  # longest run of silent beats that is counted through


def sounding(beats: Times, sound: Sound) -> NDArray[np.bool_]:
    """Which beats to keep: not those in silence at either end, or in more than four silent beats.

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
