"""Each check of a source of depth fails on one that is broken in just that way."""

import pytest
import torch

from phosphene.painting.depth import DepthSpec
from phosphene.testing import ContractError, DepthContract, check_depth, examine_depth
from phosphene.testing.depths import CHECKS


def spec(estimate=lambda depth, light: depth.distance(light), fixed=False):
    def load(depth, score, device):
        return lambda picture: estimate(depth, picture.mean(1, keepdim=True).clamp(0, 1))

    return DepthSpec("made", "made for a test", load, fixed)


SOUND = spec()


class TestSound(DepthContract):
    spec = SOUND


def changing(depth, score, device):
    return lambda picture: picture.mul_(0.5)[:, :1].clamp(depth.near, depth.far)


def counting(depth, score, device):
    seen = []

    def estimate(picture):
        seen.append(picture)
        return torch.full_like(picture[:, :1], depth.near + 0.01 * len(seen))

    return estimate


BROKEN = {
    "shape": spec(lambda depth, light: depth.distance(light)[0]),
    "in_range": spec(lambda depth, light: light),
    "picture_unchanged": DepthSpec("changing", "", changing),
    "nothing_kept": DepthSpec("counting", "", counting),
    "fixed_if_it_says_so": spec(fixed=True),
}


def test_every_check_has_a_broken_source():
    assert BROKEN.keys() == CHECKS.keys()


@pytest.mark.parametrize("check", BROKEN)
def test_a_broken_source_fails_its_check_with_a_fix(check):
    failed = {
        finding.check: finding for finding in examine_depth(BROKEN[check]) if not finding.passed
    }
    assert failed[check].problem
    assert failed[check].fix
    with pytest.raises(ContractError, match=check):
        check_depth(BROKEN[check])


def test_one_that_cannot_be_loaded_is_reported():
    def load(depth, score, device):
        raise OSError("no file")

    (finding,) = examine_depth(DepthSpec("lost", "", load))
    assert (finding.check, finding.problem) == ("made", "load() raised OSError: no file")
