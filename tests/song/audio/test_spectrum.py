"""Our mel scale, spectrum and peaks against librosa's."""

import librosa
import numpy as np
import pytest

from phosphene.song.audio.spectrum import (
    HOP,
    LEAD,
    MELS,
    WINDOW,
    mel_filters,
    mel_frequencies,
    spectrum,
)
from phosphene.song.features.onsets import pick_peaks


@pytest.mark.parametrize("highest", [900.0, 1000.0, 4000.0, 11025.0])
def test_frequencies(highest: float) -> None:
    np.testing.assert_allclose(
        mel_frequencies(40, highest), librosa.mel_frequencies(40, fmax=highest), atol=1e-9
    )


@pytest.mark.parametrize("rate", [8000, 22050])
def test_filters(rate: int) -> None:
    expected = librosa.filters.mel(sr=rate, n_fft=2048, n_mels=64).T
    np.testing.assert_allclose(mel_filters(rate, 2048, 64), expected, atol=1e-7)


def test_spectrum_is_librosas() -> None:
    """Over several blocks, and in the silence before and after."""
    samples = 0.3 * np.random.default_rng(0).standard_normal(22050 * 30).astype(np.float32)
    samples[22050 * 10 : 22050 * 12] = 0.0
    seen = spectrum(samples, 22050)
    padded = np.pad(samples, (LEAD * HOP + WINDOW // 2, LEAD * HOP + WINDOW))
    mel = librosa.feature.melspectrogram(
        y=padded, sr=22050, n_fft=WINDOW, hop_length=HOP, n_mels=MELS, center=False
    )[:, : seen.mel_db.shape[1]]
    expected = 10 * np.log10(np.maximum(mel / mel.max(), 1e-8))
    np.testing.assert_allclose(seen.mel_db, expected, atol=2e-3)
    rms = librosa.feature.rms(y=padded, frame_length=WINDOW, hop_length=HOP, center=False)[0]
    np.testing.assert_allclose(seen.rms, rms[: len(seen.rms)], atol=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_peaks_are_librosas(seed: int) -> None:
    rng = np.random.default_rng(seed)
    curve = rng.random(rng.integers(1, 300)) * rng.integers(0, 2, 1)
    curve[rng.random(len(curve)) < 0.3] = 0.0
    expected = librosa.util.peak_pick(
        curve, pre_max=1, post_max=1, pre_avg=2, post_avg=3, delta=0.1, wait=1
    )
    assert pick_peaks(curve, 2, 0.1).tolist() == expected.tolist()
