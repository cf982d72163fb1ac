"""Frame rates and Scores of loops, exact to the sample."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scores import score

from phosphene.composing.compose import compose
from phosphene.composing.loops import lead_of, loop_of, seamless_score, trim_scenes
from phosphene.errors import ProjectError
from phosphene.score.scenes import Scene
from phosphene.testing import synthetic_song


def test_a_loop_is_as_long_as_its_bars_to_the_sample():
    """At 117 BPM a bar has 90461.54 samples; bar 2 begins 0.1 s later than a bar."""
    loop = loop_of(synthetic_song(12.0, bpm=117, first_beat=0.1), 2, 4, Fraction(12), 44100)
    assert (loop.begin, loop.end) == (94872, 275795)
    assert loop.frames / loop.fps == Fraction(180923, 44100)


def test_where_the_frame_rate_fits_it_is_kept():
    loop = loop_of(synthetic_song(12.0, bpm=120), 2, 4, Fraction(12), 44100)
    assert (loop.frames, loop.fps) == (48, 12)


@pytest.mark.parametrize("bpm", [90, 97.3, 117, 128, 174])
@pytest.mark.parametrize("fps", [Fraction(8), Fraction(24000, 1001), Fraction(30)])
def test_a_frame_begins_with_the_loop_and_the_rate_is_near(bpm, fps):
    song = synthetic_song(24.0, bpm=bpm, first_beat=0.21)
    loop = loop_of(song, 2, 6, fps, 48000)
    assert abs(float(loop.fps / fps) - 1.0) <= 0.05
    place = song.tempo_map.bar_time(2.0) * float(loop.fps)
    assert place % 1.0 < 0.35


MISTAKES = [
    ((5, 40), "the song has 7 complete bars and ends at 12.00 s"),
    ((2, 3), "too short for a loop"),
]


@pytest.mark.parametrize(("bars", "message"), MISTAKES)
def test_a_loop_that_is_not_possible_is_named(bars, message):
    with pytest.raises(ProjectError, match=rf"--bars {bars[0]}:{bars[1]}: .*{message}"):
        loop_of(synthetic_song(12.0, bpm=150), *bars, Fraction(1, 2), 44100)


def test_the_lead_is_the_end_of_the_loop():
    about = score(n=12, zoom=np.linspace(1.0, 1.1, 12))
    led = seamless_score(about, about.channels, 3)
    assert led.frames.tolist() == list(range(-3, 12))
    zoom = about.channels["zoom"]
    np.testing.assert_array_equal(led.channels["zoom"], zoom[[9, 10, 11, *range(12)]])
    np.testing.assert_array_equal(led.seeds, about.seeds[[9, 10, 11, *range(12)]])


def test_the_last_rows_lead_to_the_first():
    """Brightness falls by 0.01 a row: at the end it is 0.12 below that of row 0, a row later."""
    song = {"brightness": 1.0 - 0.01 * np.arange(13.0)}
    about = score(n=12, brightness=song["brightness"][:12])
    led = seamless_score(about, {**about.channels, **song}, 3)
    end = led.channels["brightness"][-4:]
    np.testing.assert_allclose(end, [0.92, 0.91 + 0.03, 0.9 + 0.06, 0.89 + 0.09])
    np.testing.assert_allclose(led.weights[-4:], about.weights[8:] + np.array(
        [0, 0.25, 0.5, 0.75])[:, None] * (about.weights[0] - about.weights[8:]))  # fmt: skip


def test_a_scene_that_begins_after_the_loop_does_not_dissolve_into_it(project):
    scenes = [{"at": "0"}, {"at": "4s", "dissolve": "1s"}]
    video = {"fps": 12, "start": "1s", "end": "4s"}
    score = compose(project(scene=scenes, video=video), synthetic_song(12.0))
    assert score.seen(32) == range(2)
    assert trim_scenes(score).seen(32) == range(1)
    assert lead_of(trim_scenes(score)) == 9


def test_a_loop_with_cuts_closes_with_a_cut():
    about = score(n=48)
    assert lead_of(about) == 12
    assert lead_of(replace(about, scenes=(Scene(0), Scene(20)))) == 0
