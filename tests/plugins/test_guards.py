"""Errors in functions of plugins name the plugin."""

from types import SimpleNamespace

import numpy as np
import pytest

from phosphene import DirectorSpec, EngineSpec, Pulse, TrackerSpec
from phosphene.errors import EngineError, PluginError
from phosphene.plugins import Plugin
from phosphene.plugins.kinds import guarded
from phosphene.song.store.code import code_of

PLUGIN = Plugin("odd", "phosphene-odd", "0.7.1")


def pulse(*beats):
    return Pulse(np.array(beats), np.array(beats[:1]), 120.0, 1.0, 4)


def track(sound):
    return sound


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "it returned int; expected a phosphene.Pulse"),
        (pulse(1.0, 0.5), "its beats are not increasing times"),
        (pulse(0.5, np.nan), "its beats are not increasing times"),
    ],
)
def test_a_tracker(given, message):
    spec = TrackerSpec("even", "even", track)
    guard = guarded(PLUGIN, {("trackers", "even"): spec})["trackers", "even"]
    fine = pulse(0.5, 1.0)
    assert guard.track(fine) is fine
    assert code_of(guard.track) == code_of(track)  # the cache still sees the plugin's own code
    with pytest.raises(PluginError, match=f"the tracker 'even' of phosphene-odd 0.7.1: {message}"):
        guard.track(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "it returned int; expected a project file, as text"),
        ("[model", "its text is not valid TOML: "),
    ],
)
def test_a_director(given, message):
    spec = DirectorSpec("even", "even", lambda song, brief: given)
    guard = guarded(PLUGIN, {("directors", "even"): spec})["directors", "even"]
    with pytest.raises(PluginError, match=f"the director 'even' of phosphene-odd 0.7.1: {message}"):
        guard.direct(None, None)


def engine(load, check=None):
    items = {("engines", "grey"): EngineSpec("grey", "grey", load, check=check)}
    return guarded(PLUGIN, items)["engines", "grey"]


def test_an_engine():
    made = SimpleNamespace(first=None, img2img=None, device=None)
    assert engine(lambda model, score: made).load(None, None) is made
    with pytest.raises(PluginError, match=r"phosphene-odd 0\.7\.1: object has no 'first'"):
        engine(lambda model, score: object()).load(None, None)
    with pytest.raises(PluginError, match=r"the engine 'grey' of .*: ZeroDivisionError"):
        engine(lambda model, score: 1 / 0).load(None, None)
    with pytest.raises(PluginError, match=r"the engine 'grey' of .*: ZeroDivisionError"):
        engine(None, check=lambda model, score: 1 / 0).check(None, None)
    assert engine(None).check is None


def test_errors_for_the_user_are_not_changed():
    def load(model, score):
        raise EngineError("no such weights", "Download them.")

    with pytest.raises(EngineError, match="no such weights"):
        engine(load).load(None, None)


def test_built_ins_are_not_guarded():
    spec = TrackerSpec("even", "even", track)
    own = Plugin("trackers", "phosphene", "0.1.0")
    assert guarded(own, {("trackers", "even"): spec})["trackers", "even"] is spec
