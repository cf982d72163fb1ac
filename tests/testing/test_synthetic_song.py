"""The song that plugins are tested on has the properties of its parameters."""

import numpy as np
import pytest

from phosphene.testing import small_score, synthetic_song, timeline


def test_beats_bars_and_sections_are_where_the_parameters_say():
    song = synthetic_song(12.0, bpm=90.0, first_beat=0.5, metre=3, sections="ABA")
    np.testing.assert_allclose(np.diff(song.beats), 60 / 90)
    assert song.beats[0] == song.downbeats[0] == 0.5
    np.testing.assert_allclose(np.diff(song.downbeats), 2.0)
    assert [(s.start, s.end, s.label) for s in song.sections] == [
        (0.0, 4.0, "A"), (4.0, 8.0, "B"), (8.0, 12.0, "A"),
    ]  # fmt: skip
    assert (song.tempo, song.metre) == (90.0, 3)


def test_sections_with_roles_sound_alike_where_the_role_recurs():
    song = synthetic_song(16.0, sections="verse chorus verse drop")
    assert [(s.start, s.role, s.label, s.energy) for s in song.sections] == [
        (0.0, "verse", "A", 0.5), (4.0, "chorus", "B", 0.9), (8.0, "verse", "A", 0.5),
        (12.0, "drop", "C", 1.0),
    ]  # fmt: skip


def test_features_have_impulses_on_the_beats_and_a_constant_level():
    song = synthetic_song(4.0, bpm=120, level=0.3)
    feature = song.feature("low")
    impulses = np.flatnonzero(feature.values) * feature.hop
    np.testing.assert_allclose(impulses, song.beats, atol=feature.hop / 2)
    assert set(song.feature("rms").values) == {0.3}


def test_it_has_every_feature_that_comes_with_phosphene(registry):
    song = synthetic_song()
    built_in = {name for name in registry.features if registry.owner("features", name).built_in}
    assert set(song.features) == built_in | {"onset", "low", "mid", "high", "rms"}


def test_without_tempo_there_are_no_beats_and_no_metre():
    song = synthetic_song(2.0, bpm=0)
    assert (len(song.beats), len(song.downbeats), song.metre) == (0, 0, 0)


def test_timeline_counts_its_frames():
    assert timeline(synthetic_song(8.0), fps=15).n_frames == 120


@pytest.mark.parametrize("n", [1, 3])
def test_the_small_score_morphs_from_the_first_prompt_to_the_last(n):
    score = small_score(("a", "b"), n=n)
    np.testing.assert_allclose(score.weights.sum(axis=1), 1.0)
    assert score.weights[0].tolist() == [1.0, 0.0]
    assert score.weights[-1].tolist() == ([1.0, 0.0] if n == 1 else [0.0, 1.0])
