"""The student's target: the result of the guided teacher."""

import torch

from training.batches import Batch
from training.device import SETTINGS
from training.distil import GUIDANCE, destination, guided, picture
from training.schedule import new_scheduler

FOREST, NEGATIVE = torch.full((2, 48), 7), torch.full((1, 48), 3)


def test_guidance_extrapolates_by_its_scale():
    def teacher(noisy: torch.Tensor, times: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        levels = torch.where(words[:, 0] == 7, 1.0, 0.25)
        return levels.view(-1, 1, 1, 1).expand_as(noisy)

    found = guided(teacher, torch.zeros(2, 8, 4, 4), torch.tensor([10, 900]), FOREST, NEGATIVE)
    assert torch.equal(found, torch.full((2, 8, 4, 4), 0.25 + GUIDANCE * 0.75))


def test_a_perfect_teacher_ends_at_the_clean_picture():
    alphas = new_scheduler().alphas_cumprod
    clean, noise = torch.randn(2, 2, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    times = torch.tensor([999, 400])
    alpha = alphas[times].view(-1, 1, 1, 1)
    noisy = alpha.sqrt() * clean + (1 - alpha).sqrt() * noise
    timesteps: list[list[int]] = []

    def teacher(
        noisy_input: torch.Tensor, times: torch.Tensor, words: torch.Tensor
    ) -> torch.Tensor:
        timesteps.append(times[:2].tolist())
        alpha = alphas[times].view(-1, 1, 1, 1)
        velocity = alpha.sqrt() * noisy_input - clean.repeat(2, 1, 1, 1)
        return velocity / (1 - alpha).sqrt()

    batch = Batch(noisy, times, FOREST, torch.zeros(()))
    end = destination(teacher, batch, alphas, NEGATIVE)
    assert torch.allclose(end, clean, atol=1e-4)
    steps = SETTINGS.rollout
    assert timesteps == [[999 * left // steps, 400 * left // steps] for left in range(steps, 0, -1)]


def test_the_picture_follows_from_noisy_input_and_velocity():
    clean, noise = torch.randn(2, 1, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    alpha = torch.tensor(0.36)
    noisy, velocity = 0.6 * clean + 0.8 * noise, 0.6 * noise - 0.8 * clean
    assert torch.allclose(picture(noisy, velocity, alpha), clean, atol=1e-6)
