"""Each check of a feature fails on one that is broken in just that way."""

from dataclasses import replace

import numpy as np
import pytest

from phosphene.song.song import Feature
from phosphene.testing import ContractError, FeatureContract, check_feature, examine_feature
from phosphene.testing.features import CHECKS


def half(song):
    rms = song.feature("rms")
    return replace(rms, values=rms.values / 2)


def made(values, hop=0.1, kind="level"):
    return lambda song: Feature(values(round(song.duration / 0.1)), hop, kind)


def loudest(song):
    with np.errstate(all="ignore"):
        values = song.feature("rms").values
        return Feature(values / values.max(), song.feature("rms").hop, "level")


BROKEN = [
    ("grid", made(np.zeros, kind="hum"), "kind is 'hum'", "impulse, envelope, level"),
    ("grid", made(lambda n: np.zeros((n, 2))), "shape", "one value per hop"),
    ("grid", made(lambda n: np.zeros(n // 2)), "it covers", "the song to its end"),
    ("grid", lambda song: song.beats, "returned ndarray", "Return phosphene.Feature"),
    ("grid", lambda song: 1 / 0, "ZeroDivisionError", "any song"),
    ("from_0_to_1", made(lambda n: np.full(n, 2.0)), "from 2 to 2", "clip"),
    ("from_0_to_1", loudest, "a silent song: it contains a NaN", "division"),
    ("deterministic", made(np.random.default_rng(0).random), "differs", "seeded"),
]


@pytest.mark.parametrize(("check", "function", "problem", "fix"), BROKEN)
def test_a_check_fails_where_it_should(check, function, problem, fix):
    [found] = [one for one in examine_feature(function) if one.check == check]
    assert problem in found.problem
    assert fix in found.fix
    with pytest.raises(ContractError, match=check):
        check_feature(function)


def test_every_check_is_tried():
    assert {check for check, *_ in BROKEN} == set(CHECKS)


class TestInherited(FeatureContract):
    feature = staticmethod(half)
