"""Features of frequency ranges: levels, brightness and spectral change."""

import numpy as np
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import HOP, LEAD, MELS, mel_frequencies, spectrum
from phosphene.song.song import Feature, Song

#: Hz; frequencies above 11 kHz are not analysed.
RANGES = {
    "bass": (0.0, 200.0),
    "mids": (200.0, 2000.0),
    "treble": (2000.0, np.inf),
    "voice": (200.0, 4000.0),
}
_BLOCK = 8192  # frames per block
_ROBUST = 99.5  # percentile that counts as 1
_SILENT = 1e-4  # of the maximum: 80 dB below it is silence
_OCTAVE = 1.0  # minimum range of brightness that is scaled to 0 to 1

Curve = NDArray[np.float64]


def features(song: Song) -> dict[str, Feature]:
    """The levels of the ranges, the brightness, and the spectral change."""
    hop, rate = HOP / song.sample_rate, song.sample_rate
    power = powers(song)
    n_hops = power.shape[1]
    levels = {name: np.zeros(n_hops) for name in RANGES}
    total, centroid, flux = np.zeros(n_hops), np.zeros(n_hops), np.zeros(n_hops)
    for start in range(0, n_hops, _BLOCK):
        frames = slice(start, start + _BLOCK)
        for name, edges in RANGES.items():
            levels[name][frames] = level(power[:, frames], rate, *edges)
        total[frames], centroid[frames] = _centroid(power[:, frames], rate)
        flux[frames] = _flux(power[:, max(start - 1, 0) : start + _BLOCK])[-len(flux[frames]) :]
    return {name: Feature(scaled(curve), hop, "level") for name, curve in levels.items()} | {
        "brightness": Feature(_brightness(total, centroid), hop, "level"),
        "flux": Feature(scaled(flux), hop, "impulse"),
    }


def powers(song: Song) -> NDArray[np.float32]:
    """The mel spectrogram as power relative to its maximum, shape (MELS, n_hops)."""
    mel = spectrum(song.samples, song.sample_rate).mel_db[:, LEAD:-LEAD]
    np.power(10.0, mel / 10.0, out=mel)
    mel[mel <= 1.01e-8] = 0.0  # the spectrogram's floor counts as silence
    return mel


def level(power: NDArray[np.float32], rate: int, low: float, high: float) -> Curve:
    """The amplitude between two frequencies in each frame, shape (n_hops,)."""
    edges = mel_frequencies(MELS + 2, rate / 2)
    # Mel bands are normalised by their width; undo that to add up energies.
    widths = (edges[2:] - edges[:-2]) / 2
    inside = (edges[1:-1] >= low) & (edges[1:-1] < high)
    return np.sqrt(widths[inside] @ power[inside].astype(np.float64))


def scaled(curve: Curve) -> Curve:
    """Scale to 0 to 1 by the song's robust maximum; silence stays zero."""
    full = float(np.percentile(curve, _ROBUST)) if len(curve) else 0.0
    full = full or float(curve.max(initial=0.0))
    return np.minimum(curve / full, 1.0) if full > 0 else np.zeros(len(curve))


def _centroid(power: NDArray[np.float32], rate: int) -> tuple[Curve, Curve]:
    """The sum of the amplitudes, and their centroid, shape (n_hops,) each."""
    edges = mel_frequencies(MELS + 2, rate / 2)
    widths = (edges[2:] - edges[:-2]) / 2
    amplitude = np.sqrt(power * widths[:, None])
    total = amplitude.sum(axis=0)
    return total, edges[1:-1] @ amplitude / np.where(total > 0, total, 1.0)


def _brightness(total: Curve, centroid: Curve) -> Curve:
    """The centroid in octaves, scaled to the song's range."""
    curve = np.zeros(len(total))
    sounding = total > _SILENT * total.max(initial=0.0)
    if sounding.any():
        octaves = np.log2(centroid[sounding])
        dark, bright = np.percentile(octaves, [5, 95])
        missing = max(_OCTAVE - (bright - dark), 0.0)
        curve[sounding] = (octaves - dark + missing / 2) / (bright - dark + missing)
    return np.clip(curve, 0.0, 1.0)


def _flux(power: NDArray[np.float32]) -> Curve:
    """The summed rise of the amplitudes from frame to frame, starting from silence."""
    rises = np.diff(np.sqrt(power), axis=1, prepend=np.float32(0.0))
    rise: NDArray[np.float64] = np.maximum(rises, 0.0).sum(axis=0, dtype=np.float64)
    return rise
