"""Each check of an engine fails on one that is broken in just that way."""

from dataclasses import replace

import pytest
import torch

from phosphene.painting.engine import EngineSpec
from phosphene.testing import ContractError, EngineContract, check_engine, examine_engine
from phosphene.testing.engines import CHECKS


class Tint:
    """Paints each prompt in a colour of its own, as far as strength says."""

    device = torch.device("cpu")

    def __init__(self, score):
        self.size = (1, 3, score.height, score.width)
        self.count = 0

    def first(self, row):
        draw = torch.Generator().manual_seed(row.seed)
        return torch.rand(self.size, generator=draw)

    def img2img(self, picture, row):
        colour = torch.tensor([row.weights[0], row.weights[-1], 0.5]).float().view(1, 3, 1, 1)
        return torch.lerp(picture, colour.expand_as(picture), row.strength)


def spec(**methods):
    cls = type("Made", (Tint,), methods)
    return EngineSpec("made", "made for a test", lambda model, score: cls(score))


SOUND = spec()


def in_place(self, picture, row):
    return picture.mul_(0.5)


def counting(self, picture, row):
    self.count += 1
    return (Tint.img2img(self, picture, row) / self.count).clamp(0, 1)


def as_bytes(self, row):
    return (Tint.first(self, row) * 255).to(torch.uint8)


BROKEN = [
    ("first_picture", spec(first=as_bytes), "uint8", "float32"),
    ("first_picture", spec(first=lambda s, row: Tint.first(s, row) * 2), "values from", "Clamp"),
    ("repainted", spec(img2img=lambda s, p, row: p[0]), "shape (3, 48, 64)", "(1, 3,"),
    ("repainted", spec(img2img=lambda s, p, row: p * torch.nan), "nan", "finite"),
    ("picture_unchanged", spec(img2img=in_place), "changed the picture", "clone"),
    ("deterministic", spec(first=lambda s, row: torch.rand(s.size)), "first() differs", "row.seed"),
    ("nothing_kept", spec(img2img=counting), "earlier frames", "resumed"),
    ("strength_counts", spec(img2img=lambda s, p, row: p / 2), "strength 0.1", "ignores"),
    ("prompts_count", spec(img2img=lambda s, p, row: p * row.strength), "the same", "weights"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "engine", "problem", "fix"), BROKEN)
def test_a_check_fails_where_it_should(check, engine, problem, fix):
    [found] = [one for one in examine_engine(engine) if one.check == check]
    assert problem in found.problem
    assert fix in found.fix
    with pytest.raises(ContractError, match=check):
        check_engine(engine)


def test_every_check_is_tried():
    assert {check for check, *_ in BROKEN} == set(CHECKS)


def test_one_that_cannot_be_loaded_is_reported_once():
    def load(model, score):
        raise RuntimeError("no weights")

    [made] = examine_engine(EngineSpec("gone", "", load))
    assert "no weights" in made.problem


def test_ignored_channels_are_not_checked():
    strengthless = replace(spec(img2img=lambda s, p, row: p / 2), ignores=frozenset({"strength"}))
    broken = [one.check for one in examine_engine(strengthless) if not one.passed]
    assert broken == ["prompts_count"]


class TestInherited(EngineContract):
    spec = SOUND
