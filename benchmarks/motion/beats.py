"""Alignment of visual changes with the beats of the song."""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, median_filter
from scipy.optimize import linear_sum_assignment
from scipy.signal import find_peaks

from phosphene.score.score import Score
from phosphene.song.song import Song

RISE = 1.1  # minimum ratio of a peak to the minimum on either side
AROUND = 1.0  # seconds on both sides with which a peak is compared
CODEC = 0.5  # grey levels added first, so that noise of the codec does not count as a peak
NEAR = 1  # maximum number of frames between a peak and its beat

Frames = NDArray[np.intp]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class BeatFigures:
    """How visual changes align with the beats of the song.

    Parameters
    ----------
    contrast : float
        Mean change in the frame of a beat over mean change in the frame before it.
    elsewhere : float
        Mean change in the frame of a beat over mean change in all other frames.
    f, f_shifted : float
        F-measure of the peaks of change against the beats, and against the midpoints between
        beats, where a film that follows the beat has no peaks.
    offset : float
        Median over the beats of how many frames late the nearest peak is; NaN without peaks.
    """

    contrast: float
    elsewhere: float
    f: float
    f_shifted: float
    offset: float

    @classmethod
    def of(cls, change: Curve, score: Score, song: Song) -> BeatFigures:
        """Figures of a curve of change, shape (n_frames,); value 0 is not read.

        Beats in the first two frames and the last one are excluded, as there are no peaks.
        """

        def _inside(frames: Frames) -> Frames:
            return frames[(frames >= 2) & (frames < len(change) - 1)]

        beats, between = (_inside(beat_frames(score, song, shift)) for shift in (0.0, 0.5))
        peaks = visual_peaks(change, float(score.fps))
        others = np.setdiff1d(np.arange(1, len(change)), beats)
        return cls(
            contrast=_ratio(change[beats], change[beats - 1]),
            elsewhere=_ratio(change[beats], change[others]),
            f=f_measure(beats, peaks),
            f_shifted=f_measure(between, peaks),
            offset=_median_offset(beats, peaks),
        )


def beat_frames(score: Score, song: Song, shift: float = 0.0) -> Frames:
    """Rows of a Score whose frames contain a beat, or a time a share of a beat after it."""
    times = song.beats
    if shift and len(times) > 1:
        times = times + shift * np.append(np.diff(times), times[-1] - times[-2])
    frames = np.floor(times * float(score.fps) + 1e-6).astype(np.intp) - int(score.frames[0])
    return np.unique(frames[(frames >= 0) & (frames < len(score))])


def visual_peaks(change: Curve, fps: float) -> Frames:
    """Frames at which the change stands out, never the first, the second or the last.

    Peaks are found in the logarithm, because ratios are visible, so one rule works for calm and
    for lively films. A peak is a local maximum with a prominence of `RISE` that is at least
    halfway from the median to the maximum of the changes `AROUND` it, so that ripples beside a
    strong change do not count.
    """
    if len(change) < 4:
        return np.zeros(0, np.intp)
    level = np.log(change[1:] + CODEC)
    size = 2 * round(AROUND * fps) + 1
    half = (median_filter(level, size) + maximum_filter(level, size)) / 2.0
    peaks, _ = find_peaks(level, height=half, prominence=np.log(RISE))
    return (peaks + 1).astype(np.intp)


def f_measure(beats: Frames, peaks: Frames) -> float:
    """F-measure of peaks against beats, one to one, `NEAR` frames apart at most; 0 without any."""
    if not len(beats) or not len(peaks):
        return 0.0
    apart = np.abs(beats[:, None] - peaks[None, :]) > NEAR
    rows, columns = linear_sum_assignment(apart)
    hits = int(np.count_nonzero(~apart[rows, columns]))
    return 2.0 * hits / (len(beats) + len(peaks))


def _median_offset(beats: Frames, peaks: Frames) -> float:
    if not len(beats) or not len(peaks):
        return np.nan
    late = peaks[None, :] - beats[:, None]
    return float(np.median(np.take_along_axis(late, np.abs(late).argmin(1)[:, None], 1)))


def av_align(flow: Curve, score: Score, song: Song) -> float:
    """AV-Align (Yariv et al., "Diverse and Aligned Audio-to-Video Generation", AAAI 2024).

    The authors' definition: librosa's onsets against every local maximum of the mean magnitude of
    Farneback's flow, intersection over union, one frame apart at most.

    Parameters
    ----------
    flow : ndarray, shape (n_frames,)
        Mean magnitude of the flow from the frame before, in px; frame 0 has that of frame 1.
    score : Score
    song : Song
    """
    fps, start = float(score.fps), float(score.start)
    rate = song.sample_rate
    samples = song.samples[round(start * rate) : round((start + float(score.duration)) * rate)]
    onsets = librosa.onset.onset_detect(y=np.array(samples), sr=rate, units="time")
    rising, falling = flow[1:-1] > flow[:-2], flow[1:-1] > flow[2:]
    peaks = (np.flatnonzero(rising & falling) + 1) / fps
    near = np.abs(onsets[:, None] - peaks[None, :]) < 1.0 / fps
    both = int(near.any(axis=1).sum())
    either = len(onsets) + len(peaks) - both
    return both / either if either else 0.0


def _ratio(one: Curve, other: Curve) -> float:
    return float(one.mean() / other.mean()) if len(one) and len(other) and other.any() else np.nan
