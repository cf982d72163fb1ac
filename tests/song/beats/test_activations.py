"""The activations of the bundled network on sounds with known beats."""

import numpy as np
import pytest

from phosphene.song.beats.network import BANDS, FPS, activations, bands, forward, load_weights

RATE = 22050


@pytest.fixture(scope="module")
def rock(make_hits) -> tuple[np.ndarray, np.ndarray]:
    """Forty bars at 120 BPM from 0.73 s on: kick on one and three, snare on two and four; its beats."""
    beats = 0.73 + 0.5 * np.arange(160)
    sound = make_hits(beats[::2], 82.0, kind="kick") + make_hits(beats[1::2], 82.0, kind="noise")
    eighths = 0.73 + 0.25 * np.arange(320)
    return (sound + 0.2 * make_hits(eighths, 82.0, kind="click")).astype(np.float32), beats


def near(column: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The highest activation within a frame of each time."""
    frames = np.rint(times * FPS).astype(int)
    return column[frames[:, None] + np.arange(-1, 2)].max(axis=1)


def test_frames(rock) -> None:
    found = activations(rock[0])
    assert found.shape == (1 + len(rock[0]) // 441, 2)
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1


def test_beats_stand_out(rock) -> None:
    """The first and last four bars apart."""
    sound, beats = rock
    beat = activations(sound)[:, 0]
    inner = beats[16:-16]
    on, off = near(beat, inner), near(beat, inner + 0.25)
    assert np.median(on) > 0.5
    assert np.median(off) < 0.2
    assert np.mean(on > off) > 0.98


def test_times_are_right_to_half_a_frame(rock) -> None:
    """The centre of the frames around each beat; the tracker then moves beats onto their attacks."""
    sound, beats = rock
    beat = activations(sound)[:, 0]
    frames = np.rint(beats[16:-16] * FPS).astype(int)[:, None] + np.arange(-2, 3)
    centres = (beat[frames] * frames / FPS).sum(axis=1) / beat[frames].sum(axis=1)
    off = centres - beats[16:-16]
    assert abs(off.mean()) < 0.5 / FPS
    assert off.std() < 0.25 / FPS


def test_a_beat_in_the_first_frame_is_seen(rock) -> None:
    sound, beats = rock
    found = activations(sound[round(beats[0] * RATE) :])
    assert found[:2, 0].max() > 0.3


def test_silence_has_no_beats() -> None:
    assert activations(np.zeros(20 * RATE, np.float32)).max() < 0.05


@pytest.mark.parametrize("n", [0, 1, 440, 2205])
def test_the_shortest_songs(n: int) -> None:
    found = activations(0.1 * np.ones(n, np.float32))
    assert found.shape == (1 + n // 441, 2)
    assert np.isfinite(found).all()


def test_loudness_does_not_matter(rock) -> None:
    sound = rock[0][: 20 * RATE]
    np.testing.assert_allclose(activations(sound), activations(0.1 * sound), atol=1e-3)


def test_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="sample_rate is 44100; the network needs 22050 Hz"):
        activations(np.zeros(100, np.float32), 44100)


def test_a_moved_song_gives_moved_activations() -> None:
    """By an integer number of frames, and across the borders of blocks."""
    rng = np.random.default_rng(0)
    seen, weights = 4 * rng.random((3000, BANDS), dtype=np.float32), load_weights()
    moved = np.concatenate([np.zeros((300, BANDS), np.float32), seen])
    inner = slice(1100, 1900)  # out of the edges' reach
    expected = forward(seen, weights)[inner]
    np.testing.assert_allclose(forward(moved, weights)[300:][inner], expected, atol=1e-4)


def test_bands_of_a_tone_peak_at_its_pitch() -> None:
    """440 Hz lies at 36.8 of 82 steps from 30 to 10,500 Hz; a block's border changes nothing."""
    tone = np.sin(2 * np.pi * 440 * np.arange(90 * RATE) / RATE).astype(np.float32)
    seen = np.concatenate(list(bands(tone)))
    assert seen.shape == (1 + 90 * FPS, BANDS)
    centre = np.log(440 / 30) / np.log(10500 / 30) * 82 - 1
    assert abs(seen[2000].argmax() - centre) <= 1.5
    np.testing.assert_allclose(seen[4080:4110], seen[4080:4081].repeat(30, axis=0), atol=1e-2)
