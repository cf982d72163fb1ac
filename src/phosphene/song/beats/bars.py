"""Tracks beats and bars of any metre with a network and a bar pointer."""

import numpy as np
from numpy.typing import NDArray

from phosphene.song.beats.bar_pointer import follow
from phosphene.song.beats.network import FPS, activations
from phosphene.song.beats.pulse import (
    SILENCE,
    Pulse,
    Sound,
    nearest_onset,
    sounding,
    usual_tempo,
)
from phosphene.song.tempo import Times

_FEWEST = 3  # beats; fewer do not make a pulse
_SEEN = 0.3  # activation that is high enough to locate a beat
_NEAR = 2  # half width of a beat's activation in frames
_AROUND = 2  # frames on both sides to search for the activation's peak
_SHOWN = 0.1  # minimum activation of a beat
_SNAP = 0.03  # maximum distance in seconds to move a beat to an attack
_STRONG = 0.5  # weaker attacks rise slowly, and their times are late


def find_bars(sound: Sound) -> Pulse:
    """Find the beats and bars of a song; `SILENCE` for a song without a pulse.

    The confidence is the network's certainty at these beats, times the share of its total
    activation that they explain. The network mistakes many syllables for beats, but no steady
    pulse fits them.
    """
    seen = activations(sound.samples, sound.sample_rate)
    found = follow(seen, FPS)
    near = on_peaks(found.frames, seen[:, 0], FPS)
    snapped = on_attacks(near, sound.onsets, sound.onset_strengths)
    beats = evened(snapped, (snapped != near) | (seen[found.frames, 0] > _SEEN))
    kept = (beats >= 0) & (beats <= sound.duration) & between_seen(found.frames, seen[:, 0])
    kept[kept] = sounding(beats[kept], sound)
    if kept.sum() < _FEWEST:
        return SILENCE
    beats, bars, metres = beats[kept], np.flatnonzero(found.downbeat[kept]), found.metres[kept]
    confidence = _confidence(seen[:, 0].astype(np.float64), found.frames[kept])
    before = leading_in(beats, sound.onsets, sound.onset_strengths)
    after = -leading_in(-beats[::-1], -sound.onsets[::-1], sound.onset_strengths[::-1])[::-1]
    beats = np.concatenate([before, beats, after])
    if len(bars):
        bars += len(before)
        earlier = np.arange(bars[0] % metres[0], bars[0], metres[0])
        later = np.arange(bars[-1] + metres[-1], len(beats), metres[-1])
        bars = np.concatenate([earlier, bars, later])
    metre = int(np.bincount(metres).argmax())
    return Pulse(beats, beats[bars], usual_tempo(beats), confidence, metre)


def _confidence(activation: NDArray[np.float64], frames: NDArray[np.intp]) -> float:
    """Certainty of the beats, times the share of the activation at them."""
    around = frames[:, None] + np.arange(2 * _NEAR + 1)
    padded = np.pad(activation, _NEAR)
    sure = np.minimum(padded[around].sum(axis=1) / _NEAR, 1.0)  # a certain beat is a full triangle
    explained = padded[np.unique(around)].sum() / padded.sum()
    return float(sure.mean() * explained)


def on_peaks(frames: NDArray[np.intp], activation: NDArray[np.floating], rate: float) -> Times:
    """Times of beats: the vertex of a parabola through the highest frame and its neighbours.

    Parameters
    ----------
    frames : np.ndarray, shape (n_beats,)
        Approximate positions of the beats.
    activation : np.ndarray, shape (n_frames,)
        Probability of a beat in each frame; frame k is at ``k / rate`` seconds.
    rate : float
    """
    padded = np.pad(activation.astype(np.float64), _AROUND + 1)
    near = np.arange(-_AROUND - 1, _AROUND + 2)
    views = padded[frames[:, None] + _AROUND + 1 + near]
    at = 1 + np.argmax(views[:, 1:-1], axis=1)
    before, top, after = (views[np.arange(len(frames)), at + step] for step in (-1, 0, 1))
    bend = before - 2 * top + after
    peak = (bend < 0) & (top >= before) & (top >= after)  # not the flank of a peak outside
    shift = np.where(peak, 0.5 * (before - after) / np.where(peak, bend, 1.0), 0.0)
    return (frames + np.where(peak, near[at], 0) + shift) / rate


def between_seen(frames: NDArray[np.intp], activation: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which beats are between the first and the last with any activation.

    Beyond them, the pointer continues through reverberation or noise.

    Parameters
    ----------
    frames : np.ndarray, shape (n_beats,)
    activation : np.ndarray, shape (n_frames,)
        Probability of a beat in each frame.
    """
    shown = np.pad(activation, 1)[frames[:, None] + np.arange(3)].max(axis=1) > _SHOWN
    return np.logical_or.accumulate(shown) & np.logical_or.accumulate(shown[::-1])[::-1]


def on_attacks(beats: Times, onsets: Times, strengths: Times) -> Times:
    """Move each beat to the nearest strong onset, if there is one close enough.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds.
    onsets, strengths : np.ndarray, shape (n_onsets,)
        Seconds, increasing, and 0 to 1.
    """
    onsets, strengths = onsets[strengths >= _STRONG], strengths[strengths >= _STRONG]
    placed = beats.copy()
    for k, beat in enumerate(beats):
        onset = nearest_onset(beat, onsets, strengths, _SNAP)
        placed[k] = beat if onset is None else onset
    return placed


def evened(beats: Times, seen: NDArray[np.bool_]) -> Times:
    """Space unsupported beats evenly between the others, if they are already close to that.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds.
    seen : np.ndarray, shape (n_beats,)
        Whether a beat is supported by an activation or an onset.
    """
    if not seen.any():
        return beats
    index = np.arange(len(beats))
    even = np.interp(index, index[seen], beats[seen])
    return np.where(np.abs(even - beats) < _SNAP, even, beats)


def leading_in(beats: Times, onsets: Times, strengths: Times) -> Times:
    """Strong onsets before the first beat, at each expected beat.

    Parameters
    ----------
    beats : np.ndarray, shape (n_beats,)
        Seconds; at least two.
    onsets, strengths : np.ndarray, shape (n_onsets,)
        Seconds, and 0 to 1.
    """
    onsets, found = onsets[strengths >= _STRONG], list[float]()
    first, step = beats[0], beats[1] - beats[0]
    while len(onsets):
        onset = float(onsets[np.argmin(np.abs(onsets - (first - step)))])
        if abs(onset - (first - step)) > _SNAP:
            break
        found.append(onset)
        first = onset
    return np.array(found[::-1])
