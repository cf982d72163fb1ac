"""Fixtures for the tests of modulators."""

import pytest

from phosphene.testing import synthetic_song, timeline


@pytest.fixture
def curves(registry):
    """The curves of one modulator: ``curves("oscillator", fps=10, period="1s")``."""

    def evaluate(name, fps=10, project_fps=None, song=None, **parameters):
        song = song or synthetic_song(8.0)
        modulator = registry.modulators[name].model_validate(parameters)
        return modulator.curves(song, timeline(song, fps, project_fps))

    return evaluate


@pytest.fixture
def value(curves):
    return lambda *arguments, **parameters: curves(*arguments, **parameters)["value"]
