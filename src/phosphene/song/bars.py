"""The pulse by a network and a bar pointer: beats, and bars of any metre."""

import numpy as np
from numpy.typing import NDArray

from phosphene.song.activations import FPS, activations
from phosphene.song.bar_pointer import follow
from phosphene.song.placing import between_seen, evened, leading_in, on_attacks, on_peaks
from phosphene.song.pulse import SILENCE, Pulse, Sound, usual_tempo
from phosphene.song.rests import sounding

_FEWEST = 3  # beats; fewer are no pulse
_SEEN = 0.3  # an activation that shows where exactly a beat is
_NEAR = 2  # frames to either side of a beat that its activation is wide


def find_bars(sound: Sound) -> Pulse:
    """Find the beats and bars of a song; `SILENCE` where there is no pulse.

    The confidence is how sure the network is of these beats, times the share of all that it took
    for a beat that they explain: it takes many a syllable for one, but no pulse explains them.
    """
    seen = activations(sound.samples, sound.sample_rate)
    found = follow(seen, FPS)
    near = on_peaks(found.frames, seen[:, 0], FPS)
    struck = on_attacks(near, sound.onsets, sound.onset_strengths)
    beats = evened(struck, (struck != near) | (seen[found.frames, 0] > _SEEN))
    kept = (beats >= 0) & (beats <= sound.duration) & between_seen(found.frames, seen[:, 0])
    kept[kept] = sounding(beats[kept], sound)
    if kept.sum() < _FEWEST:
        return SILENCE
    beats, bars, metres = beats[kept], np.flatnonzero(found.downbeat[kept]), found.metres[kept]
    trust = _trust(seen[:, 0].astype(np.float64), found.frames[kept])
    before = leading_in(beats, sound.onsets, sound.onset_strengths)
    after = -leading_in(-beats[::-1], -sound.onsets[::-1], sound.onset_strengths[::-1])[::-1]
    beats = np.concatenate([before, beats, after])
    if len(bars):
        bars += len(before)
        earlier = np.arange(bars[0] % metres[0], bars[0], metres[0])
        later = np.arange(bars[-1] + metres[-1], len(beats), metres[-1])
        bars = np.concatenate([earlier, bars, later])
    return Pulse(beats, beats[bars], usual_tempo(beats), trust, int(np.bincount(metres).argmax()))


def _trust(activation: NDArray[np.float64], frames: NDArray[np.intp]) -> float:
    """How sure beats are, times the share of the activation that lies at them."""
    around = frames[:, None] + np.arange(2 * _NEAR + 1)
    padded = np.pad(activation, _NEAR)
    sure = np.minimum(padded[around].sum(axis=1) / _NEAR, 1.0)  # a sure one is a whole triangle
    explained = padded[np.unique(around)].sum() / padded.sum()
    return float(sure.mean() * explained)
