"""Every correction, on a pulse by hand and on a song where the tracker is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from phosphene.errors import SongError
from phosphene.song import Song, listen
from phosphene.song.beats.corrections import Corrections, correct, corrected
from phosphene.song.beats.pulse import SILENCE, Pulse
from phosphene.song.beats.trackers import BARS, LIBROSA

Hits = Callable[..., np.ndarray]
Write = Callable[..., Path]


def pulse(beats: np.ndarray, first: int = 0, metre: int = 4) -> Pulse:
    return Pulse(beats, beats[first::metre], 60 / (beats[1] - beats[0]), 0.5, metre)


def corrected_pulse(found: Pulse, duration: float = 20.0, **entries: Any) -> Pulse:
    return correct(found, Corrections(**entries), duration)


FOUR = np.arange(0.5, 19.0, 0.5)  # 120 BPM


def test_without_corrections_the_pulse_stays() -> None:
    assert corrected_pulse(pulse(FOUR)).beats is FOUR


def test_half_keeps_the_beats_that_bars_begin_on() -> None:
    got = corrected_pulse(pulse(FOUR, first=1), tempo="half")
    assert got.beats.tolist() == FOUR[1::2].tolist()
    assert got.downbeats.tolist() == FOUR[1::8].tolist()
    assert (got.tempo, got.metre, got.confidence) == (60, 4, 0.5)


def test_double_adds_a_beat_between_any_two() -> None:
    beats = np.array([0.0, 1.0, 1.8, 3.0])
    got = corrected_pulse(Pulse(beats, beats[[0]], 60, 0.5, 4), tempo="double")
    assert got.beats.tolist() == [0.0, 0.5, 1.0, 1.4, 1.8, 2.4, 3.0]
    assert got.downbeats.tolist() == [0.0, 1.8]
    assert got.tempo == 120


def test_half_undoes_double() -> None:
    back = corrected_pulse(corrected_pulse(pulse(FOUR), tempo="double"), tempo="half")
    assert back.beats.tolist() == FOUR.tolist()


def test_offset_moves_beats_and_bars_and_drops_those_outside_the_song() -> None:
    got = corrected_pulse(pulse(FOUR), offset=-0.6)
    assert got.beats.tolist() == (FOUR[1:] - 0.6)[0:].tolist()
    np.testing.assert_allclose(got.downbeats, FOUR[4::4] - 0.6)
    assert corrected_pulse(pulse(FOUR), offset=2.0).beats.max() <= 20.0


def test_downbeat_counts_from_one() -> None:
    got = corrected_pulse(pulse(FOUR), downbeat=3)
    assert got.downbeats.tolist() == FOUR[2::4].tolist()
    assert corrected_pulse(pulse(FOUR), downbeat=11).downbeats.tolist() == FOUR[2::4].tolist()


def test_metre_counts_from_the_first_bar() -> None:
    got = corrected_pulse(pulse(FOUR, first=2), metre=3)
    assert got.downbeats.tolist() == FOUR[2::3].tolist()
    assert got.metre == 3
    both = corrected_pulse(pulse(FOUR), metre=3, downbeat=2)
    assert both.downbeats.tolist() == FOUR[1::3].tolist()


def test_a_missing_beat() -> None:
    with pytest.raises(SongError, match=r"song.downbeat: got 38, but the song has 37 beats"):
        corrected_pulse(pulse(FOUR), downbeat=38)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_bpm_is_a_metronome_aligned_with_the_beats(factor: float) -> None:
    true = np.arange(0.31, 60.0, 60 / 128)
    found = np.arange(0.31, 60.0, 60 / (128 * factor))
    found += np.random.default_rng(0).normal(0, 0.008, len(found))
    got = corrected_pulse(pulse(found), 60.0, bpm=128)
    np.testing.assert_allclose(np.diff(got.beats), 60 / 128)
    assert np.abs(got.beats[:, None] - true).min(axis=1).max() < 0.006
    assert np.abs(got.beats[[0, -1]] - found[[0, -1]]).max() < 60 / 128
    assert got.tempo == 128


def test_bpm_keeps_the_bars_of_most_downbeats() -> None:
    found = np.delete(FOUR, 7)  # one was missed: the bars after it are one beat late
    got = corrected_pulse(pulse(found, first=1), bpm=120)
    np.testing.assert_allclose(got.beats, FOUR)
    np.testing.assert_allclose(got.downbeats, FOUR[2::4])


def test_bpm_without_beats_fills_the_song() -> None:
    got = corrected_pulse(SILENCE, 2.0, bpm=120)
    assert got.beats.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert got.downbeats.tolist() == [0.0]
    assert got.metre == 4


@pytest.mark.parametrize(
    "entries", [{"tempo": "half"}, {"tempo": "double"}, {"metre": 3}, {"offset": 1.0}]
)
def test_silence_stays_silent(entries: dict[str, Any]) -> None:
    got = corrected_pulse(SILENCE, **entries)
    assert not len(got.beats)
    assert not len(got.downbeats)


@pytest.mark.parametrize(
    "entries",
    [
        {"bpm": 120, "tempo": "half"}, {"bpm": 120, "beats": "x.txt"}, {"bpm": 0}, {"metre": 0},
        {"downbeat": 0}, {"tempo": "third"}, {"offset": float("nan")}, {"bmp": 120},
    ],
)  # fmt: skip
def test_contradictions_and_bad_values_are_refused(entries: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Corrections(**entries)


# Songs where each tracker is wrong: the mistake is asserted, so that there is something to correct.


@pytest.fixture(scope="module", params=[BARS, LIBROSA], ids=lambda tracker: tracker.name)
def hear(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Song]:
    import soundfile

    def listened(name: str, sound: np.ndarray) -> Song:
        path = tmp_path_factory.mktemp("wrong") / f"{name}.wav"
        soundfile.write(path, sound, 22050, subtype="FLOAT")
        return listen(path, tracker=request.param)

    return listened


@pytest.fixture(scope="module")
def slow(hear: Callable[..., Song], make_hits: Hits) -> Song:
    """A song at 50 BPM with hits between its beats, which is tracked at 100."""
    beats = np.arange(0.4, 29.9, 1.2)
    between = 0.5 * make_hits(beats[:-1] + 0.6, 30.0)
    return hear("slow", make_hits(beats, 30.0, kind="kick") + between)


@pytest.fixture(scope="module")
def nines(hear: Callable[..., Song], make_hits: Hits) -> Song:
    """Nine beats in a bar, with two before the first; no tracker detects such bars."""
    beats = np.arange(0.5, 39.9, 0.5)
    return hear("nines", 0.4 * make_hits(beats, 40.0) + make_hits(beats[2::9], 40.0, kind="kick"))


def test_half_on_a_song_tracked_twice_as_fast(slow: Song) -> None:
    assert slow.tempo == pytest.approx(100, rel=0.01)
    song = corrected(slow, Corrections(tempo="half", downbeat=1))
    np.testing.assert_allclose(song.beats, np.arange(0.4, 29.9, 1.2), atol=0.005)
    assert song.tempo == pytest.approx(50, rel=0.01)


def test_bpm_on_a_song_tracked_twice_as_fast(slow: Song) -> None:
    song = corrected(slow, Corrections(bpm=50))
    np.testing.assert_allclose(np.diff(song.beats), 1.2)
    assert np.abs(song.beats[0] - np.array([0.4, 1.0])).min() < 0.005


def test_double_on_a_song_tracked_half_as_fast(hear: Callable[..., Song], make_hits: Hits) -> None:
    beats = np.arange(0.4, 29.8, 60 / 260)
    song = hear("fast", make_hits(beats, 30.0))
    assert song.tempo == pytest.approx(130, rel=0.01)
    song = corrected(song, Corrections(tempo="double"))
    away = np.abs(song.beats[:, None] - beats)
    assert away.min(axis=1).max() < 0.005
    assert np.sum(away.min(axis=0) < 0.005) >= len(beats) - 2  # all but those at the ends


def test_metre_and_downbeat_on_bars_of_nine(nines: Song) -> None:
    assert nines.metre != 9
    true = np.arange(0.5, 39.9, 0.5)[2::9]
    song = corrected(nines, Corrections(metre=9, downbeat=3))
    np.testing.assert_allclose(song.downbeats, true, atol=0.005)
    assert song.tempo_map.bar_time(2) == pytest.approx(6.0, abs=0.005)


def test_offset_on_late_beats(hear: Callable[..., Song], make_hits: Hits) -> None:
    """Every sound has a soft beginning 30 ms before the detected attack."""
    beats = np.arange(0.5, 19.9, 0.5)
    late = hear("late", make_hits(beats + 0.03, 20.0))
    assert np.abs(late.beats - beats).min() > 0.025
    song = corrected(late, Corrections(offset=-0.03))
    np.testing.assert_allclose(song.beats, beats, atol=0.005)


def test_beats_from_a_file_on_a_song_without_a_pulse(
    hear: Callable[..., Song], tmp_path: Path
) -> None:
    song = hear("swell", 0.3 * np.sin(np.arange(22050 * 10) * 0.05) * np.linspace(0, 1, 220500))
    assert not len(song.beats)
    (tmp_path / "beats.txt").write_text("1.0 2\n2.0 1\n3.0 2\n4.0 3\n5.0 1\n")
    song = corrected(song, Corrections(beats=tmp_path / "beats.txt", offset=0.1))
    np.testing.assert_allclose(song.beats, [1.1, 2.1, 3.1, 4.1, 5.1])
    np.testing.assert_allclose(song.downbeats, [2.1, 5.1])
    assert (song.metre, song.tempo, song.confidence) == (3, 60, 1.0)
