"""The critic: the hinge loss, and learning on the reader's features."""

import pytest
import torch

from training.critic import Critic, hinge
from training.polish import critic_loss
from training.reader import new_reader
from training.text import WIDTH


@pytest.mark.parametrize(
    ("drawn", "painted", "loss"), [(0.0, 0.0, 2.0), (1.5, -1.5, 0.0), (-1.0, 0.5, 3.5)]
)
def test_hinge_loss(drawn, painted, loss):
    assert float(hinge(torch.full((2, 3), drawn), torch.full((2, 3), painted))) == loss


def test_it_learns_to_distinguish_flat_latents_from_noisy_ones():
    torch.manual_seed(0)
    critic, reader, generator = Critic(), new_reader().eval(), torch.Generator().manual_seed(1)
    optimiser = torch.optim.AdamW(critic.parameters(), lr=3e-3)
    text, losses = torch.randn(4, WIDTH, generator=generator), []
    for _ in range(12):
        rough = torch.randn(4, 8, 16, 16, generator=generator)
        with torch.no_grad():
            levels = [*reader.levels(0.1 * rough), *reader.levels(rough)]
        (loss,) = critic_loss(critic, text, *levels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert critic(levels[:3], text).shape == (4, 3)
    assert losses[-1] < 0.7 < losses[0]
