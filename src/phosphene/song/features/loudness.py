"""Loudness after ITU-R BS.1770-4, from all channels of the file at its own rate."""

import numpy as np
from numpy.typing import NDArray

from phosphene.errors import SongError
from phosphene.song.audio.reading import read_audio
from phosphene.song.audio.streams import BLOCK, AudioStream
from phosphene.song.song import Feature, Song

Curve = NDArray[np.float64]

STEP = 10  # values per second, each over a window of 400 ms
_BLOCK_STEPS = 4
SILENT = -70.0  # LKFS: the standard's absolute gate
_RELATIVE = -10.0  # LU below the mean of the blocks that passed the absolute gate
_BELOW = 40.0  # LU below the maximum that count as 0
# Left, right and centre weigh 1, surrounds 1.41; the low-frequency channel is ignored. In WAV
# channel order; the surrounds of 5.1 and 7.1 are at the sides, +-60 to 120 degrees.
_WEIGHTS = {
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41),
}


def features(song: Song) -> dict[str, Feature]:
    """``loudness``, 0 to 1, and ``momentary``, in LKFS."""
    levels = momentary(_energies(song))
    full = float(np.percentile(levels, 99.5)) if len(levels) else SILENT
    shares = np.clip((levels - full) / _BELOW + 1.0, 0.0, 1.0)
    shares[levels <= SILENT] = 0.0
    return {
        "loudness": Feature(shares, 1.0 / STEP, "level"),
        "momentary": Feature(levels, 1.0 / STEP, "level"),
    }


def momentary(energies: Curve) -> Curve:
    """Loudness in LKFS over 400 ms around each tenth of a second.

    Parameters
    ----------
    energies : ndarray, shape (n_steps,)
        Weighted mean square of each tenth of a second.

    Returns
    -------
    ndarray, shape (n_steps + 1,)
        At 0, 0.1, 0.2 ... seconds; at least `SILENT`. The song is padded with silence.
    """
    padded = np.pad(energies, _BLOCK_STEPS // 2)
    means = np.convolve(padded, np.full(_BLOCK_STEPS, 1 / _BLOCK_STEPS), mode="valid")
    return np.maximum(-0.691 + 10 * np.log10(np.maximum(means, 1e-12)), SILENT)


def integrated(song: Song) -> float:
    """Integrated, gated loudness in LKFS; `SILENT` if the song is below the gate."""
    levels = song.kept(__name__, lambda: features(song))["momentary"].values
    half = _BLOCK_STEPS // 2
    inside = levels[half:-half]  # blocks entirely in the song
    loud = inside[inside > SILENT]
    if not len(loud):
        return SILENT
    gate = _mean(loud) + _RELATIVE
    return _mean(loud[loud > gate])


def _mean(levels: Curve) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def _energies(song: Song) -> Curve:
    """Energies of the file if it still exists, or else of the analysed mono signal."""
    if song.path is not None:
        try:
            return read_audio(song.path, energies, song.track)
        except SongError:
            pass
    starts = range(0, len(song.samples), BLOCK)
    blocks = (song.samples[start : start + BLOCK, None] for start in starts)
    return energies(AudioStream(song.sample_rate, blocks, 1))


def energies(stream: AudioStream) -> Curve:
    """K-weighted mean square of each tenth of a second, summed over the channels by their weights.

    Returns
    -------
    ndarray, shape (n_steps,)
        The last step may be shorter, and is padded with silence.
    """
    from scipy.signal import sosfilt  # a second to import; not needed on a cache hit

    weights = np.array(_WEIGHTS.get(stream.channels, (1.0,) * stream.channels))
    sections = k_weighting(stream.rate)
    state = np.zeros((len(sections), 2, stream.channels))
    sums, position = np.zeros(0), 0
    for block in stream.blocks:
        weighted, state = sosfilt(sections, block.astype(np.float64), axis=0, zi=state)
        # A step may span two blocks.
        steps = (position + np.arange(len(block))) * STEP // stream.rate
        known = len(sums)
        sums = np.pad(sums, (0, int(steps[-1]) + 1 - known)) if steps[-1] >= known else sums
        sums[steps[0] :] += np.bincount(steps - steps[0], (weighted**2) @ weights)
        position += len(block)
    return sums * STEP / stream.rate


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The filter of BS.1770-4: a high shelf and a high pass, as two sections.

    The standard lists coefficients for 48 kHz. These are computed for any rate from the analogue
    prototypes by the bilinear transform, and equal the standard's at 48 kHz.

    Returns
    -------
    ndarray, shape (2, 6)
        Second-order sections in SciPy's format.
    """
    gain, quality = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    band, k = gain**0.4996667741545416, _warped(1681.974450955533, rate)
    norm = 1 + k / quality + k * k
    shelf = [
        (gain + band * k / quality + k * k) / norm, 2 * (k * k - gain) / norm,
        (gain - band * k / quality + k * k) / norm,
        1.0, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm,
    ]  # fmt: skip
    quality, k = 0.5003270373238773, _warped(38.13547087602444, rate)
    norm = 1 + k / quality + k * k
    highs = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / norm, (1 - k / quality + k * k) / norm]
    return np.array([shelf, highs])


def _warped(frequency: float, rate: int) -> float:
    # At rates below 3.4 kHz the shelf is above the Nyquist frequency.
    return float(np.tan(np.pi * min(frequency / rate, 0.49)))
