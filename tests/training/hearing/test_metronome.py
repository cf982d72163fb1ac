"""Clicks are where the labels say."""

import numpy as np
import pytest

from training.hearing.metronome import click, metronome
from training.hearing.render import RATE


@pytest.mark.parametrize("seed", range(8))
def test_a_click_begins_at_every_beat_and_nowhere_else(seed):
    sound, beats, downbeats = metronome(np.random.default_rng(seed), 20.0)
    assert sound.dtype == np.float32
    assert len(sound) == 20 * RATE
    loud = np.abs(sound) > 0.2 * np.abs(sound).max()
    for beat in beats:
        at = round(beat * RATE)
        assert loud[at : at + RATE // 20].any()
    between = np.ones(len(sound), bool)
    for beat in beats:
        at = round(beat * RATE)
        between[at : at + RATE // 10] = False
    assert not loud[between].any()
    assert set(downbeats) <= set(beats)
    assert downbeats[0] == beats[0]


def test_a_click_lasts_2_to_63_ms():
    lengths = [len(click(np.random.default_rng(seed))) / RATE for seed in range(50)]
    assert 0.0018 < min(lengths) < max(lengths) < 0.064
