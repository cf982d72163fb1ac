"""Each check fails on a modulator that is broken in just that way, and names the fix."""

from typing import ClassVar

import numpy as np
import pytest
from pydantic import ConfigDict, Field

from phosphene import Curve, Modulator, Period, Span
from phosphene.modulators import (
    Beat,
    Expression,
    Follow,
    Keyframes,
    Level,
    Noise,
    Onset,
    Orbit,
    Oscillator,
    Path,
    Spiral,
)
from phosphene.song.song import Feature
from phosphene.testing import (
    ContractError,
    ModulatorContract,
    check_modulator,
    examine_modulator,
    seconds_of,
)
from phosphene.testing.modulators import CHECKS

KEPT: list[int] = []


class Sound(Modulator):
    """Keeps its contract."""

    name: ClassVar = "sound"
    reach: float = Field(1.0, description="px per frame")

    def curves(self, song, timeline) -> dict[str, Curve]:
        return {"translation_x": np.full(timeline.n_frames, self.reach)}


def gives(curves, docstring="Breaks its contract.", **members):
    """A modulator like `Sound`, with other curves."""
    return type("Made", (Sound,), {"curves": curves, "__doc__": docstring, **members})


class Undescribed(Sound):
    """Has a field without a description."""

    depth: float = 1.0


class Loose(Sound):
    """Can be changed."""

    model_config = ConfigDict(frozen=False)


class Lax(Sound):
    """Takes any parameter."""

    model_config = ConfigDict(extra="ignore")


class Zero(Sound):
    """Divides by a span of nothing."""

    period: Span = Field("1s", description="can be 0")

    def curves(self, song, timeline):
        with np.errstate(all="ignore"):
            turns = np.asarray(timeline.times) / np.float64(timeline.length(self.period))
            return {"value": np.sin(turns)}


class Choosy(Sound):
    """Fails with its switch on."""

    inverse: bool = Field(False, description="divides by 0")

    def curves(self, song, timeline):
        return {"value": np.full(timeline.n_frames, np.inf if self.inverse else 0.0)}


def loudest(self, song, timeline):
    """NaN in silence: 0 / 0."""
    rms = song.feature("rms").values
    with np.errstate(all="ignore"):
        return {"value": np.full(timeline.n_frames, rms[0] / rms.max())}


def between_beats(self, song, timeline):
    """Fails without beats."""
    return {"value": np.interp(timeline.times, song.beats, np.arange(len(song.beats)) % 2.0)}


def second_frame(self, song, timeline):
    value = np.zeros(timeline.n_frames)
    value[1] = 1.0
    return {"value": value}


def counting(self, song, timeline):
    KEPT.append(1)
    return {"value": np.full(timeline.n_frames, float(len(KEPT)))}


def in_frames(self, song, timeline):
    """One frame for each beat, whatever its length: half the way at twice the rate."""
    value = np.zeros(timeline.n_frames)
    value[(song.beats * float(timeline.fps)).astype(int)] = 1.0
    return {"value": value}


def writes(self, song, timeline):
    object.__setattr__(song, "tempo", song.tempo + 1.0)
    return {"value": np.zeros(timeline.n_frames)}


def frames(dtype=np.float64, by=lambda n: n):
    return lambda self, song, timeline: {"value": np.zeros(by(timeline.n_frames), dtype)}


