"""Unusual files: no crash, and low confidence without beats."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter

from phosphene.song import Song, listen

Hits = Callable[..., np.ndarray]
Write = Callable[..., Path]
RATE = 22050


def speech(seconds: float, seed: int = 5) -> np.ndarray:
    """Syllables of uneven length: a buzzing voice through two formants, hisses, and pauses."""
    rng = np.random.default_rng(seed)
    syllables: list[np.ndarray] = []
    while sum(map(len, syllables)) < seconds * RATE:
        n = int(RATE * rng.gamma(6, 0.03))
        pitch = np.linspace(*rng.uniform(90, 180, 2), n)
        voice = np.diff(np.floor(np.cumsum(pitch) / RATE), prepend=0.0)
        for formant in rng.uniform((300, 900), (900, 2500)):
            pole = 0.97 * np.exp(2j * np.pi * formant / RATE)
            voice = lfilter([0.1], np.poly([pole, pole.conjugate()]).real, voice)
        hiss = 0.05 * rng.standard_normal(int(RATE * rng.uniform(0, 0.12)))
        pause = np.zeros(int(RATE * rng.exponential(0.08 if rng.random() < 0.9 else 0.8)))
        syllables += [
            hiss,
            voice / np.abs(voice).max() * np.hanning(n) * rng.uniform(0.3, 0.8),
            pause,
        ]
    return np.concatenate(syllables)[: round(seconds * RATE)]


def drums(hits: Hits, seconds: float, rate: int = RATE) -> np.ndarray:
    """Four beats a bar at 120 BPM from 0.5 s on: kick, and a snare on two and four."""
    beats = np.arange(0.5, seconds - 0.05, 0.5)
    quick = np.arange(0.5, seconds - 0.05, 0.25)
    kick, snare = hits(beats[::2], seconds, rate, "kick"), hits(beats[1::2], seconds, rate, "noise")
    return 0.6 * kick + 0.8 * snare + 0.1 * hits(quick, seconds, rate, "noise")


def assert_beats(song: Song, true: np.ndarray) -> None:
    """All beats are detected within 20 ms, without others; the confidence is high."""
    assert len(song.beats) == len(true)
    assert np.abs(song.beats - true).max() < 0.02
    assert song.confidence > 0.5


@pytest.fixture(scope="module")
def beats() -> np.ndarray:
    return np.arange(0.5, 19.95, 0.5)


@pytest.mark.parametrize(
    ("sound", "most"),
    [
        (np.zeros(20 * RATE), 0.0),
        (0.1 * np.random.default_rng(0).standard_normal(20 * RATE), 0.0),
        (np.eye(1, 20 * RATE, 7 * RATE)[0], 0.0),
        (speech(40), 0.4),
        (0.5 * np.sin(0.3 * np.arange(RATE // 10)), 0.0),
    ],
    ids=["silence", "noise", "one click", "speech", "a tenth of a second"],
)
def test_sounds_without_beats_have_low_confidence(
    sound: np.ndarray, most: float, write: Write
) -> None:
    song = listen(write(sound))
    assert song.confidence <= most
    assert len(song.beats) == 0 or most > 0


def test_no_beats_in_the_silence_of_a_song(hits: Hits, write: Write) -> None:
    part = drums(hits, 12.0)
    song = listen(write(np.concatenate([np.zeros(5 * RATE), part, np.zeros(8 * RATE), part])))
    first, second = 5.5 + np.arange(23) / 2, 25.5 + np.arange(23) / 2
    assert_beats(song, np.concatenate([first, second]))


def test_clipping(hits: Hits, write: Write, beats: np.ndarray) -> None:
    assert_beats(listen(write(np.clip(20 * drums(hits, 20.0), -1, 1))), beats)


def test_a_constant_offset(hits: Hits, write: Write, beats: np.ndarray) -> None:
    assert_beats(listen(write(drums(hits, 20.0) * 0.5 + 0.4)), beats)


def test_telephone_quality(hits: Hits, write: Write, beats: np.ndarray) -> None:
    assert_beats(listen(write(drums(hits, 20.0, 8000), 8000)), beats)


def test_eight_channels(hits: Hits, write: Write, beats: np.ndarray) -> None:
    sound = drums(hits, 20.0, 48000)
    channels = sound[:, None] * np.array([1, 1, 0.2, 0.5, 0, 0, 0.3, 0.3])
    assert_beats(listen(write(channels, 48000)), beats)
