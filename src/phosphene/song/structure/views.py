"""The features of each unit of a song for the structure analysis, and their similarity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import HOP, LEAD, MELS, Spectrum
from phosphene.song.beats.pulse import Sound
from phosphene.song.structure import pitches
from phosphene.song.structure.grid import Grid

_WEIGHTS = {"timbre": 0.5, "harmony": 0.25, "rhythm": 0.25}
_WIDTH = 0.5  # of the kernel, relative to the mean squared distance

Rows = NDArray[np.float64]

_STEP = 4  # spectrogram frames in a frame of the reduced one: 93 ms
_BANDS = 32
_FLOOR = -60.0  # dB below the song's maximum
_PARTS = 4  # parts of a unit in which timbre and harmony are averaged
_PULSES = 16  # parts of a unit in which onsets are averaged
_SILENT = -50.0  # dB below the loudest units


@dataclass(frozen=True, eq=False)
class Sketch:
    """A small spectrogram, in memory until the beats are known.

    Parameters
    ----------
    mel : ndarray, shape (n_frames, 32), float32
        dB relative to the song's maximum; frame k is centred at ``k * hop`` seconds.
    hop : float
        Seconds.
    """

    mel: NDArray[np.float32]
    hop: float


def sketch_of(spectrum: Spectrum, rate: int) -> Sketch:
    """Reduce a spectrogram to a few bands at a tenth of a second: an hour takes 5 MB."""
    n = max((spectrum.mel_db.shape[1] - 2 * LEAD) // _STEP, 1)
    mel = spectrum.mel_db[:, LEAD - _STEP // 2 :][:, : n * _STEP]
    by_band = mel.reshape(_BANDS, MELS // _BANDS, n, _STEP)
    return Sketch(np.ascontiguousarray(by_band.mean(axis=(1, 3)).T), _STEP * HOP / rate)


@dataclass(frozen=True, eq=False)
class Views:
    """Features by unit.

    Parameters
    ----------
    timbre, harmony, rhythm : ndarray, shape (n_units, n_features)
        Similar rows belong to units that sound similar.
    level : ndarray, shape (n_units,)
        Loudness in dB.
    low : ndarray, shape (n_units,)
        Level below 150 Hz in dB.
    density : ndarray, shape (n_units,)
        Onset strength per second.
    silent : ndarray of bool, shape (n_units,)
    """

    timbre: Rows
    harmony: Rows
    rhythm: Rows
    level: Rows
    low: Rows
    density: Rows
    silent: NDArray[np.bool_]


def views_of(sound: Sound, sketch: Sketch, grid: Grid) -> Views:
    """Average the features over the units of a grid.

    Parameters
    ----------
    sound : Sound
        Its onset curves and RMS are on the spectrogram's frames, including its leading silence.
    sketch : Sketch
    grid : Grid
    """
    rate = sound.sample_rate
    notes = pitches.chroma(sound.samples, rate)
    edges = grid.edges
    mel = np.maximum(sketch.mel, _FLOOR)
    timbre = pooled(mel, sketch.hop, edges, _PARTS)
    harmony = pooled(np.sqrt(notes), pitches.HOP / rate, edges, _PARTS)
    hop = HOP / rate
    hits = np.stack([curve[LEAD:-LEAD] for curve in sound.curves.values()], axis=1)
    rhythm = pooled(hits, hop, edges, _PULSES)
    power = pooled(sound.rms[LEAD:-LEAD, None].astype(np.float64) ** 2, hop, edges, 1)[:, 0]
    level = 10 * np.log10(power + 1e-10)
    density = rhythm.reshape(grid.n, _PULSES, -1).mean(axis=(1, 2))
    low = 10 * np.log10(pooled(10 ** (sketch.mel[:, :2] / 10), sketch.hop, edges, 1).mean(axis=1))
    return Views(timbre, harmony, rhythm, level, low, density, level < np.max(level) + _SILENT)


def pooled(values: NDArray[np.floating], hop: float, edges: Rows, parts: int) -> Rows:
    """Mean of each part of each unit, joined in a row; shape (n_units, parts * n_features).

    A part between two frames takes the nearest one.
    """
    inner = np.arange(parts) / parts
    begins = (edges[:-1, None] + np.diff(edges)[:, None] * inner).ravel()
    bounds = np.append(begins, edges[-1]) / hop + 0.5
    first = np.clip(np.floor(bounds[:-1]).astype(np.intp), 0, len(values) - 1)
    last = np.clip(np.floor(bounds[1:]).astype(np.intp), first + 1, len(values))
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=float)])
    means = (sums[last] - sums[first]) / (last - first)[:, None]
    return np.asarray(means.reshape(len(edges) - 1, -1))


def similarity(views: Views) -> NDArray[np.float32]:
    """Compare every unit with every other.

    Returns
    -------
    ndarray, shape (n_units, n_units), float32
        0 to 1; symmetric, 1 on the diagonal.
    """
    n = len(views.timbre)
    total = np.zeros((n, n), np.float32)
    for name, weight in _WEIGHTS.items():
        total += np.float32(weight) * _kernel(getattr(views, name))
    return total


def _kernel(rows: Rows) -> NDArray[np.float32]:
    centred = rows - rows.mean(axis=0)
    squares = (centred**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * centred @ centred.T, 0.0)
    np.fill_diagonal(distances, 0.0)
    usual = float(distances.mean())
    if not usual > 1e-12:
        return np.ones(distances.shape, np.float32)
    kernel: NDArray[np.float32] = np.exp(-distances / (_WIDTH * usual)).astype(np.float32)
    return kernel
