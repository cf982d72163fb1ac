"""How steadily the judge sees a second world come."""

import numpy as np
import pytest
import torch

from training.blends import steady, towards
from training.scenes import SCENES


def test_the_odds_are_those_of_the_second_world_among_the_two():
    fire, ice = (list(SCENES).index(name) for name in ("fire", "ice"))

    def judge(seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        told = torch.full((len(seen), len(SCENES)), 50.0)
        told[:, fire], told[:, ice] = 0.0, torch.linspace(-1, 1, len(seen))
        return told, torch.zeros(len(seen), 1)

    odds = towards(judge, [np.zeros((256, 256, 3), np.uint8)] * 3, ("fire", "ice"))
    assert odds == pytest.approx([1 / (1 + np.e), 0.5, np.e / (1 + np.e)])


def test_steady_is_the_order_alone():
    assert steady(np.array([0.1, 0.11, 0.9])) == pytest.approx(1)
    # one step back of two places among four: 1 - 6 (1 + 1) / (4 (16 - 1)) by Spearman's formula
    assert steady(np.array([0.1, 0.6, 0.5, 0.9])) == pytest.approx(0.8)
