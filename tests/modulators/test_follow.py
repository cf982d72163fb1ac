from dataclasses import replace

import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.errors import ProjectError
from phosphene.song.song import Feature
from phosphene.testing.songs import HOP, synthetic_song

TURN = {"use": "keyframes", "rotation": {"0": 0, "10": 2, "20": 0}}
FPS = {"video": {"fps": 10}}


def rotation_and(project, channel, *layers):
    score = compose(project(*layers, **FPS), synthetic_song(4.0))
    return score.channels["rotation"], score.channels[channel]


def test_a_channel_drives_another(project):
    layer = {"use": "follow", "of": "rotation", "full": 2.0, "to": {"translation_x": -6.0}}
    turned, moved = rotation_and(project, "translation_x", TURN, layer)
    np.testing.assert_allclose(moved, -3.0 * turned, atol=1e-12)
    assert moved[10] == -6.0


@pytest.mark.parametrize("delay", ["0.5s", "5", "1 beat"])
def test_delay_shifts_the_curve(project, delay):
    layer = {"use": "follow", "of": "rotation", "delay": delay, "to": {"translation_y": 1.0}}
    turned, moved = rotation_and(project, "translation_y", TURN, layer)
    np.testing.assert_allclose(moved[5:], turned[:-5], atol=1e-9)
    np.testing.assert_allclose(moved[:5], 0.0, atol=1e-12)


def test_zoom_is_followed_on_a_log_scale(project):
    zoom = {"use": "keyframes", "zoom": {"0": 1.02**0.5}}
    layer = {"use": "follow", "of": "zoom", "full": 0.02, "to": {"rotation": 3.0}}
    score = compose(project(zoom, layer), synthetic_song(1.0))
    np.testing.assert_allclose(score.channels["rotation"], 1.5)


def test_only_layers_below_are_followed(project):
    layer = {"use": "follow", "of": "rotation", "to": {"translation_x": 1.0}}
    _, moved = rotation_and(project, "translation_x", layer, TURN)
    assert not moved.any()


def test_an_unknown_channel_is_named(project):
    with pytest.raises(ProjectError, match=r"motion\[0\]\.of: .*Did you mean 'rotation'"):
        project({"use": "follow", "of": "rotatoin", "to": {"zoom": 0.1}})


def test_threshold_percentile_and_bend_of_a_level(value):
    song = synthetic_song(2.0, level=0.6)
    np.testing.assert_allclose(value("level", song=song, attack="0s", threshold=0.2), 0.5)
    np.testing.assert_allclose(value("level", song=song, attack="0s", threshold=0.7), 0.0)
    np.testing.assert_allclose(value("level", song=song, attack="0s", percentile=90), 1.0)
    np.testing.assert_allclose(value("level", song=song, attack="0s", bend=2), 0.36)


def swell():
    song = synthetic_song(4.0)
    values = (np.arange(len(song.features["rms"].values)) * HOP >= 2.0).astype(float)
    return replace(song, features={**song.features, "rms": Feature(values, HOP, "level")})


def test_look_ahead_reaches_the_peak_at_the_onset(value):
    late = value("level", song=swell(), fps=20, attack="0.5s")
    early = value("level", song=swell(), fps=20, attack="0.5s", look_ahead=True)
    assert late[39] == pytest.approx(0.0, abs=0.02)
    assert late[50] == pytest.approx(1.0, abs=0.05)
    assert early[29] == pytest.approx(0.0, abs=0.02)
    assert early[40] == pytest.approx(1.0, abs=0.05)
