"""Tests of phosphene-shake."""

from importlib.metadata import entry_points

import numpy as np
import pytest
from phosphene.testing import ModulatorContract, synthetic_song, timeline

from phosphene_shake import Shake

SONG = synthetic_song(20.0, bpm=60.0)


def places(fps, **parameters):
    """Where the camera is in each frame: channel by channel."""
    curves = Shake(**parameters).curves(SONG, timeline(SONG, fps, project_fps=15))
    return {name: np.cumsum(curve) * 15 / fps for name, curve in curves.items()}


class TestShake(ModulatorContract):
    modulator = Shake


class TestShakeOnDownbeats(ModulatorContract):
    modulator = Shake(on="downbeats", kick=20.0, decay="2 beats")


@pytest.mark.parametrize("fps", [15, 30])
def test_it_jumps_in_the_frame_of_the_strike_and_rests_before_the_next(fps):
    place = places(fps, sway=0.0, decay="0.4s")["translation_x"]
    for beat in range(1, 19):
        before, hit = place[beat * fps - 1], place[beat * fps]
        assert before == pytest.approx(place[beat * fps - 2], abs=1e-9)  # at rest
        assert abs(hit - before) > 1e-3


def test_it_never_drifts_away():
    for name, place in places(15).items():
        assert np.abs(place - place[0]).max() < (4.0 if name == "rotation" else 40.0)


def test_weak_onsets_do_not_strike():
    assert not places(15, sway=0.0, threshold=1.0, kick=0.0)["translation_x"].any()
    still = places(15, sway=0.0, on="downbeats")["translation_x"]
    assert still[15 * 2 - 1] == pytest.approx(still[15 * 3 - 1])  # beats 3 and 4 do not count


def test_another_seed_is_another_hand():
    assert not np.allclose(places(15)["translation_x"], places(15, seed=1)["translation_x"])


def test_phosphene_finds_it():
    [point] = entry_points(group="phosphene", name="shake")
    assert point.load().Shake is Shake
