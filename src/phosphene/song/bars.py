"""Tracks beats and bars of any metre with a network and a bar pointer."""

import numpy as np
from numpy.typing import NDArray

from phosphene.song.activations import FPS, activations
from phosphene.song.bar_pointer import follow
from phosphene.song.placing import between_seen, evened, leading_in, on_attacks, on_peaks
from phosphene.song.pulse import SILENCE, Pulse, Sound, usual_tempo
from phosphene.song.rests import sounding

_FEWEST = 3  # beats; fewer do not make a pulse
_SEEN = 0.3  # activation that is high enough to locate a beat
_NEAR = 2  # half width of a beat's activation in frames


def find_bars(sound: Sound) -> Pulse:
    """Find the beats and bars of a song; `SILENCE` if there is no pulse.

    The confidence is the network's certainty at these beats, times the share of its total
    activation that they explain. The network mistakes many syllables for beats, but no steady
    pulse fits them.
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
    """Certainty of the beats, times the share of the activation at them."""
    around = frames[:, None] + np.arange(2 * _NEAR + 1)
    padded = np.pad(activation, _NEAR)
    sure = np.minimum(padded[around].sum(axis=1) / _NEAR, 1.0)  # a certain beat is a full triangle
    explained = padded[np.unique(around)].sum() / padded.sum()
    return float(sure.mean() * explained)
