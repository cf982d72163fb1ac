"""An imported project composes to the values of Deforum's formulas, to 1e-6."""

import math
import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from direct import schedule, values

from phosphene.composing.compose import FrameFormat, compose
from phosphene.importers.deforum import Settings, import_settings
from phosphene.project.file import make_project
from phosphene.testing import synthetic_song

HALF = math.tan(math.radians(35.0))
# The channels of each animation mode: key, and the channel's value by the schedule's.
FLAT = {
    "translation_x": ("translation_x", lambda v: v),
    "translation_y": ("translation_y", lambda v: v),
    "angle": ("rotation", lambda v: -v),
    "zoom": ("zoom", lambda v: v),
}
DEEP = {
    "translation_x": ("translation_x", lambda v: -v * 640 / 400),
    "translation_y": ("translation_y", lambda v: v * 384 / 400),
    "translation_z": ("dolly", lambda v: v * HALF / 200),
    "rotation_3d_x": ("tilt", lambda v: v),
    "rotation_3d_y": ("pan", lambda v: v),
    "rotation_3d_z": ("rotation", lambda v: -v),
}
SHARED = {
    "strength_schedule": ("strength", lambda v: np.clip(1 - v, 0, 1)),
    "cfg_scale_schedule": ("guidance", lambda v: v / v[0]),
    "amount_schedule": ("sharpen", lambda v: v),
    "noise_schedule": ("noise", lambda v: 0.36 * v),
}

DEFAULTS = {
    "angle": {0: 0},
    "zoom": {0: "1.0025+0.002*sin(1.25*3.14*t/30)"},
    "translation_x": {0: 0},
    "translation_y": {0: 0},
    "translation_z": {0: 1.75},
    "rotation_3d_x": {0: 0},
    "rotation_3d_y": {0: 0},
    "rotation_3d_z": {0: 0},
    "strength_schedule": {0: 0.65},
    "cfg_scale_schedule": {0: 7},
    "noise_schedule": {0: 0.065},
    "amount_schedule": {0: 0.1},
}
MATHS = {
    "angle": {0: "2*sin(t/10)", 40: "-0.5", 80: "cos(t*3.14/60)**2"},
    "zoom": {0: "1.0025+0.002*sin(1.25*3.14*t/30)"},
    "translation_x": {0: "where(t%20<10, t/10, 2-t/10)", 50: 3, 70: "-(t-70)*0.1"},
    "translation_y": {0: "0", 25: "abs(5-(t%10))", 100: "arctan2(t-100, 5)"},
    "translation_z": {0: "2*(1-exp(-t/30))", 60: "1.5"},
    "rotation_3d_x": {0: "0.4*sin(t*0.1)", 90: ".25"},
    "rotation_3d_y": {0: "where((t>20)&(t<60), 0.5, -0.5)"},
    "rotation_3d_z": {0: "-.3", 30: "tanh((t-30)/20)", 60: "0.1", 110: "sqrt(t)/20"},
    "strength_schedule": {0: "0.6+0.1*cos(t/8)", 60: 0.5, 90: "0.65"},
    "cfg_scale_schedule": {0: "7+2*sin(t/max_f*3.14)"},
    "noise_schedule": {0: "0.05+0.02*floor(t/30)"},
    "amount_schedule": {0: "0.1+t*0.001", 30: 0.2},
}


def check(import_and_compose, schedules, mode):
    table = (FLAT if mode == "2D" else DEEP) | SHARED
    entries = {key: schedule(keys) for key, keys in schedules.items()}
    _, score = import_and_compose(
        animation_mode=mode, max_frames=120, W=640, H=384, fps=15, seed=7, **entries
    )
    assert len(score) == 120
    for key, (channel, unit) in table.items():
        expected = unit(values(schedules[key], 120, seed=7))
        np.testing.assert_allclose(score.channels[channel], expected, atol=1e-6, err_msg=key)


@pytest.mark.parametrize("mode", ["2D", "3D"])
@pytest.mark.parametrize("schedules", [DEFAULTS, MATHS], ids=["defaults", "maths"])
def test_every_channel_has_the_values_of_its_schedule(import_and_compose, schedules, mode):
    check(import_and_compose, schedules, mode)


