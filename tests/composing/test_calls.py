"""How Phosphene calls a modulator, and checks what it returns."""

from fractions import Fraction
from typing import ClassVar

import numpy as np
import pytest

from phosphene.composing.compose import FrameFormat, compose
from phosphene.errors import PluginError
from phosphene.modulators.modulator import Modulator
from phosphene.plugins import load_plugins
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song


class Probe(Modulator):
    """Records the arguments of each call."""

    name: ClassVar = "probe"
    asked: ClassVar[list] = []

    def curves(self, song, timeline):
        self.asked.append((timeline.fps, timeline.n_frames))
        return {"rotation": np.ones(timeline.n_frames)}


class ByInterval(Probe):
    """The same, for the frames that are rendered."""

    by_interval: ClassVar = True


class Above(Modulator):
    """Returns the curves below it, doubled."""

    name: ClassVar = "probe"
    by_interval: ClassVar = True

    def curves(self, song, timeline):
        return {}

    def curves_above(self, song, timeline, below):
        with pytest.raises(ValueError, match="read-only"):
            below["rotation"][0] = 9.0
        return {"translation_x": 2.0 * below["rotation"]}


def composed(cls, tmp_path, *layers):
    registry = load_plugins()
    registry.modulators["probe"] = cls
    motion = [*layers, {"use": "probe"}]
    data = {"song": {"file": "x"}, "video": {"fps": 12}, "motion": motion}
    project = make_project(data, tmp_path / "p.toml", registry)
    return compose(project, synthetic_song(2.0), FrameFormat(Fraction(48), 512, 512))


def test_a_modulator_is_asked_for_the_projects_frames_and_carried(tmp_path):
    Probe.asked.clear()
    score = composed(Probe, tmp_path)
    assert Probe.asked == [(12, 24)]
    np.testing.assert_allclose(score.channels["rotation"], 0.25)


def test_or_for_the_frames_that_are_rendered(tmp_path):
    Probe.asked.clear()
    composed(ByInterval, tmp_path)
    assert Probe.asked == [(48, 96)]


def test_a_modulator_may_read_the_curves_below_and_not_write_them(tmp_path):
    score = composed(Above, tmp_path, {"use": "keyframes", "rotation": {"0": 3.0}})
    np.testing.assert_allclose(score.channels["translation_x"], 1.5)
    np.testing.assert_allclose(score.channels["rotation"], 0.75)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "returned NoneType; expected a dict of curves"),
        ({"zoom": "fast"}, "returned no numbers for 'zoom'"),
        ({"zoom": [[1.0]]}, r"'zoom' in shape \(1, 1\)"),
        ({"value": np.ones(24), "zoom": np.ones(24)}, "returned a curve for 'value'"),
    ],
)
def test_invalid_curves_are_named(tmp_path, given, message):
    class Wrong(Probe):
        """Returns what it should not."""

        def curves(self, song, timeline):
            return given

    with pytest.raises(PluginError, match=message):
        composed(Wrong, tmp_path)
