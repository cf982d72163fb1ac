"""What the student is taught: the guided pair of its teacher, and the critic's opinion."""

import pytest
import torch

from training.batches import Batch
from training.critic import Critic, critic_loss
from training.distil import GUIDANCE, guided, picture
from training.text import WIDTH


def test_the_aim_lies_beyond_the_prompt_as_far_as_guidance_says():
    def teacher(noisy: torch.Tensor, times: torch.Tensor, captions: list[str]) -> torch.Tensor:
        told = [1.0 if caption == "a forest" else 0.25 for caption in captions]
        return torch.tensor(told).view(-1, 1, 1, 1).expand_as(noisy)

    batch = Batch(
        torch.zeros(2, 8, 4, 4), torch.tensor([10, 900]), torch.zeros(()), ["a forest"] * 2
    )
    assert torch.equal(guided(teacher, batch), torch.full((2, 8, 4, 4), 0.25 + GUIDANCE * 0.75))


def test_a_velocity_tells_the_picture_that_was_made_noisy():
    clean, noise = torch.randn(2, 1, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    alpha = torch.tensor(0.36)
    noisy, velocity = 0.6 * clean + 0.8 * noise, 0.6 * noise - 0.8 * clean
    assert torch.allclose(picture(noisy, velocity, alpha), clean, atol=1e-6)


@pytest.mark.parametrize(
    ("drawn", "painted", "loss"), [(0.0, 0.0, 2.0), (1.5, -1.5, 0.0), (-1.0, 0.5, 3.5)]
)
def test_the_hinge_in_numbers(drawn, painted, loss):
    def critic(latents: torch.Tensor, meaning: torch.Tensor) -> torch.Tensor:
        assert len(latents) == len(meaning) == 4
        return torch.tensor([drawn, drawn, painted, painted]).view(4, 1, 1, 1)

    latents, meaning = torch.zeros(2, 8, 8, 8), torch.zeros(2, WIDTH)
    found = critic_loss(critic, latents, latents, meaning, torch.Generator().manual_seed(0))
    assert float(found) == loss


def test_a_critic_learns_to_tell_flat_latents_from_rough_ones():
    torch.manual_seed(0)
    critic, dice = Critic(), torch.Generator().manual_seed(1)
    optimiser = torch.optim.AdamW(critic.parameters(), lr=1e-3)
    meaning, losses = torch.randn(4, WIDTH, generator=dice), []
    for _ in range(12):
        rough = torch.randn(4, 8, 16, 16, generator=dice)
        loss = critic_loss(critic, rough, torch.zeros_like(rough), meaning, dice)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert critic(rough, meaning).shape == (4, 1, 4, 4)
    assert losses[-1] < 0.7 < losses[0]
