"""Tests of phosphene-breath."""

from dataclasses import replace
from importlib.metadata import entry_points

import numpy as np
import pytest
from phosphene.testing import FeatureContract, ModulatorContract, synthetic_song, timeline

import phosphene_breath
from phosphene_breath import Breath, density

FEATURES = {"density": density}


class TestDensity(FeatureContract):
    feature = staticmethod(density)


class TestBreath(ModulatorContract):
    modulator = Breath
    features = FEATURES


def busy_then_sparse():
    """40 s: eight onsets a second, and after the middle one in two seconds."""
    onsets = np.concatenate([np.arange(0, 20, 0.125), np.arange(20, 40, 2.0)])
    song = synthetic_song(40.0, bpm=120)
    return replace(song, onsets=onsets, onset_strengths=np.ones(len(onsets)), extra=FEATURES)


def test_density_is_high_where_much_happens():
    heard = density(busy_then_sparse())
    place = np.arange(len(heard.values)) * heard.hop
    assert heard.values[place < 15].min() > 0.9
    assert heard.values[place > 26].max() < 0.1
    assert np.all(np.diff(heard.values[(place > 16) & (place < 24)]) <= 1e-9)  # a slow fall


def test_a_steady_song_is_as_dense_from_its_first_second_to_its_last():
    values = density(synthetic_song(30.0, bpm=120)).values
    assert values.min() > 0.8  # a beat more or less in the window


def test_it_breathes_once_a_bar_and_deeper_where_the_song_is_full():
    song = busy_then_sparse()
    curve = Breath(rest=0.0, swell=0.0, bend=1.0).curves(song, timeline(song, fps=20))["value"]
    at = (np.arange(2, 8) * 2.0 * 20).astype(int)  # bars of 2 s
    assert curve[at] == pytest.approx(0.0, abs=1e-6)  # out on the one
    assert np.all(curve[at + 20] > 0.9)  # in half-way
    assert curve[27 * 20 :].max() < 0.1


def test_phosphene_finds_both():
    [point] = entry_points(group="phosphene", name="breath")
    assert point.load() is phosphene_breath
