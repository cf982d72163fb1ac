"""Beats in silence: a short rest is counted through, a long one is not."""

import numpy as np
import pytest

from phosphene.song.audio.spectrum import HOP, LEAD
from phosphene.song.beats.pulse import Sound, sounding

RATE = 22050


def sound(silent: tuple[float, float], seconds: float = 20.0) -> Sound:
    """A song that is loud but for one stretch; only its RMS is read."""
    times = (np.arange(1 + int(seconds * RATE) // HOP + 2 * LEAD) - LEAD) * HOP / RATE
    rms = np.where((times >= silent[0]) & (times < silent[1]), 0.001, 1.0)
    none = np.zeros(0)
    return Sound(np.zeros(1, np.float32), RATE, {}, rms.astype(np.float32), none, none)


BEATS = np.arange(0.5, 19.9, 0.5)


@pytest.mark.parametrize(("silent", "n_left_out"), [(2.2, 0), (2.7, 5), (4.4, 9)])
def test_four_silent_beats_are_counted_through_and_five_are_not(
    silent: float, n_left_out: int
) -> None:
    kept = sounding(BEATS, sound((5.3, 5.3 + silent)))
    assert len(BEATS) - kept.sum() == n_left_out
    assert np.all((BEATS[~kept] >= 5.3) & (BEATS[~kept] < 5.3 + silent))


def test_silence_at_the_ends_has_no_beats() -> None:
    assert not sounding(BEATS, sound((0.0, 3.0)))[BEATS < 2.9].any()
    assert not sounding(BEATS, sound((15.0, 21.0)))[BEATS > 15.1].any()


def test_a_lone_beat_in_a_rest_is_in_the_rest() -> None:
    beats = np.delete(BEATS, np.flatnonzero((BEATS > 5.6) & (BEATS < 12.3)))
    kept = sounding(beats, sound((5.3, 12.3)))
    assert beats[~kept].tolist() == [5.5]
