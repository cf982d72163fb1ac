from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phosphene.song import Song, listen
from phosphene.song.beats.trackers import BARS, LIBROSA, TrackerSpec

Hits = Callable[..., np.ndarray]
Write = Callable[..., Path]


def assert_exact(found: np.ndarray, true: np.ndarray) -> None:
    """All times are found, none is added, none is early or more than 2 ms late."""
    assert len(found) == len(true)
    late = found - true
    assert late.min() >= 0
    assert late.max() <= 0.002


@pytest.mark.parametrize("tracker", [BARS, LIBROSA], ids=lambda tracker: tracker.name)
@pytest.mark.parametrize("start", [0.0, 0.5])
@pytest.mark.parametrize("bpm", [70, 90, 97.3, 120, 128, 150, 180])
def test_a_metronome_is_detected_click_by_click(
    bpm: float, start: float, tracker: TrackerSpec, hits: Hits, write: Write
) -> None:
    clicks = np.arange(start, 19.95, 60 / bpm)
    song = listen(write(hits(clicks, 20.0)), tracker=tracker)
    assert_exact(song.onsets, clicks)
    assert_exact(song.beats, clicks)
    assert song.tempo == pytest.approx(bpm, rel=1e-3)
    assert np.isin(song.downbeats, song.beats).all()
    assert song.metre == 4  # no evidence for another metre
    assert song.confidence > 0.8
    assert song.onset_strengths.min() > 0.8


def test_librosa_only_has_bars_of_four(hits: Hits, write: Write) -> None:
    song = listen(write(hits(np.arange(0, 19.95, 0.5), 20.0)), tracker=LIBROSA)
    assert song.downbeats.tolist() == song.beats[::4].tolist()
    assert song.metre == 4


@pytest.mark.parametrize("rate", [8000, 44100, 192000])
def test_every_rate_and_stereo(rate: int, hits: Hits, write: Write) -> None:
    clicks = np.arange(0.5, 9.95, 0.5)
    mono = hits(clicks, 10.0, rate)
    song = listen(write(np.stack([mono, 0.3 * mono], axis=1), rate))
    assert song.duration == 10.0
    assert_exact(song.onsets, clicks)
    assert_exact(song.beats, clicks)


@pytest.mark.parametrize("kind", ["click", "sample", "noise", "kick", "beep"])
def test_clicks_on_the_edges_of_video_frames(kind: str, hits: Hits, write: Write) -> None:
    frames = np.cumsum(np.random.default_rng(3).integers(4, 25, 60))
    song = listen(write(hits(frames / 30, frames[-1] / 30 + 0.2, 44100, kind), 44100))
    assert_exact(song.onsets, frames / 30)
    assert np.floor(song.onsets * 30).astype(int).tolist() == frames.tolist()


def test_quiet_hiss_has_no_onsets(hits: Hits, write: Write) -> None:
    clicks = np.arange(0.5, 9.95, 0.5)
    hiss = 1e-3 * np.random.default_rng(0).standard_normal(220500)
    song = listen(write(hits(clicks, 10.0) + hiss))
    assert_exact(song.onsets, clicks)
    assert_exact(song.beats, clicks)


def test_lossy_codecs_keep_the_clicks(hits: Hits, write: Write) -> None:
    clicks = np.arange(0.5, 9.95, 0.5)
    assert_exact(listen(write(hits(clicks, 10.0, 44100), 44100, "a.mp3")).onsets, clicks)


def test_silence_inside_a_song_has_no_beats(hits: Hits, write: Write) -> None:
    clicks = np.concatenate([np.arange(5, 10, 0.5), np.arange(20, 25, 0.5)])
    assert_exact(listen(write(hits(clicks, 30.0))).beats, clicks)


def test_beats_are_counted_through_a_short_rest(hits: Hits, write: Write) -> None:
    beats = np.arange(0, 19.95, 0.5)
    song = listen(write(hits(np.delete(beats, [12, 13, 14]), 20.0)))
    assert len(song.beats) == len(beats)
    off = np.abs(song.beats - beats)
    assert np.delete(off, [12, 13, 14]).max() < 0.001
    assert off.max() < 0.02  # where nothing sounds, a frame is as near as may be


def test_bars_begin_where_the_bass_is(hits: Hits, write: Write) -> None:
    beats = np.arange(0, 19.95, 0.5)
    sound = 0.3 * hits(beats, 20.0) + hits(beats[2::4], 20.0, kind="kick")
    song = listen(write(sound))
    assert_exact(song.downbeats, beats[2::4])


def is_empty(song: Song) -> bool:
    return song.tempo == 0 and song.metre == 0 and song.confidence == 0 and not len(song.beats)


rng = np.random.default_rng(1)
NOT_MUSIC = {
    "silence": np.zeros(66150),
    "one sample": np.ones(1),
    "50 ms": 0.5 * np.sin(0.3 * np.arange(1102)),
    "a blip of 0.2 s": 0.5 * np.sin(0.3 * np.arange(4410)),
    "direct current": np.full(66150, 0.5),
    "noise": 0.1 * rng.standard_normal(22050 * 10),
    "faint noise": 1e-5 * rng.standard_normal(22050 * 3),
    "nothing but NaN": np.full(22050, np.nan),
}


@pytest.mark.parametrize("name", NOT_MUSIC)
def test_sounds_without_beats_have_none(name: str, write: Write) -> None:
    song = listen(write(NOT_MUSIC[name]))
    assert is_empty(song)
    assert len(song.onsets) <= 1  # the beginning of a sound is an onset, its end is not
    assert song.tempo_map.beat_time(3) == 1.0
    for feature in song.features.values():
        assert np.isfinite(feature.values).all()
        assert feature.values.min() >= 0
        assert feature.values.max() <= 1


@pytest.mark.parametrize("name", ["silence", "direct current", "nothing but NaN"])
def test_silence_gives_zeros(name: str, write: Write) -> None:
    song = listen(write(NOT_MUSIC[name]))
    assert not len(song.onsets)
    assert all(not feature.values.any() for feature in song.features.values())


def test_features_are_at_their_hops_and_in_their_bands(hits: Hits, write: Write) -> None:
    kicks, clicks = np.arange(0.5, 10, 1.0), np.arange(1.0, 10, 1.0)
    song = listen(write(hits(kicks, 10.0, kind="kick") + hits(clicks, 10.0, kind="noise")))
    assert set(song.features) == {"onset", "rms", "low", "mid", "high"}
    hop = song.features["onset"].hop
    assert hop == 512 / 22050
    assert all(len(f.values) == 1 + 220500 // 512 for f in song.features.values())
    assert {f.kind for n, f in song.features.items() if n != "rms"} == {"impulse"}
    assert song.features["rms"].kind == "level"
    low = song.strengths_at(song.onsets, "low")
    assert low[0::2].min() > 0.9
    peaks = [np.argmax(song.features["onset"].values[:30]) * hop]
    assert peaks == pytest.approx([0.5], abs=hop)


def test_progress_names_its_stages(hits: Hits, write: Write) -> None:
    reported: list[tuple[str, float]] = []
    listen(write(hits(np.array([0.5]), 2.0)), lambda stage, share: reported.append((stage, share)))
    assert list(dict(reported)) == ["decode", "spectrum", "onsets", "beats", "sections"]
    assert all(0 <= share <= 1 for _, share in reported)
    assert reported[-1] == ("sections", 1.0)
