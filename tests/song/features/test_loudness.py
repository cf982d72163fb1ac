"""Loudness, tested with the figures of ITU-R BS.1770-4 and EBU Tech 3341."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phosphene.song import Song
from phosphene.song.audio.streams import AudioStream
from phosphene.song.features.loudness import (
    SILENT,
    energies,
    features,
    integrated,
    k_weighting,
    momentary,
)

# BS.1770-4, tables 1 and 2: the coefficients at 48 kHz.
SHELF = [
    1.53512485958697,
    -2.69169618940638,
    1.19839281085285,
    1,
    -1.69065929318241,
    0.73248077421585,
]
HIGHS = [1.0, -2.0, 1.0, 1, -1.99004745483398, 0.99007225036621]


def sine(rate: int, seconds: float, level_db: float = 0.0, frequency: float = 997.0) -> np.ndarray:
    t = np.arange(round(rate * seconds)) / rate
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency * t)


def measured(sound: np.ndarray, rate: int, block: int = 65536) -> np.ndarray:
    channels = sound.reshape(len(sound), -1).astype(np.float32)
    blocks = (channels[k : k + block] for k in range(0, len(channels), block))
    return momentary(energies(AudioStream(rate, blocks, channels.shape[1])))


def test_the_filter_is_the_standards_at_48_khz() -> None:
    np.testing.assert_allclose(k_weighting(48000), [SHELF, HIGHS], atol=1e-8)


# Near 1 kHz the bilinear transform of another rate is off by a few hundredths.
@pytest.mark.parametrize(
    ("rate", "off"), [(22050, 0.05), (44100, 0.01), (48000, 0.01), (96000, 0.02)]
)
def test_a_full_scale_997_hz_sine_in_one_channel_is_3_01_below(rate: int, off: float) -> None:
    levels = measured(sine(rate, 3.0), rate)
    assert levels[10:20] == pytest.approx(-3.01, abs=off)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_left_right_and_centre_have_equal_weights(channel: int) -> None:
    sound = np.zeros((48000 * 2, 6))
    sound[:, channel] = sine(48000, 2.0)
    assert measured(sound, 48000)[10] == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize(("channel", "weight"), [(3, 0.0), (4, 1.41), (5, 1.41)])
def test_weights_of_surrounds_and_of_the_low_frequency_channel(channel: int, weight: float) -> None:
    sound = np.zeros((48000 * 2, 6))
    sound[:, channel] = sine(48000, 2.0)
    expected = -3.01 + 10 * np.log10(weight) if weight else SILENT
    assert measured(sound, 48000)[10] == pytest.approx(expected, abs=0.01)


def test_a_stereo_sine_at_23_below_full_scale_is_23_lufs() -> None:
    """EBU Tech 3341, case 1."""
    tone = sine(48000, 3.0, -23.0, 1000.0)
    assert measured(np.stack([tone, tone], axis=1), 48000)[15] == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("block", [7, 1000, 4800, 4801])
def test_the_block_size_does_not_matter(block: int) -> None:
    sound = np.random.default_rng(0).standard_normal((9700, 2)) * 0.1
    np.testing.assert_allclose(
        measured(sound, 11025, block), measured(sound, 11025, 65536), atol=1e-9
    )


def test_the_window_is_400_ms_around_each_tenth() -> None:
    sound = np.zeros(48000 * 4)
    sound[48000 * 2 : 48000 * 2 + 4800] = sine(48000, 0.1)
    levels = measured(sound, 48000)
    assert len(levels) == 41
    loud = np.flatnonzero(levels > -30)
    assert loud.tolist() == [19, 20, 21, 22]
    assert levels[20] == pytest.approx(-3.01 - 10 * np.log10(4), abs=0.2)


def song_of(path: Path | None, samples: np.ndarray, rate: int) -> Song:
    none = np.zeros(0)
    return Song(
        path=path, samples=samples, sample_rate=rate, duration=len(samples) / rate, tempo=0,
        beats=none, downbeats=none, onsets=none, onset_strengths=none, metre=0, sections=(),
        confidence=0, features={},
    )  # fmt: skip


def test_integrated_loudness_is_gated() -> None:
    """EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36 LUFS; one channel needs 3 more."""
    tone = np.concatenate(
        [sine(22050, s, db + 3, 1000.0) for s, db in ((10, -36), (60, -23), (10, -36))]
    )
    assert integrated(song_of(None, tone, 22050)) == pytest.approx(-23.0, abs=0.1)


def test_a_song_without_a_file_is_measured_by_its_samples() -> None:
    levels = features(song_of(None, sine(22050, 2.0).astype(np.float32), 22050))
    assert levels["momentary"].values[10] == pytest.approx(-3.01, abs=0.05)


def test_the_feature_is_0_to_1_over_40_db(write: Callable[..., Path]) -> None:
    rate = 48000
    tone = np.concatenate([sine(rate, 3, db) for db in (-3, -23, -43, -60)])
    curve = features(song_of(write(tone, rate), np.zeros(1), 22050))["loudness"]
    assert (curve.hop, curve.kind) == (0.1, "level")
    assert curve.values[[15, 45, 75, 105]] == pytest.approx([1.0, 0.5, 0.0, 0.0], abs=0.01)


@pytest.mark.parametrize("rate", [1000, 2000, 3364, 3400])
def test_rates_whose_highest_frequency_is_below_the_shelf(rate: int) -> None:
    levels = features(song_of(None, sine(rate, 2.0, frequency=200.0).astype(np.float32), rate))
    assert levels["momentary"].values[10] == pytest.approx(-3.0, abs=1.1)


@pytest.mark.parametrize("length", [1, 100, 2205])
def test_silence_and_very_short_songs(length: int) -> None:
    song = song_of(None, np.zeros(length, np.float32), 22050)
    assert not features(song)["loudness"].values.any()
    assert integrated(song) == SILENT
