"""What a plot shows: every layer's part, and nothing that is at rest."""

from fractions import Fraction

import numpy as np
from scores import plot_data

from phosphene.composing.compose import FrameFormat, compose
from phosphene.testing import synthetic_song

SONG = synthetic_song(duration=8.0)
KEYS = {"use": "keyframes", "zoom": {"0": 1.01}, "rotation": {"0": 0.0, "60": 1.0}}
BEAT = {"use": "beat", "to": {"zoom": 0.04}}


def test_the_parts_lead_from_rest_to_the_value(project):
    picture = plot_data(SONG, project(KEYS, BEAT))
    keys, beat = picture.parts["zoom"]
    np.testing.assert_array_equal(keys.below, 1.0)
    np.testing.assert_array_equal(keys.above, beat.below)
    np.testing.assert_array_equal(beat.above, picture.score.channels["zoom"])
    np.testing.assert_allclose(keys.above, 1.01)
    np.testing.assert_allclose(beat.above.max(), 1.01 * 1.04)
    assert (keys.number, beat.number) == (0, 1)
    assert (beat.entry, beat.use) == ("motion[1]", "beat")


def test_the_last_part_is_the_composed_score(project):
    made = project(KEYS, BEAT, {"use": "level", "to": {"strength": 0.2}, "mix": "max"})
    score = compose(made, SONG)
    for name, parts in plot_data(SONG, made).parts.items():
        np.testing.assert_array_equal(parts[-1].above, score.channels[name])


def test_resting_channels_are_hidden_and_named(project):
    picture = plot_data(SONG, project(KEYS, BEAT | {"amount": 0.0}))
    assert list(picture.parts) == ["rotation", "zoom"]
    assert [part.use for part in picture.parts["zoom"]] == ["keyframes"]
    assert {"translation_x", "translation_y", "strength"} <= set(picture.still)


def test_prompts_lose_the_style_that_they_share(project):
    tables = {"prompts": {"style": "oil", "at": {"0": "a cat", "4s": "a dog"}}}
    assert plot_data(SONG, project(KEYS, **tables)).prompts == ("a cat", "a dog")


def test_times_begin_where_the_excerpt_does(project):
    picture = plot_data(SONG, project(KEYS, video={"fps": 10, "start": "2s", "end": "4s"}))
    np.testing.assert_allclose(picture.times[[0, -1]], [2.0, 4.0])
    assert len(picture.times) == len(picture.score) + 1


def test_parts_are_at_the_size_and_rate_that_are_rendered(project):
    made = project(KEYS, {"use": "orbit"}, video={"fps": 12, "width": 256})
    form = FrameFormat(Fraction(24), 512, 512)
    picture = plot_data(SONG, made, form)
    score = compose(made, SONG, form)
    for name, parts in picture.parts.items():
        np.testing.assert_allclose(parts[-1].above, score.channels[name], rtol=1e-12)
        assert len(parts[-1].below) == len(score) == 192


def test_a_muted_layer_has_no_part(project):
    picture = plot_data(SONG, project(KEYS, BEAT | {"mute": True}))
    assert {part.use for parts in picture.parts.values() for part in parts} == {"keyframes"}