BROKEN = [
    ("described", Undescribed, "no description of depth", "Field("),
    ("described", gives(Sound.curves, None), "no docstring", "Describe in a sentence"),
    ("described", gives(Sound.curves, name=""), "has no name", "ClassVar"),
    ("frozen", Loose, "reach can be changed", "frozen=True"),
    ("frozen", Lax, "misspelt parameter", "forbid"),
    ("channels", gives(lambda *_: {"zoon": np.ones(1)}), "returned 'zoon'", "Did you mean 'zoom'"),
    ("channels", gives(lambda *_: {"value": 0, "zoom": 1}), "'zoom' beside 'value'", "value"),
    ("channels", gives(lambda *_: {}), "no curve", "at least one"),
    ("channels", gives(lambda *_: [1.0]), "returned list", "Return a dict"),
    ("length", gives(frames(by=lambda n: n + 1)), "expected (192,)", "timeline.times"),
    ("float64", gives(frames(np.float32)), "float32", "np.float64"),
    ("float64", gives(lambda s, song, t: {"value": [0.0] * t.n_frames}), "is list", "np.float64"),
    ("finite", gives(lambda s, song, t: {"value": t.times * np.nan}), "nan at frame 0", "division"),
    ("silence", gives(loudest), "nan at frame 0 in a silent song", "can be 0"),
    ("no_beats", gives(between_beats), "raised ValueError", "any song"),
    ("one_frame", gives(second_frame), "raised IndexError", "any song"),
    ("deterministic", gives(counting), "differs between two calls", "default_rng"),
    ("same_path", gives(in_frames, by_interval=True), "adds up to", "phosphene.hits"),
    ("song_unchanged", gives(writes), "changed song.tempo", "Copy"),
    ("extremes", Zero, "period = '0s'", "Period"),
    ("extremes", Choosy, "inverse = True", "Bound the field"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "modulator", "problem", "fix"), BROKEN, ids=lambda part: str(part)[:40]
)
def test_a_check_fails_where_it_should(check, modulator, problem, fix):
    [found] = [one for one in examine_modulator(modulator) if one.check == check]
    assert problem in found.problem
    assert fix in found.fix
    with pytest.raises(ContractError, match=check):
        check_modulator(modulator)


def test_every_check_is_tried():
    assert {check for check, *_ in BROKEN} == set(CHECKS)


def test_each_fault_fails_exactly_one_check():
    alone = [(c, m) for c, m, *_ in BROKEN if m in (Undescribed, Loose, Lax, Zero, Choosy)]
    alone += [("same_path", BROKEN[17][1]), ("one_frame", BROKEN[15][1])]
    for check, modulator in alone:
        assert [one.check for one in examine_modulator(modulator) if not one.passed] == [check]


def test_writing_into_the_song_is_reported():
    def write(self, song, timeline):
        song.beats[0] = 1.0
        return {}

    [printed] = [one for one in examine_modulator(gives(write)) if one.check == "finite"]
    assert "read-only" in printed.problem
    assert "copy" in printed.fix


def test_one_that_cannot_be_instantiated_is_reported_once():
    class Required(Sound):
        """Needs a period."""

        period: Period = Field(description="needed")

    described, made = examine_modulator(Required)
    assert described.passed
    assert "Required.period" in made.problem
    assert "examples" in made.fix

    class Shown(Sound):
        """Needs a period, and shows one."""

        period: Period = Field(description="needed", examples=["2 bars"])

    check_modulator(Shown)


def test_a_feature_of_the_same_plugin_can_be_read():
    def wind(song):
        return Feature(np.zeros(10), song.duration / 10, "level")

    blown = gives(
        lambda s, song, t: {"value": np.zeros(t.n_frames) + song.feature("wind").values[0]}
    )
    with pytest.raises(ContractError, match="unknown feature 'wind'"):
        check_modulator(blown)
    check_modulator(blown, {"wind": wind})


BUILT_IN = [
    Keyframes(zoom={"0": 1.0, "3s": 1.1}), Orbit, Spiral, Path(points={"0": [0, 0], "3s": [9, 9]}),
    Oscillator, Noise, Expression(value="sin(t)"), Follow(of="zoom"), Beat, Onset, Level,
]  # fmt: skip


@pytest.mark.parametrize("modulator", BUILT_IN, ids=lambda one: getattr(one, "name", one))
def test_the_built_ins_keep_it(modulator):
    check_modulator(modulator)


def test_seconds_are_measured():
    assert seconds_of(Sound) > 0.0


class TestInherited(ModulatorContract):
    modulator = Sound


def test_a_class_inherits_every_check_as_a_test():
    assert {name for name in dir(TestInherited) if name.startswith("test_")} == {
        f"test_{check}" for check in CHECKS
    }
    assert (
        TestInherited.test_silence.__doc__
        == "A silent song gives finite curves, of one value per frame."
    )