@pytest.mark.parametrize(
    "keys",
    [
        {0: "1"},
        {0: "0", 119: "10"},
        {0: "0", 60: "3", 119: "-2"},
        {0: "1", 30: "t*0.1", 31: "5"},
        {0: "t", 1: "2*t", 2: "3*t"},
        {0: "1e-3", 50: "4"},  # a formula in Deforum: held, not interpolated
        {0: "s*0.001", 50: "max_f-t"},
        {10: "t", 20: "4"},
        {0: "1", 60: "2", 130: "1000"},  # past the last frame: not read
        {frame: f"sin(t/{frame + 3})*{frame}" for frame in range(0, 120, 2)},
        {frame: f"{math.sin(frame):.4f}" for frame in range(120)},
        {frame: f"cos(t*{frame})" if frame % 3 else f"{frame % 7}" for frame in range(0, 119)},
    ],
)
def test_every_kind_of_schedule(import_and_compose, keys):
    _, score = import_and_compose(translation_x=schedule(keys), max_frames=120, seed=11)
    expected = values({at: value for at, value in keys.items() if at < 120}, 120, seed=11)
    if 0 not in keys:  # held before the first key
        expected[: min(keys)] = expected[min(keys)]
    np.testing.assert_allclose(score.channels["translation_x"], expected, atol=1e-6)


@pytest.mark.parametrize(
    "formula",
    [
        "-t%4", "t%4*0.5", "(sin(t)-2)%1", "t/7", "t//7", "2**0.5*t", "arcsin(sin(t/9))",
        "arccos(cos(t/9))", "arctan(t/9)", "arctan2(t, 3)", "arcsinh(t)", "arccosh(t+1.5)",
        "arctanh(sin(t)/2)", "log(t+1)", "log10(t+1)", "log1p(t)", "exp(-t/9)", "expm1(-t/9)",
        "sinh(t/99)", "cosh(t/99)", "tanh(t/9)", "fmod(3-t, 4)", "trunc(3.3-t/2)", "ceil(t/4)",
        "floor(-t/4)", "abs(3-t)", "where(~(t>9), 1, 2)", "where((t<5)|(t>30), 1, 2)",
        "(t>9)*2", "maximum(t, 9)", "minimum(t, 9)", "where(t<9, where(t<4, 1, 2), t)",
        "-t**2/99", "(1+2)*(t)", "max_f - t", "s + t", "tan(t/200)",
    ],
)  # fmt: skip
def test_every_function_and_operator_of_numexpr(import_and_compose, formula):
    _, score = import_and_compose(translation_x=f"0: ({formula})", max_frames=60, seed=5)
    expected = values({0: formula}, 60, seed=5)
    np.testing.assert_allclose(score.channels["translation_x"], expected, atol=1e-6)


def test_the_cadence_is_imported(import_and_compose):
    made, score = import_and_compose(
        diffusion_cadence=3, strength_schedule="0:(0.6)", max_frames=30
    )
    assert set(np.diff(np.flatnonzero(score.diffuses))) == {1, 2, 3}
    np.testing.assert_allclose(score.channels["strength"], 0.4)
    assert "cadence = 3 # diffusion_cadence" in made.text
    assert not [line for line in made.lost if "cadence" in line]


@pytest.mark.parametrize(
    ("zoom", "reason"),
    [("1+(t^2)*0.001", "^"), ("1/t", "inf at frame 0"), ("1+nose", "'nose'"), ("sum(t)", "'sum'")],
)
def test_an_unsupported_schedule_is_listed_and_the_rest_is_imported(
    import_and_compose, zoom, reason
):
    made, score = import_and_compose(zoom=f"0:({zoom})", angle="0:(t*0.1)", max_frames=20)
    assert [line for line in made.lost if line.startswith("zoom: ") and reason in line]
    np.testing.assert_array_equal(score.channels["zoom"], 1.0)
    np.testing.assert_allclose(score.channels["rotation"], -0.1 * np.arange(20))


def test_another_frame_rate_follows_the_same_path(registry):
    entries = {key: schedule(keys) for key, keys in MATHS.items()}
    entries |= {"animation_mode": "2D", "max_frames": 120, "W": 640, "H": 384, "fps": 15}
    made = import_settings(Settings(Path("settings.txt"), entries), None, Path())
    project = make_project(tomllib.loads(made.text), Path("test.toml"), registry)
    song = synthetic_song(8.0)
    own = compose(project, song).channels
    finer = compose(project, song, FrameFormat(Fraction(60), 640, 384)).channels
    assert len(finer["zoom"]) == 4 * len(own["zoom"])
    for channel, take in (("translation_x", float), ("rotation", float), ("zoom", np.log)):
        path, fine = (np.cumsum([take(v) for v in form[channel]]) for form in (own, finer))
        # Compared at the starts of the frames that both have.
        expected = path - path[0]
        far = np.abs(expected).max()
        np.testing.assert_allclose(fine[::4] - fine[0], expected, atol=1e-3 * far)
