"""The measure of how steadily a blend changes."""

import numpy as np
import pytest
import torch

from training.blends import second_probability, steadiness
from training.scenes import SCENES


def test_probability_of_the_second_world_of_a_pair():
    fire, ice = (list(SCENES).index(name) for name in ("fire", "ice"))

    def judge(pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits = torch.full((len(pictures), len(SCENES)), 50.0)
        logits[:, fire], logits[:, ice] = 0.0, torch.linspace(-1, 1, len(pictures))
        return logits, torch.zeros(len(pictures), 1)

    probabilities = second_probability(
        judge, [np.zeros((256, 256, 3), np.uint8)] * 3, ("fire", "ice")
    )
    assert probabilities == pytest.approx([1 / (1 + np.e), 0.5, np.e / (1 + np.e)])


def test_steadiness_depends_only_on_the_order():
    assert steadiness(np.array([0.1, 0.11, 0.9])) == pytest.approx(1)
    # two neighbours of four swapped: 1 - 6 (1 + 1) / (4 (16 - 1)) by Spearman's formula
    assert steadiness(np.array([0.1, 0.6, 0.5, 0.9])) == pytest.approx(0.8)
