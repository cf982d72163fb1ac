import numpy as np
import pytest

from phosphene.composing.compose import compose
from phosphene.errors import ProjectError
from phosphene.testing import synthetic_song


def test_a_formula_for_each_channel(curves):
    got = curves("expression", zoom="1 + 0.01 * (frame % 5 == 0)", rotation="where(t >= 1, -t, 2)")
    np.testing.assert_allclose(got["zoom"][:6], [1.01, 1, 1, 1, 1, 1.01])
    np.testing.assert_allclose(got["rotation"][8:12], [2, 2, -1, -1.1])
    assert set(got) == {"zoom", "rotation"}


def test_a_formula_for_an_envelope(project):
    layer = {"use": "expression", "value": "beat % 1 == 0", "to": {"rotation": 3.0}}
    score = compose(project(layer, video={"fps": 10}), synthetic_song(2.0))
    np.testing.assert_allclose(score.channels["rotation"][:6], [3, 0, 0, 0, 0, 3])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"zoom": "1 + t.real"}, r"motion\[0\]\.zoom: got '1 \+ t\.real': column 5, at 't\.real': attributes"),
        ({}, "expected a formula"),
        ({"value": "t", "zoom": "t"}, "not both"),
        ({"zoom": ["t"]}, "expected a formula, as text"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_with_its_column(project, entry, message):
    with pytest.raises(ProjectError, match=message):
        project({"use": "expression", **entry})


def test_an_unknown_name_in_a_formula(project):
    made = project({"use": "expression", "zoom": "1 + hihat"})
    with pytest.raises(
        ProjectError, match=r"motion\[0\] \(expression\): zoom: column 5, at 'hihat'"
    ):
        compose(made, synthetic_song(1.0))


def test_formulas_can_use_features_of_plugins(curves):
    from dataclasses import replace

    song = synthetic_song(2.0, level=0.8)
    song = replace(song, extra={"half": lambda song: song.features["rms"]})
    np.testing.assert_allclose(curves("expression", song=song, value="half / 2")["value"], 0.4)
