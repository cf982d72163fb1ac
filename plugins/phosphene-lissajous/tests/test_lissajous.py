"""Tests of phosphene-lissajous."""

from importlib.metadata import entry_points

import numpy as np
import pytest
from phosphene.testing import ModulatorContract, synthetic_song, timeline

from phosphene_lissajous import Lissajous


class TestLissajous(ModulatorContract):
    modulator = Lissajous


@pytest.mark.parametrize("fps", [12, 15, 30])
def test_it_reaches_as_far_as_it_says_and_comes_back(fps):
    song = synthetic_song(16.0, bpm=120)
    frames = timeline(song, fps, project_fps=15)
    curves = Lissajous(across=3, down=2, reach_x=40, reach_y=25).curves(song, frames)
    per_frame = 15 / fps  # what compose does for another frame rate
    for channel, reach in {"translation_x": 40, "translation_y": 25}.items():
        place = np.cumsum(curves[channel]) * per_frame
        assert np.ptp(place) / 2 == pytest.approx(reach, rel=0.01)
        assert place[-1] == pytest.approx(0.0, abs=1e-6)  # 8 bars at 120 BPM are 16 s


def test_its_phase_opens_a_line_into_a_circle():
    song = synthetic_song(16.0, bpm=120)
    frames = timeline(song, fps=30)
    even = {"across": 1, "down": 1, "reach_x": 40, "reach_y": 40}

    def places(phase):
        curves = Lissajous(**even, phase=phase).curves(song, frames)
        return (np.cumsum(curves[f"translation_{axis}"]) for axis in "xy")

    x, y = places(0.0)
    np.testing.assert_allclose(x, y, atol=1e-9)
    x, y = places(0.25)  # begins at the right of the circle
    np.testing.assert_allclose(np.hypot(x + 40, y), 40, atol=0.5)


def test_phosphene_finds_it():
    [point] = entry_points(group="phosphene", name="lissajous")
    assert point.load().Lissajous is Lissajous
