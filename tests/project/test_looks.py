from fractions import Fraction

import numpy as np
import pytest

from phosphene.composing.compose import FrameFormat, compose
from phosphene.errors import ProjectError
from phosphene.modulators.looks import looks
from phosphene.testing import synthetic_song


def channels(project, *layers, **video):
    return compose(project(*layers, video=video), synthetic_song(8.0)).channels


OWN = {"fps": 12, "width": 256}


@pytest.mark.parametrize("name", looks())
def test_every_look_has_a_description_and_drives_a_channel(project, name):
    assert looks()[name]["about"]
    moved = channels(project, {"look": name}, **OWN)
    still = channels(project, **OWN)
    assert any(not np.allclose(moved[channel], still[channel]) for channel in moved)


@pytest.mark.parametrize("name", looks())
def test_amount_scales_every_layer_of_a_look(project, name):
    full = channels(project, {"look": name}, **OWN)
    half = channels(project, {"look": name, "amount": 0.5}, **OWN)
    none = channels(project, {"look": name, "amount": 0.0}, **OWN)
    np.testing.assert_allclose(half["rotation"], 0.5 * full["rotation"], atol=1e-12)
    np.testing.assert_allclose(half["zoom"], np.sqrt(full["zoom"]), rtol=1e-12)
    assert all(np.ptp(curve) < 1e-12 for curve in none.values())


def test_a_look_is_equivalent_to_its_layers(project):
    written = {"use": "beat", "release": "0.4s", "to": {"zoom": 0.04, "strength": 0.06}}
    here, there = (channels(project, layer, **OWN) for layer in ({"look": "pulse"}, written))
    np.testing.assert_array_equal(here["zoom"], there["zoom"])


def test_entries_override_the_layers_of_a_look(project):
    changes = {"release": "0.1s", "between": ["bar 2", "bar 3"], "mix": "max"}
    made = project({"look": "pulse", **changes}, video=OWN)
    assert [str(layer.modulator.release) for layer in made.motion] == ["0.1s"]
    assert made.motion[0].mix == "max"
    slower = project({"look": "drift", "period": "9s"}, video=OWN)
    assert {str(layer.modulator.period) for layer in slower.motion} == {"9s"}


@pytest.mark.parametrize("name", ["drift", "breathe", "handheld", "vertigo"])
def test_a_look_follows_the_same_path_at_any_fps_and_width(project, name):
    slow = channels(project, {"look": name}, **OWN)
    fast = channels(project, {"look": name}, fps=48, width=512)
    for channel, width in {"translation_x": 2.0, "rotation": 1.0}.items():
        path = np.cumsum(fast[channel])[3::4] / width
        np.testing.assert_allclose(path, np.cumsum(slow[channel]), atol=1e-9)
    path = np.cumsum(np.log(fast["zoom"]))[3::4]
    np.testing.assert_allclose(path, np.cumsum(np.log(slow["zoom"])), atol=1e-9)


def test_a_look_rendered_at_another_frame_rate(project):
    made = project({"look": "pulse"}, video=OWN)
    song = synthetic_song(8.0)
    other = compose(made, song, FrameFormat(Fraction(48), 256, 256))
    here, there = compose(made, song).channels["zoom"], other.channels["zoom"]
    assert np.sum(np.log(there)) == pytest.approx(np.sum(np.log(here)), rel=1e-3)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"look": "puls"}, r"motion\[0\]\.look: unknown look 'puls'\. Did you mean 'pulse'"),
        ({"look": 3}, r"motion\[0\]\.look: unknown look 3"),
        ({"look": "pulse", "relase": 1}, r"motion\[0\]\.relase: unknown key of the look 'pulse'\. Did you mean 'release'"),
        ({"look": "pulse", "use": "beat"}, r"motion\[0\]\.use: unknown key of the look"),
        ({"look": "pulse", "release": "long"}, r"motion\[0\]\.pulse\[0\]\.release: got 'long'"),
        ({"look": "shake", "amount": {"use": "beet"}}, r"motion\[0\]\.amount\.use: unknown modulator"),
        ({"look": "shake", "amount": "all"}, r"motion\[0\]\.amount: got 'all'"),
    ],
)  # fmt: skip
def test_a_mistake_is_reported_once(project, entry, message):
    with pytest.raises(ProjectError, match=message) as caught:
        project(entry)
    assert len(str(caught.value).splitlines()) == 1
