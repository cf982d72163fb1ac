"""Tests of phosphene-stems; a fake separator replaces demucs."""

import importlib.util
import sys
import types
from dataclasses import replace
from functools import partial
from importlib.metadata import entry_points

import numpy as np
import pytest
from phosphene import ProjectError
from phosphene.testing import FeatureContract, synthetic_song

import phosphene_stems
from phosphene_stems import HOP, STEMS, by_demucs, stem

RATE = 22050


def song(seconds=4.0):
    """Noise, so that there is something to separate."""
    made = synthetic_song(seconds)
    noise = np.random.default_rng(0).standard_normal(round(seconds * RATE)).astype(np.float32)
    return replace(made, samples=0.1 * noise)


def by_turns(samples, rate):
    """Each stem sounds in a quarter of the song: drums first; the last is nearly silent."""
    waves = {}
    for number, name in enumerate(("drums", "bass", "vocals", "other")):
        wave = np.zeros(len(samples) * 2, np.float32)
        quarter = len(wave) // 4
        wave[number * quarter : (number + 1) * quarter] = 0.5 if name != "other" else 1e-4
        waves[name] = wave
    return waves, rate * 2


class TestStem(FeatureContract):
    feature = staticmethod(partial(stem, name="stem_vocals", separate=by_turns))


def test_each_stem_is_heard_where_it_sounds():
    made = song()
    for number, name in enumerate(list(STEMS)[:3]):
        heard = stem(made, name, by_turns)
        assert heard.kind == "envelope"
        times = np.arange(len(heard.values)) * HOP
        inside = (times > number + 0.1) & (times < number + 0.9)
        outside = (times < number - 0.1) | (times > number + 1.1)
        np.testing.assert_allclose(heard.values[inside], 1.0, atol=1e-6)
        assert not heard.values[outside].any()


def test_a_stem_that_is_next_to_silent_stays_so():
    assert stem(song(), "stem_other", by_turns).values.max() < 0.02


def test_the_song_is_separated_once():
    made, calls = song(), []

    def counted(samples, rate):
        calls.append(rate)
        return by_turns(samples, rate)

    for name in STEMS:
        stem(made, name, counted)
    assert calls == [RATE]


def test_without_demucs_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(phosphene_stems, "find_spec", lambda name: None)
    with pytest.raises(ProjectError, match="'stem_drums' needs demucs") as error:
        stem(song(), "stem_drums")
    assert '"phosphene-stems[demucs]"' in error.value.fix


def test_demucs_is_called_as_its_version_4_wants_it(monkeypatch):
    """The real one is not installed here: a module of the same names, and the same shapes."""
    torch = pytest.importorskip("torch")
    given = {}

    class Model:
        samplerate, audio_channels, sources = 44100, 2, ["drums", "bass", "other", "vocals"]

        def eval(self):
            given["eval"] = True

    def convert_audio(wave, rate, target, channels):
        assert (wave.shape[0], rate, target, channels) == (1, RATE, 44100, 2)
        return wave.repeat_interleave(2, dim=-1).repeat(2, 1)

    def apply_model(model, mix, **options):
        given.update(options, shape=tuple(mix.shape), level=float(mix.std()))
        share = torch.tensor([0.4, 0.3, 0.2, 0.1]).reshape(1, 4, 1, 1)
        return mix[:, None] * share  # batch, sources, channels, samples

    modules = {
        "demucs": {},
        "demucs.pretrained": {"get_model": lambda name: given.update(name=name) or Model()},
        "demucs.apply": {"apply_model": apply_model},
        "demucs.audio": {"convert_audio": convert_audio},
    }
    for name, members in modules.items():
        module = types.ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    samples = song().samples
    waves, rate = by_demucs(samples, RATE)
    assert rate == 44100
    assert given["name"] == "htdemucs"
    assert given["eval"]
    assert given["shape"] == (1, 2, 2 * len(samples))
    assert given["shifts"] == 0
    assert given["level"] == pytest.approx(1.0, abs=1e-3)
    assert {name: len(wave) for name, wave in waves.items()} == dict.fromkeys(
        Model.sources, 2 * len(samples)
    )
    np.testing.assert_allclose(waves["drums"][::2], 0.4 * samples, atol=1e-3)


@pytest.mark.skipif(importlib.util.find_spec("demucs") is None, reason="demucs is not installed")
def test_with_the_real_demucs():
    assert 0 < stem(song(2.0), "stem_drums").values.max() <= 1


def test_phosphene_finds_it():
    [point] = entry_points(group="phosphene", name="stems")
    assert point.load().register_features is phosphene_stems.register_features
