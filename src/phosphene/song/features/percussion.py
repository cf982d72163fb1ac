"""Harmonic/percussive separation, and drum hits by frequency range.

The separation uses median filters on the mel spectrogram (Fitzgerald, DAFx 2010): along time for
the harmonic part, along frequency for the percussive part. It works in blocks.
"""

from collections.abc import Iterator

import numpy as np
from librosa.decompose import hpss
from numpy.typing import NDArray

from phosphene.song.audio.spectrum import HOP
from phosphene.song.features.ranges import Curve, level, powers, scaled
from phosphene.song.song import Feature, Song

#: Hz; a hit is as strong as in the weakest of its ranges: a snare has a body and noise.
DRUMS = {
    "kick": ((30.0, 120.0),),
    "snare": ((150.0, 350.0), (1500.0, 5000.0)),
    "hat": ((6000.0, np.inf),),
}
_KERNEL = (31, 17)  # frames of time (0.7 s), mel bands
_BLOCK = 4096  # frames separated at a time
_DYNAMICS = 100.0  # 20 dB below the maximum still counts a little
_FAINT = 0.5  # minimum rise that counts as 1, so that fluctuating noise is not scaled up


def features(song: Song) -> dict[str, Feature]:
    """The levels of the harmonic and percussive parts, and the hits of kick, snare and hat."""
    hop, rate = HOP / song.sample_rate, song.sample_rate
    power = powers(song)
    n_hops = power.shape[1]
    parts = {"harmonic": np.zeros(n_hops), "percussive": np.zeros(n_hops)}
    drums = {name: np.zeros((len(ranges), n_hops)) for name, ranges in DRUMS.items()}
    for frames, harmonic, percussive in _separated(power):
        parts["harmonic"][frames] = level(harmonic, rate, 0.0, np.inf)
        parts["percussive"][frames] = level(percussive, rate, 0.0, np.inf)
        for name, ranges in DRUMS.items():
            for k, edges in enumerate(ranges):
                drums[name][k, frames] = level(percussive, rate, *edges)
    loudest = max(float(curve.max(initial=0.0)) for curve in parts.values())
    full = loudest or 1.0
    return {
        "harmonic": Feature(np.minimum(parts["harmonic"] / full, 1.0), hop, "level"),
        "percussive": Feature(scaled(parts["percussive"]), hop, "envelope"),
    } | {name: Feature(_hits(levels), hop, "impulse") for name, levels in drums.items()}


def _separated(
    power: NDArray[np.float32],
) -> Iterator[tuple[slice, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield blocks of frames, and their harmonic and percussive power."""
    n_hops, around = power.shape[1], _KERNEL[0]
    for start in range(0, n_hops, _BLOCK):
        stop = min(start + _BLOCK, n_hops)
        first = max(start - around, 0)
        seen = power[:, first : stop + around]
        harmonic, percussive = hpss(np.sqrt(seen), kernel_size=_KERNEL, power=2.0)
        inner = slice(start - first, stop - first)
        yield slice(start, stop), harmonic[:, inner] ** 2, percussive[:, inner] ** 2


def _hits(levels: Curve) -> Curve:
    """The rise of the weakest range in each frame, 0 to 1, shape (n_hops,)."""
    rises = []
    for curve in levels:
        loudest = curve.max(initial=0.0) or 1.0
        level_log = np.log10(1.0 + _DYNAMICS * (curve / loudest) ** 2)
        rises.append(np.maximum(np.diff(level_log, prepend=level_log[:1]), 0.0))
    least = np.min(rises, axis=0)
    full = max(float(np.percentile(least, 99.5)) if len(least) else 0.0, _FAINT)
    # The window's edge reaches a hit before its centre does; one hop later is centred.
    return np.minimum(np.concatenate([[0.0], least[:-1]]) / full, 1.0)
